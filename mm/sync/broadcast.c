// SPDX-License-Identifier: GPL-2.0-only
/*
 * broadcast: an empty IPI to every other online CPU, and wait. tlb_remove_table_sync_one() of Linux.
 *
 * Origin: mm/mmu_gather.c, smp_call_function(tlb_remove_table_smp_sync, NULL, 1).
 * Invariant: a walk runs with interrupts off; a CPU that has taken an IPI sent after the store to the slot has ended every walk
 * that began before it, and its next one loads the new value.
 * Fences: none in begin() and end(): turning interrupts off is the mark. sync() orders the store to the slot before the IPI
 * (sync_ipi()); the partner is the interrupt itself, after which the target's loads see what was stored before it was sent.
 * May skip: nobody.
 * Declared: sound everywhere, for tables that mms share as well (T3): it knows no mm.
 */
#include <sync.h>

enum { M_SKIP_TARGET = 1, M_NO_WAIT, M_BY_NMI };

SYNC_NO_MARK(broadcast);

static __always_inline void broadcast_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained;
	sync_others(&to);
	if (mut == M_SKIP_TARGET)
		cpumask_unset_last(&to);
	if (mut == M_BY_NMI)
		sync_fence_cpus(&to);
	else if (mut == M_NO_WAIT)
		sync_ipi_early(&to);
	else
		sync_ipi(&to);
}

SYNC_SCHEME(broadcast, .name = "broadcast", .origin = "Linux tlb_remove_table_sync_one()",
	    .doc = "empty IPI to every other online CPU", .rank = 10, .usual = true, .law = LAW_ONLINE,
	    .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(broadcast, M_SKIP_TARGET, .name = "broadcast", .mutation = "broadcast.skip-target", .catcher = SYNC_HOLES,
	    .missing = "the interrupt to one CPU",
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(broadcast, M_NO_WAIT, .name = "broadcast", .mutation = "broadcast.no-wait", .catcher = SYNC_HOLES,
	    .missing = "the wait for the last answer",
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(broadcast, M_BY_NMI, .name = "broadcast", .mutation = "broadcast.by-nmi", .catcher = SYNC_HOLES,
	    .missing = "an interrupt that waits until interrupts are open", .workload = "munmap-thp", .tlb = "nmi", .walk = WALK_T_BARE,
	    .bound = 200);
/* Walkers that break the rules of their type, under a scheme that needs no mark. */
SYNC_WALK_MUTANT(broadcast, M_GUP_IRQ_ON, GUP, .name = "broadcast", .mutation = "gup.irq-on", .catcher = SYNC_HOLES,
		 .missing = "closed interrupts around the walk", .workload = "retype", .bound = 200);
SYNC_WALK_MUTANT(broadcast, M_GUP_RELOAD, GUP, .name = "broadcast", .mutation = "gup.reload", .catcher = "deref-unreferenced",
		 .missing = "one load: what was rechecked is what is used", .workload = "retype", .bound = 10000, .cpus = 4);
SYNC_WALK_MUTANT(broadcast, M_GUP_SPECIAL, GUP, .name = "broadcast", .mutation = "gup.special", .catcher = "special-ref",
		 .missing = "the refusal of special leaves", .workload = "retype", .bound = 200);
SYNC_WALK_MUTANT(broadcast, M_KVM_NO_RETRY, KVM, .name = "broadcast", .mutation = "kvm.no-retry", .catcher = "stale-level",
		 .missing = "the look at the notifier's state before the level is used", .workload = "retype", .bound = 200);
SYNC_WALK_MUTANT(broadcast, M_KVM_SEQ_ALONE, KVM, .name = "broadcast", .mutation = "kvm.seq-alone", .catcher = "stale-level",
		 .missing = "the look for a change that goes on", .workload = "retype", .bound = 1000);
SYNC_WALK_MUTANT(broadcast, M_SLOT_RELOAD, SLOT, .name = "broadcast", .mutation = "slot.reload", .catcher = "type-confused",
		 .missing = "one load: what was tested is what is interpreted", .workload = "retype", .bound = 200);
SYNC_WALK_MUTANT(broadcast, M_SLOT_NO_LEAF_TEST, SLOT, .name = "broadcast", .mutation = "slot.no-leaf-test",
		 .catcher = "type-confused", .missing = "the test of the leaf bit", .workload = "retype", .bound = 1000);
SYNC_WALK_MUTANT(broadcast, M_SLOT_IRQ_EARLY, SLOT, .name = "broadcast", .mutation = "broadcast.irq-early", .catcher = SYNC_HOLES,
		 .missing = "closed interrupts until the last use", .workload = "munmap-thp", .bound = 200);
