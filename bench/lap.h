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

static __always_inline void lap_restart(struct lap *l)
{
	l->ran = run_walkers_ran(l->run);
	l->t = arch_cycles_start();
}

/* The lap is over: its ticks go to @part, and what walkers ran in it to @ran. The next one starts. */
static __always_inline void lap_end(struct lap *l, u64 *part, u64 *ran)
{
	*part += arch_cycles_stop() - l->t;
	*ran += run_walkers_ran(l->run) - l->ran;
	l->s->cut |= run_cut(l->run);
	lap_restart(l);
}

/* What the writer did by itself: nobody else ran, unless it waited for a lock. */
static __always_inline void lap_rest(struct lap *l)
{
	l->s->rest += arch_cycles_stop() - l->t;
	lap_restart(l);
}

static __always_inline void lap_inval(struct lap *l, const struct tlb_range *r)
{
	l->run->inval(l->run->mm, r, &l->run->drained);
	run_settle(l->run);
	lap_end(l, &l->s->tlb, &l->s->ran_tlb);
}

static __always_inline void lap_sync(struct lap *l)
{
	run_note_inside(l->run, l->s);
	lap_restart(l);
	l->run->sync(l->run->mm, &l->run->drained);
	lap_end(l, &l->s->sync, &l->s->ran_sync);
}

#endif
