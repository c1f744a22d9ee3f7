// SPDX-License-Identifier: GPL-2.0-only
/*
 * impatient: not a scheme but a mistake that only a CPU shows which stalls inside its walk. As broadcast, but the wait for the last answer
 * ends after a number of turns that is longer than any walk takes, as a time-out would be chosen that was tuned on an idle machine.
 */
#include <sync.h>

enum { M_GIVES_UP = 1 };

/* A walk parks for 15 turns at most, and its delay points seldom add as many again. */
#define PATIENCE 200

SYNC_NO_MARK(impatient);

static __always_inline void impatient_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained, (void)mut;
	sync_others(&to);
	sync_ipi_early(&to);
	for (unsigned turns = PATIENCE; turns; turns--)
		arch_relax();
}

SYNC_WALK_MUTANT(impatient, M_GIVES_UP, BARE, .name = "impatient", .mutation = "impatient.gives-up", .catcher = SYNC_HOLES,
	    .missing = "the wait for a CPU that stalls", .workload = "munmap-thp", .bound = 2000, .cpus = 3);
