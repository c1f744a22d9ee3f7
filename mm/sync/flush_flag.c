// SPDX-License-Identifier: GPL-2.0-only
/*
 * flush-flag: if this flush sent interrupts, the sync behind it is nothing; else it is broadcast. As posted: "sent", whoever to.
 *
 * Origin: Yang v3 (seed 004): a bit of struct mmu_gather that the flush sets when it has sent IPIs, read by tlb_remove_table_sync_one()'s
 * caller. Given up: the flush reset the bit before the sync read it, and "sent to which set?" (Hildenbrand, Hansen).
 * State: none of walks. The flag is the mask that the method returns for this flush: set when it is not empty.
 * Invariant: claimed to be that of broadcast. It holds only if one flush drains either every CPU that may walk, or none: then
 * "somebody" is "everybody".
 * May skip: everybody, when anybody was drained.
 * Holes: a flush that drains some of its targets and leaves out others. A walker there:
 *
 *   walker, CPU 2                    CPU 1                 writer
 *   loads the entry
 *   is taken off its core
 *                                                          empties the slot; flushes: CPU 2 stands still, and is only flagged
 *                                    takes the interrupt
 *                                                          "the flush has sent": no sync; frees
 *   goes on, and uses the entry
 *
 * So with tlb=pv, from two walkers on (T5, one CPU of several), and with tlb=bcast while CPUs run the mm under IDs of both kinds
 * (id-transition). Elsewhere here a flush drains every CPU that may walk, or none, or comes behind the sync, or finds one CPU only. What
 * would break it too: a walker of another mm in a shared table (T3) that was given up without a flush; one on a CPU that has left the
 * mm, or is lazy; mm/tlb/linux.c trimming between a walker's look and its leave. flush_drained.c is right in all of them, for the same
 * words of state.
 * Mutation: the flag of an earlier flush is taken for this one's (a lifetime that is too long: never reset). One that is too
 * short, reset before the sync reads it, as v3 had it, is no hole; it shows as interrupts that the law of this scheme forbids.
 * Declared: broken there; sound elsewhere, for tables that mms share as well: every unshare flushes, and a flush that sent has drained the
 * CPUs of its mm.
 */
#include <sync.h>

enum { M_STALE = 1 };

SYNC_NO_MARK(flush_flag);

/* Of the mutation: has any flush ever sent? */
static bool ever_sent;

static inline void flush_flag_start(void)
{
	ever_sent = false;
}

static __always_inline void flush_flag_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	bool sent = !cpumask_empty(drained);
	struct cpumask to;

	(void)mm;
	if (mut == M_STALE)
		sent = ever_sent |= sent;
	if (sent)
		return;
	sync_others(&to);
	sync_ipi(&to);
}

SYNC_SCHEME(flush_flag, .name = "flush-flag", .origin = "Yang v3 (seed 004)", .doc = "nothing if this flush interrupted anybody, else broadcast",
	    .rank = 14, .law = LAW_UNLESS_DRAINED,
	    .missing = "the interrupt to CPUs that this flush left out, because it drained another", .trusts_any = true,
	    .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(flush_flag, M_STALE, .name = "flush-flag", .mutation = "flush-flag.stale", .catcher = SYNC_HOLES,
	    .workload = "flush-mixed", .walk = WALK_T_BARE, .bound = 200, .start = flush_flag_start);
