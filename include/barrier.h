/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw fences, by what they order. Protocol code does not call these: it uses pword.h, whose fences are also seen by the
 * modelled store buffer.
 */
#ifndef SKEET_BARRIER_H
#define SKEET_BARRIER_H

/* All earlier loads and stores before all later ones (x86: MFENCE or a locked instruction). smp_mb(). */
static inline void arch_fence_full(void);
/* Earlier loads before later loads. smp_rmb(). */
static inline void arch_fence_load(void);
/* Earlier stores before later stores. smp_wmb(). */
static inline void arch_fence_store(void);
/*
 * Right behind an atomic of C11's strongest order: makes it a full fence, as every atomic of pword.h is. Two of them, because an
 * ISA may have one instruction for the first and need a loop for the second.
 */
static inline void arch_fence_after_amo(void);     /* exchange, add, or, and */
static inline void arch_fence_after_cmpxchg(void); /* compare and exchange, where it stored */
/* Compiler only. */
static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

#include <arch/barrier.h>

#ifndef ARCH_TSO
#error "<arch/barrier.h> defines ARCH_TSO: 1 if only an earlier store and a later load change places, else 0"
#endif

#endif
