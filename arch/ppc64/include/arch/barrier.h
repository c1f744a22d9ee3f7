/* SPDX-License-Identifier: GPL-2.0-only */
/* A weak order (Power ISA 3.0B, II 1.7): any two accesses may change places unless something keeps them. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

/* For the modelled store buffer: stores change places, and carry what came before only behind a release or a fence. */
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

/* A pair of reservations begins with sync and ends with isync, which lets a later load pass its store. */
static inline void arch_fence_after_amo(void)
{
	insn_sync();
}

static inline void arch_fence_after_cmpxchg(void)
{
	insn_sync();
}

#endif
