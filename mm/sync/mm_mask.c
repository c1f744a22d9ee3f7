// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm-mask: an mm knows the CPUs that walk it, in a mask that the walkers write; sync interrupts those.
 *
 * Origin: Hildenbrand's option (a) in the discussion of seed 004 (linux-arch): a second cpumask in the mm, "CPUs in GUP-fast", in place
 * of a word a CPU. Never posted as a patch.
 * State: mm->walk_mask, a bit a CPU, set and cleared by atomics of that CPU. Nesting and T1: walk_mask.h.
 * Invariant: when sync(mm) returns, no CPU is inside a walk of mm that began before sync() and can reach the old entry.
 * Cost: sync reads one word for 64 CPUs and sends to walkers of this mm only: the cheapest to look at. The reader pays two atomics a walk
 * on a line that all walkers of the mm share (mm-count pays the same and learns less); sticky pays them once an interrupt.
 * May skip: every CPU that does not walk this mm.
 * Holes: T3, the mask of one sharer does not name the walkers of another.
 * Declared: sound everywhere but for T3.
 */
#include "walk_mask.h"

static __always_inline u64 mm_mask_begin(struct mm *mm, unsigned mut)
{
	return walk_mask_begin(mm->walk_mask, mut);
}

static __always_inline void mm_mask_end(struct mm *mm, u64 token, unsigned mut)
{
	walk_mask_end(mm->walk_mask, token, mut);
}

static __always_inline void mm_mask_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	(void)drained;
	walk_mask_sync(mm->walk_mask, mut);
}

SYNC_SCHEME(mm_mask, .name = "mm-mask", .origin = "Hildenbrand, option (a) (seed 004)", .doc = "IPI to the CPUs in the mm's walker mask",
	    .rank = 41, .law = LAW_MM_WALK,
	    .sound = SOUND_ALL);
SYNC_MUTANT(mm_mask, M_NO_SYNC_FENCE, .name = "mm-mask", .mutation = "mm-mask.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(mm_mask, M_PLAIN_SET, .name = "mm-mask", .mutation = "mm-mask.plain-set", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(mm_mask, M_NEST_CLEAR, .name = "mm-mask", .mutation = "mm-mask.nest-clear", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE_NMI, .bound = 200);
