/* SPDX-License-Identifier: GPL-2.0-only */
/* The instructions of the machine underneath that C has no word for. Only an x86-64 host gives figures. */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

static inline void insn_pause(void)
{
	__builtin_ia32_pause();
}

static inline u64 insn_rdtsc(void)
{
	return __builtin_ia32_rdtsc();
}

/* Earlier loads and instructions complete before later ones start (SDM Vol. 2, LFENCE). */
static inline void insn_lfence(void)
{
	__builtin_ia32_lfence();
}

/* The cheapest full fence: a locked read-modify-write of the own stack (SDM Vol. 3, 8.2.3.9). */
static inline void insn_lock_nop(void)
{
	__asm__ volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc");
}

#endif
