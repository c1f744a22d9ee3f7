/* SPDX-License-Identifier: GPL-2.0-only */
/* The host is x86-64: TSO. Only an earlier store and a later load change places. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

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

#endif
