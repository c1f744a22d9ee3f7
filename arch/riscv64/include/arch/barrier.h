/* SPDX-License-Identifier: GPL-2.0-only */
/* RVWMO, a weak order (Unprivileged, 17): any two accesses may change places unless something keeps them. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

/* For the modelled store buffer: stores change places, and carry what came before only behind a release or a fence. */
#define ARCH_TSO 0

static inline void arch_fence_full(void)
{
	insn_fence(rw, rw);
}

static inline void arch_fence_load(void)
{
	insn_fence(r, r);
}

static inline void arch_fence_store(void)
{
	insn_fence(w, w);
}

/*
 * An AMO is one operation: with aq nothing later passes it, with rl, or a FENCE RW,W in front as older compilers have it, nothing
 * earlier does (17.1.3, rules 4 to 7).
 */
static inline void arch_fence_after_amo(void)
{
	barrier();
}

/* Of an LR and SC pair only the LR acquires, and a later access may pass the SC. */
static inline void arch_fence_after_cmpxchg(void)
{
	insn_fence(rw, rw);
}

#endif
