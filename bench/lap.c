// SPDX-License-Identifier: GPL-2.0-only
/* Not inlined: one place for each of the two indirect calls, whatever a sample is made of. */
#include "lap.h"

__timed void lap_restart(struct lap *l)
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

__timed void lap_rest(struct lap *l)
{
	l->s->rest += arch_cycles_stop() - l->t;
	lap_restart(l);
}

__timed void lap_inval(struct lap *l, struct mm *mm, const struct tlb_range *r)
{
	l->run->inval(mm, r, &l->run->drained);
	run_settle(l->run);
	lap_end(l, &l->s->tlb, &l->s->ran_tlb);
}

__timed void lap_sync(struct lap *l, struct mm *mm)
{
	run_note_inside_mm(l->run, l->s, mm);
	lap_restart(l);
	l->run->sync(mm, &l->run->drained);
	lap_end(l, &l->s->sync, &l->s->ran_sync);
}
