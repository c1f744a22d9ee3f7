// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll-then-ipi: poll for so many turns, then interrupt those that still walk the mm.
 *
 * Origin: not posted. The wait of poll.c bounded, as an adaptive mutex spins before it sleeps: the common walk is over in less time than
 * its interrupt would take, and whoever is not seen outside by then, because it walks all the time, is drained as by active-mm.
 * State, order, nesting: mark.h.
 * Invariant: as poll for a CPU that was seen outside, as active-mm for one that was not.
 * May skip: every CPU that does not walk this mm, or stops in time.
 * Hole: T3.
 * Declared: sound everywhere but for T3.
 */
#include "mark.h"

enum { M_NO_IPI = M_MARK_NR };

/* Looks at the marks before the interrupts. */
#define LOOKS 8u

DEFINE_PERCPU_WORD(marks);

static __always_inline u64 poll_then_ipi_begin(struct mm *mm, unsigned mut)
{
	return mark_begin(marks, mm, mut);
}

static __always_inline void poll_then_ipi_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	mark_end(marks, token, mut);
}

static __always_inline void poll_then_ipi_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	mark_scan(&to, marks, mm, mut);
	for (unsigned looks = 1; looks < LOOKS && !cpumask_empty(&to); looks++) {
		oracle_drain(); /* a waiter's stores become visible while it waits */
		arch_relax();
		sync_scan(&to, marks, mark_hit, (u64)(uintptr_t)mm); /* [poll-then-ipi.sync.look] */
	}
	/*
	 * [poll-then-ipi.sync.acquire] Acquire: a mark read as gone before the free of what its walk used; pairs with the release in
	 * mark_end().
	 */
	fence_load();
	if (mut != M_NO_IPI)
		sync_ipi(&to);
}

SYNC_SCHEME(poll_then_ipi, .name = "poll-then-ipi", .origin = "not posted", .doc = "wait a while for the CPUs walking this mm, then IPI",
	    .rank = 72, .law = LAW_MM_WALK_SOME,
	    .sound = SOUND_ALL);
SYNC_MUTANT(poll_then_ipi, M_NO_SYNC_FENCE, .name = "poll-then-ipi", .mutation = "poll-then-ipi.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(poll_then_ipi, M_NO_IPI, .name = "poll-then-ipi", .mutation = "poll-then-ipi.no-ipi", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 400);
