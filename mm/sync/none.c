// SPDX-License-Identifier: GPL-2.0-only
/*
 * none: no synchronisation. The control of every experiment, and in one column the right answer.
 *
 * Origin: seed 000 (Kumar, "Avoid IPI while updating page table entries"): a leaf zap needs no sync when every walker takes a
 * reference with inc-not-zero and rechecks the slot. Seed 004 (Yang): nor when the flush already interrupted, with interrupts
 * on, every CPU that may walk.
 * Invariant: none of its own.
 * Tolerate-stale walkers (P11, seed 000's rules: load once, test what was loaded, recheck) are this scheme with another walker, not a
 * scheme: what they need is in the walk (walk_grab()), and a sync that waits for nobody is all the writer has to do for them. It is no
 * licence to free or to use again a table that they read.
 * Declared: sound for gup; broken for walkers that use the frame without a reference, unless the TLB method drains them.
 */
#include <sync.h>

SYNC_NO_MARK(none);

static __always_inline void none_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	(void)mm, (void)drained, (void)mut;
}

SYNC_SCHEME(none, .name = "none", .origin = "control; seed 000, seed 004", .doc = "no synchronisation", .rank = 0,
	    .usual = true, .law = LAW_NOBODY, .missing = "the wait for walkers that loaded the old entry", .sound = SOUND_GUP);
SYNC_WALK_MUTANT(none, M_GUP_NO_GRAB, GUP, .name = "none", .mutation = "gup.no-grab", .catcher = "deref-unreferenced",
		 .missing = "the reference", .workload = "munmap-thp", .bound = 200);
SYNC_WALK_MUTANT(none, M_GUP_NO_RECHECK, GUP, .name = "none", .mutation = "gup.no-recheck", .catcher = "bad-gup",
		 .missing = "the second look at the slots behind the grab", .workload = "munmap-thp", .bound = 2000);
SYNC_WALK_MUTANT(none, M_GUP_RECHECK_FIRST, GUP, .name = "none", .mutation = "gup.recheck-first", .catcher = "bad-gup",
		 .missing = "the grab before the second look at the slots", .workload = "munmap-thp", .bound = 2000);
SYNC_WALK_MUTANT(none, M_GUP_PLAIN_GET, GUP, .name = "none", .mutation = "gup.plain-get", .catcher = "double-free",
		 .missing = "the refusal to raise a count from zero", .workload = "munmap-thp", .bound = 2000);
SYNC_WALK_MUTANT(none, M_GUP_NO_UPPER, GUP, .name = "none", .mutation = "gup.no-upper", .catcher = "bad-gup",
		 .missing = "the second look at the slot that led to the leaf's table", .workload = "table-kept", .bound = 2000);
