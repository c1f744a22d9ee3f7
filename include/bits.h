/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lowest and the highest bit set. <arch/insn.h> says whether every CPU of the ISA has instructions for that (ARCH_HAS_CTZ);
 * where not, the compiler's builtin is a call of a library that takes 50 instructions, and in the initiator's path it stands once a
 * target. There: a de Bruijn multiplication (Leiserson, Prokop and Randall, 1998): 64 windows of six bits, all different.
 */
#ifndef SKEET_BITS_H
#define SKEET_BITS_H

#include <types.h>

#include <arch/insn.h>

#ifndef ARCH_HAS_CTZ
#error "<arch/insn.h> defines ARCH_HAS_CTZ: 1 if every CPU counts zero bits with one instruction, else 0"
#endif

#define DE_BRUIJN_64 0x03f79d71b4cb0a89ULL

/* Window i of the sequence belongs to bit bit_of_window[i]. */
static inline unsigned bit_of_power(u64 power)
{
	static const u8 bit_of_window[64] = {
		0,  1,  48, 2,  57, 49, 28, 3,  61, 58, 50, 42, 38, 29, 17, 4,  62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
		63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,  13, 8,  7,  6,
	};

	return bit_of_window[power * DE_BRUIJN_64 >> 58];
}

/* 0 .. 63; @x is not 0. */
static inline unsigned bit_lowest(u64 x)
{
	return ARCH_HAS_CTZ ? (unsigned)__builtin_ctzll(x) : bit_of_power(x & -x);
}

static inline unsigned bit_highest(u64 x)
{
	if (ARCH_HAS_CTZ)
		return 63 - (unsigned)__builtin_clzll(x);
	for (unsigned by = 1; by < 64; by *= 2)
		x |= x >> by;
	return bit_of_power(x - (x >> 1));
}

#endif
