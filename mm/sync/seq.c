// SPDX-License-Identifier: GPL-2.0-only
/*
 * seq: each CPU counts up when a walk begins and when it ends; sync waits until every number that it found odd has changed. No interrupt.
 *
 * Origin: not posted for GUP-fast. The idea is old: a grace period by per-CPU counters (dynticks of RCU, the seqcount of Linux, epochs
 * of Fraser), with the walk as the read side.
 * State: one word a CPU, written by that CPU only: even outside, odd inside; it never repeats (64 bits). Not tagged by mm.
 * Nests: begin() that finds it odd leaves it, and its end() too: the outer walk lasts longer. It fences all the same: where an exception
 * is no fence, an NMI between begin()'s store and its fence would walk before the number is visible. An NMI between begin()'s load and its
 * store walks and ends, and then the number goes back by one: what follows is odd as it should be, and a sync that saw the same odd number
 * of the NMI's walk waits for the outer one as well, which costs time and nothing else.
 * Invariant: when sync() returns, each walk that it found going on is over, and each that began later loads the new entry.
 *
 * The store-buffering pair (T1):      walker                     sync
 *                                     W number (odd)             W slot
 *                                     full fence                 full fence
 *                                     R slot                     R number
 * end: a release store orders the last use before the even number; pairs with the acquire behind the waits (sync_wait_odd()).
 * What poll lacks: a number that has changed says that the walk is over, also if the CPU is in the next one by then. So a sync waits for
 * one walk of each CPU at most, those going on when it looked; a walker cannot be waited for for ever, unless it never ends a walk.
 * Cost: nobody is interrupted; the scan reads one line a CPU, and of all that walked ever the number is not 0. Waits for walkers of any
 * mm, those of other processes too.
 * May skip: every CPU outside any walk.
 * Declared: sound everywhere, for tables that mms share as well.
 */
#include "seq.h"

enum { M_NO_SYNC_FENCE = M_SEQ_NR, M_SKIP_TARGET };

DEFINE_PERCPU_WORD(numbers);

static __always_inline u64 seq_begin(struct mm *mm, unsigned mut)
{
	(void)mm;
	return odd_begin(&numbers[this_cpu()].w, true, mut);
}

static __always_inline void seq_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	odd_end(&numbers[this_cpu()].w, token, mut);
}

static __always_inline void seq_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained;
	/* [seq.sync.fence] Orders the store to the slot before the loads of the numbers; pairs with the fences in odd_begin(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	sync_others(&to);
	if (mut == M_SKIP_TARGET)
		cpumask_unset_last(&to);
	sync_wait_odd(&to, numbers);
}

SYNC_SCHEME(seq, .name = "seq", .origin = "not posted", .doc = "wait for the walks going on, by number, no IPI", .rank = 71,
	    .law = LAW_NOBODY,
	    .sound = SOUND_ALL | SOUND_SHARED);
#define SEQ_MUTANT(m, what, ...)                                                                   \
	SYNC_MUTANT(seq, m, .name = "seq", .mutation = "seq." what, __VA_ARGS__)
SEQ_MUTANT(M_NO_BEGIN_FENCE, "no-begin-fence", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SEQ_MUTANT(M_NO_SYNC_FENCE, "no-sync-fence", .catcher = SYNC_HOLES_T1, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SEQ_MUTANT(M_NEST_END, "nest-end", .catcher = SYNC_HOLES, .workload = "munmap-thp", .walk = WALK_T_BARE_NMI, .bound = 200);
SEQ_MUTANT(M_NO_RELEASE, "no-release", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000, .weak = true);
SEQ_MUTANT(M_SKIP_TARGET, "skip-target", .catcher = SYNC_HOLES, .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
