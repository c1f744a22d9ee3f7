/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every inline asm of this port: one instruction each, with what it orders. Section numbers: Power ISA 3.0B; "III" is Book III.
 */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (cntlzd) */
#define ARCH_HAS_CTZ 1

#define INSN_POWER9_(text) ".machine push\n\t.machine power9\n\t" text "\n\t.machine pop"

/* III 5.9.3.3. Invalidate on every CPU of the partition; complete behind eieio, tlbsync, ptesync. @ric, @prs, @r: constants. */
#define insn_tlbie(rb, rs, ric, prs, r)                                                            \
	__asm__ volatile(INSN_POWER9_("tlbie %0,%1,%2,%3,%4") ::"r"((u64)(rb)), "r"((u64)(rs)), "i"(ric), "i"(prs), "i"(r)       \
			 : "memory")
/* III 5.9.3.3. The same on this CPU alone; complete behind ptesync. */
#define insn_tlbiel(rb, rs, ric, prs, r)                                                           \
	__asm__ volatile(INSN_POWER9_("tlbiel %0,%1,%2,%3,%4") ::"r"((u64)(rb)), "r"((u64)(rs)), "i"(ric), "i"(prs), "i"(r)      \
			 : "memory")

/* III 5.9.3.3. With the ptesync behind it: waits until the tlbie before it are complete on every CPU. */
static __always_inline void insn_tlbsync(void)
{
	__asm__ volatile("tlbsync" ::: "memory");
}

/* III 5.9.2. sync, and it orders stores to tables with walks and invalidates. */
static __always_inline void insn_ptesync(void)
{
	__asm__ volatile("ptesync" ::: "memory");
}

/* II 4.6.3. Full fence. */
static __always_inline void insn_sync(void)
{
	__asm__ volatile("sync" ::: "memory");
}

/* II 4.6.3. Orders everything but an earlier store with a later load. */
static __always_inline void insn_lwsync(void)
{
	__asm__ volatile("lwsync" ::: "memory");
}

/* II 4.6.3. Between tlbie and tlbsync: orders the one before the other. */
static __always_inline void insn_eieio(void)
{
	__asm__ volatile("eieio" ::: "memory");
}

/* II 4.6.1. Nothing behind it is fetched or translated before what is in front of it. */
static __always_inline void insn_isync(void)
{
	__asm__ volatile("isync" ::: "memory");
}

#endif
