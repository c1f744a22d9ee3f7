// SPDX-License-Identifier: GPL-2.0-only
/*
 * flush-drained: an IPI to every other online CPU that this flush did not drain. flush-flag, repaired.
 *
 * Origin: what the question "sent to which set?" asks for (Hildenbrand and Hansen on seed 004, v3): the set instead of a bit.
 * State: none of walks; the mask that the method returns for this flush.
 * Invariant: a CPU in the mask took an interrupt, with interrupts on, that was sent after the store to the slot, so no walk that
 * began before goes on there; every other CPU gets one now. It stands on the mask: a method that claims to have drained whom it has not
 * breaks it (T5, the mutations claims-to-drain).
 * Fences: none in begin() and end(), as broadcast.
 * May skip: whom the flush drained. No more than that: a CPU that never walks and that has not the mm loaded is interrupted.
 * Mutation: the mask of the flush before this one.
 * Declared: sound everywhere, for tables that mms share as well: the flush's mask is of this mm, and who is not in it is interrupted.
 */
#include <sync.h>

enum { M_STALE = 1 };

SYNC_NO_MARK(flush_drained);

/* Of the mutation: what the last flush returned. */
static struct cpumask before;

static inline void flush_drained_start(void)
{
	cpumask_clear(&before);
}

static __always_inline void flush_drained_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm;
	sync_others(&to);
	cpumask_subtract(&to, mut == M_STALE ? &before : drained);
	if (mut == M_STALE)
		cpumask_copy(&before, drained);
	sync_ipi(&to);
}

SYNC_SCHEME(flush_drained, .name = "flush-drained", .origin = "Yang v3 repaired", .doc = "IPI to the CPUs that this flush did not drain",
	    .rank = 16, .law = LAW_UNDRAINED,
	    .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(flush_drained, M_STALE, .name = "flush-drained", .mutation = "flush-drained.stale", .catcher = SYNC_HOLES,
	    .workload = "flush-mixed", .walk = WALK_T_BARE, .bound = 200, .start = flush_drained_start);
