/* SPDX-License-Identifier: GPL-2.0-only */
/* C11 says it for any host; on x86-64 (TSO, only an earlier store and a later load change places) it costs no instruction. */
#ifndef SKEET_ARCH_BARRIER_H
#define SKEET_ARCH_BARRIER_H

#include <arch/insn.h>

/* For the modelled store buffer: that of TSO, on whatever machine this runs. */
#define ARCH_TSO 1

static inline void arch_fence_full(void)
{
	insn_fence_full();
}

static inline void arch_fence_load(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void arch_fence_store(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* A locked instruction is a full fence; on another host C11's fence makes it one. */
static inline void arch_fence_after_amo(void)
{
	insn_fence_after_atomic();
}

static inline void arch_fence_after_cmpxchg(void)
{
	insn_fence_after_atomic();
}

#endif
