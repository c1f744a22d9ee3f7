/* SPDX-License-Identifier: GPL-2.0-only */
/* Fixed-width types and compiler attributes: the vocabulary of every other header. */
#ifndef SKEET_TYPES_H
#define SKEET_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

/* The data structures are sized for this many CPUs; a machine may have fewer. */
#define NR_CPUS 2048
#define CACHE_LINE 64

#undef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#undef __noinline
#define __noinline __attribute__((__noinline__))
#define __cacheline __attribute__((__aligned__(CACHE_LINE)))
#define __noreturn __attribute__((__noreturn__))
#define __printf_like(f, a) __attribute__((__format__(__printf__, f, a)))
/* Timed code sits in one section that a check disassembles. */
#define __timed __attribute__((__section__(".text.timed")))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define KIB (1ULL << 10)
#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

#endif
