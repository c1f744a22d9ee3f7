// SPDX-License-Identifier: GPL-2.0-only
/*
 * global-mask: one mask of the CPUs that are inside any walk, of whichever mm; sync interrupts those.
 *
 * Origin: Hildenbrand's option (b) in the discussion of seed 004 (linux-arch): as (a), mm_mask.c, but one mask for the machine, so that
 * it also stands for the walkers of a table that mms share. Never posted as a patch.
 * State: one bit a CPU, set and cleared by atomics of that CPU. Nesting and T1: walk_mask.h. A walk of another mm from an NMI finds the
 * bit set: the mark says "inside a walk" and no more, so one stands for both.
 * Invariant: when sync() returns, no CPU is inside a walk that began before sync() and can reach the old entry.
 * Cost: as mm-mask, but all walkers of the machine write the same lines: what percpu-count has avoided since Bras v6.
 * May skip: every CPU outside any walk.
 * Declared: sound everywhere, for tables that mms share as well.
 */
#include "walk_mask.h"

static struct pword walking[CPUMASK_WORDS];

static __always_inline u64 global_mask_begin(struct mm *mm, unsigned mut)
{
	(void)mm;
	return walk_mask_begin(walking, mut);
}

static __always_inline void global_mask_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	walk_mask_end(walking, token, mut);
}

static __always_inline void global_mask_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	(void)mm, (void)drained;
	walk_mask_sync(walking, mut);
}

SYNC_SCHEME(global_mask, .name = "global-mask", .origin = "Hildenbrand, option (b) (seed 004)",
	    .doc = "IPI to the CPUs in one mask of all walkers", .rank = 31, .law = LAW_ANY_WALK,
	    .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(global_mask, M_NO_SYNC_FENCE, .name = "global-mask", .mutation = "global-mask.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(global_mask, M_PLAIN_SET, .name = "global-mask", .mutation = "global-mask.plain-set", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(global_mask, M_NEST_CLEAR, .name = "global-mask", .mutation = "global-mask.nest-clear", .catcher = SYNC_HOLES,
	    .workload = "two-mm", .walk = WALK_T_BARE_NMI, .bound = 200);
