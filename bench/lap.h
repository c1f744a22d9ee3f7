/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The windows of a sample that has more than one of each: laps, one behind the other. What is done between the end of one and the start
 * of the next is nobody's.
 */
#ifndef SKEET_LAP_H
#define SKEET_LAP_H

#include <cpu.h>
#include <workload.h>

struct lap {
	struct run *run;
	struct sample *s;
	u64 t, ran;
};

/* First thing in a sample; the first lap starts. */
static __always_inline struct lap lap_begin(struct run *run, struct sample *s)
{
	struct lap l = { .run = run, .s = s };

	*s = (struct sample){ .cut = run_cut_begin(run) };
	cpumask_clear(&run->drained);
	l.ran = run_walkers_ran(run);
	l.t = arch_cycles_start();
	return l;
}

/* What the writer did by itself since the last lap: nobody else ran, unless it waited for a lock. */
void lap_rest(struct lap *l);
/* Invalidate @r of @mm by the run's method, in a lap of its own; sync with the walkers of @mm by its scheme, in another. */
void lap_inval(struct lap *l, struct mm *mm, const struct tlb_range *r);
void lap_sync(struct lap *l, struct mm *mm);
/* What came since the last lap counts for none. */
void lap_restart(struct lap *l);

#endif
