// SPDX-License-Identifier: GPL-2.0-only
/*
 * flush-implied: where every TLB flush interrupts the CPUs that may walk, the sync behind it is nothing; elsewhere it is broadcast.
 *
 * Origin: Yang v5 to v10 (seed 004): pv_mmu_ops.flush_tlb_multi_implies_ipi_broadcast, a static key from v6 on, set once at boot from what
 * the machine flushes with: true for native x86 without INVLPGB, false for Xen and Hyper-V, whose flush is a hypercall.
 * tlb_remove_table_sync_one() returns at once when it is set.
 * State: none of walks. tlb_flush_implies_ipi, a property of the method that runs, set before there are walkers: the method drains
 * whomever it reaches, and it reaches every CPU where the mm is loaded (mm/tlb/).
 * Invariant: with the property, a walker was drained by the flush, which came after the store to the slot. It stands on an order of
 * the caller's: flush, then sync (or, as mm-switch has it, nothing is freed before both are over). A caller that does not flush gets the
 * broadcast only because the property is false in such a run here; in Linux it would get nothing.
 * May skip: everybody, or nobody. It says nothing of the one flush that was made: whom that reached, or if there was one.
 * Holes: a flush that elides (T5): KVM's paravirtual flush leaves out a preempted CPU and only flags it, so under KVM the property must be
 * false (Christopherson on v4); a lazy CPU that the flush leaves out, hence the waking of lazy CPUs when tables go (T8); a walker of
 * another mm in a shared table, unless each sharer's unshare flushes its own mm (T3).
 * Mutations: the property is true although the flush interrupts nobody; although it leaves out a CPU that stands still (T5).
 * Declared: sound everywhere but for walkers on CPUs that have left the mm (exit-mm), which a flush by interrupts does not reach. Where the
 * method drains nobody it is broadcast, which is sound for shared tables too.
 */
#include <sync.h>
#include <tlb.h>

enum { M_ALWAYS_TRUE = 1, M_ELIDED };

SYNC_NO_MARK(flush_implied);

static __always_inline void flush_implied_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained;
	if (tlb_flush_implies_ipi || mut == M_ALWAYS_TRUE || mut == M_ELIDED)
		return;
	sync_others(&to);
	sync_ipi(&to);
}

SYNC_SCHEME(flush_implied, .name = "flush-implied", .origin = "Yang v5 to v10 (seed 004)",
	    .doc = "nothing where every flush interrupts, else broadcast", .rank = 12, .law = LAW_UNLESS_IMPLIED,
	    .trusts_flush = true, .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(flush_implied, M_ALWAYS_TRUE, .name = "flush-implied", .mutation = "flush-implied.always-true", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(flush_implied, M_ELIDED, .name = "flush-implied", .mutation = "flush-implied.elided", .catcher = SYNC_HOLES,
	    .missing = "a property that is false where a flush leaves CPUs out", .workload = "munmap-thp", .tlb = "pv", .walk = WALK_T_BARE,
	    .bound = 200, .cpus = 3);
