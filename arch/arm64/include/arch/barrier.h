/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A weak order (Arm ARM, B2.3): any two accesses may change places unless something keeps them. All CPUs are in one
 * inner-shareable domain.
 */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

/* For the modelled store buffer: stores change places, and carry what came before only behind a release or a fence. */
#define ARCH_TSO 0

static inline void arch_fence_full(void)
{
	insn_dmb_ish();
}

static inline void arch_fence_load(void)
{
	insn_dmb_ishld();
}

static inline void arch_fence_store(void)
{
	insn_dmb_ishst();
}

/* An exclusive pair with acquire and release, which both are, still lets a later load pass its store (B2.3.7). */
static inline void arch_fence_after_amo(void)
{
	insn_dmb_ish();
}

static inline void arch_fence_after_cmpxchg(void)
{
	insn_dmb_ish();
}

#endif
