/* SPDX-License-Identifier: GPL-2.0-only */
/* TSO (SDM Vol. 3, 9.2.2): only an earlier store and a later load change places, so two of the three cost nothing. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

/* For the modelled store buffer: stores become visible in the order in which they were made, and carry all that came before. */
#define ARCH_TSO 1

static inline void arch_fence_full(void)
{
	insn_lock_nop();
}

static inline void arch_fence_load(void)
{
	barrier();
}

static inline void arch_fence_store(void)
{
	barrier();
}

/* A locked instruction is a full fence (8.2.3.9). */
static inline void arch_fence_after_amo(void)
{
	barrier();
}

static inline void arch_fence_after_cmpxchg(void)
{
	barrier();
}

#endif
