// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpumask: an empty IPI to every CPU where the process ran. serialize_against_pte_lookup() of book3s64.
 *
 * Origin: commit 13bd817bb884 ("powerpc/thp: Serialize pmd clear against a linux page table walk"); seeds 000 and 001 measured
 * it at 82 s and 275 s for one munmap() of 496 GB.
 * Invariant: as broadcast, for walkers of this mm: a CPU walks an mm's tables only after it ran it, and leaves mm->ran only in an
 * interrupt, when it has left the mm (trimming, mm/tlb/linux.c): then no walk goes on there, and the next one is behind another
 * mm_switch().
 * Fences: sync() has a full fence between the store to the slot and the load of mm->ran; its partner is the full fence of
 * mm_switch() between setting the bit and the first walk (mm_cpumask of Linux, T7).
 * Mutations: without that fence, and with the bit of mm->ran set by a load and a store (two CPUs that come at once: one is lost; fewer
 * than three CPUs do not show it, because the atomic that sets the bit of mm->loaded comes behind it and fences).
 * May skip: CPUs where this mm never ran.
 * Declared: sound everywhere. (Not for tables shared between mms: T3, mm->ran does not name the CPUs of the other sharers.)
 */
#include <sync.h>

enum { M_SKIP_TARGET = 1, M_NO_SYNC_FENCE, M_PLAIN_RAN };

SYNC_NO_MARK(cpumask);

static __always_inline void cpumask_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	/* [cpumask.sync.fence] Orders the store to the slot before the load of the mask; pairs with the fence in mm_switch(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	mm_mask_others(&to, mm->ran); /* [cpumask.sync.scan] */
	if (mut == M_SKIP_TARGET)
		cpumask_unset_last(&to);
	sync_ipi(&to);
}

SYNC_SCHEME(cpumask, .name = "cpumask", .origin = "powerpc serialize_against_pte_lookup()",
	    .doc = "empty IPI to the CPUs where the mm ran", .rank = 20, .usual = true, .law = LAW_RAN,
	    .sound = SOUND_ALL);
SYNC_MUTANT(cpumask, M_SKIP_TARGET, .name = "cpumask", .mutation = "cpumask.skip-target", .catcher = SYNC_HOLES,
	    .missing = "the interrupt to one CPU",
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(cpumask, M_NO_SYNC_FENCE, .name = "cpumask", .mutation = "cpumask.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .missing = "the full fence between the store to the slot and the load of the mask",
	    .workload = "mm-switch", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(cpumask, M_PLAIN_RAN, .name = "cpumask", .mutation = "cpumask.plain-ran", .catcher = SYNC_HOLES,
	    .missing = "the atomic that sets the bit in the mask",
	    .switch_mm = mm_switch_plain_ran, .workload = "mm-switch", .walk = WALK_T_BARE, .bound = 1000, .cpus = 3);
SYNC_WALK_MUTANT(cpumask, M_SLOT_IRQ_EARLY, SLOT, .name = "cpumask", .mutation = "cpumask.irq-early", .catcher = SYNC_HOLES,
		 .missing = "closed interrupts until the last use", .workload = "munmap-thp", .bound = 200);
