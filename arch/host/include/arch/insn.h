/* SPDX-License-Identifier: GPL-2.0-only */
/* What C has no word for. An x86-64 host is meant; another one runs too, with the fences of C11 and the system's clock. */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <time.h>
#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (the compiler knows) */
#define ARCH_HAS_CTZ 1

#ifdef __x86_64__

static inline void insn_pause(void)
{
	__builtin_ia32_pause();
}

static inline u64 insn_clock(void)
{
	return __builtin_ia32_rdtsc();
}

/* Earlier loads and instructions complete before later ones start (SDM Vol. 2, LFENCE). */
static inline void insn_settle(void)
{
	__builtin_ia32_lfence();
}

/* The cheapest full fence: a locked read-modify-write of the own stack (SDM Vol. 3, 8.2.3.9). */
static inline void insn_fence_full(void)
{
	__asm__ volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc");
}

static inline void insn_fence_after_atomic(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#else

static inline void insn_pause(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline u64 insn_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000ULL + (u64)t.tv_nsec;
}

static inline void insn_settle(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void insn_fence_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void insn_fence_after_atomic(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif

#endif
