/* SPDX-License-Identifier: GPL-2.0-only */
/* Fences (Power ISA, Book II, 1.7.1 and 4.6.3). lwsync for what it can do: everything but an earlier store and a later load. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

#define ARCH_TSO 0

static inline void arch_fence_full(void)
{
	insn_sync();
}

static inline void arch_fence_load(void)
{
	insn_lwsync();
}

static inline void arch_fence_store(void)
{
	insn_lwsync();
}

/* C11's atomics have sync in front and isync behind: a later load may still overtake the store of the pair. */
static inline void arch_fence_after_amo(void)
{
	insn_sync();
}

static inline void arch_fence_after_cmpxchg(void)
{
	insn_sync();
}

#endif
