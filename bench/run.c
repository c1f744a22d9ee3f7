// SPDX-License-Identifier: GPL-2.0-only
/* From a plan to lines of results: verdicts in the oracle image, figures in the timing image. */
#include <bench.h>
#include <cmdline.h>
#include <console.h>

#include "measure.h"
#include "verdict.h"

void run_no_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	(void)mm, (void)r, (void)drained;
}

void run_no_sync(struct mm *mm, const struct cpumask *drained)
{
	(void)mm, (void)drained;
}

static bool pass_is_plain(void)
{
	char v[16];

	return cmdline_value("pass", 0, v, sizeof(v)) && v[0] == 'p';
}

/* NULL, or why walkers of @type would spoil a figure. */
static const char *no_figures(enum walk_type type)
{
	return type == WALK_T_SLOT_MCE ? "its machine checks give way inside a turn, which has no account for that" :
	       type == WALK_T_SLOT_IRQ ? "it sends interrupts of its own" : NULL;
}

/* The groups of one workload that takes samples. */
static int measure_groups(const struct plan *p, const struct workload *wl)
{
	int bad = 0;

	for (unsigned k = 0; k < p->nr_walk; k++)
		if (no_figures(p->walk[k]))
			kprintf("SKIP %s.figures: walk=%s gives verdicts only: %s\n", wl->name, walk_names[p->walk[k]],
				no_figures(p->walk[k]));
	for (unsigned t = 0; t < (wl->invalidates ? p->nr_tlb : 1); t++)
		for (unsigned k = 0; k < p->nr_walk; k++)
			for (unsigned i = 0; i < p->nr_walkers; i++)
				if (!no_figures(p->walk[k]))
					bad |= measure_group(p, wl, p->tlb[t], p->walk[k], p->walkers[i]);
	return bad;
}

static int measure_run(const struct plan *p)
{
	int bad = 0;

	for (unsigned w = 0; w < p->nr_wl; w++)
		if (p->wl[w]->measure)
			bad |= p->wl[w]->measure(p, p->wl[w]);
		else if (p->wl[w]->spare || p->wl[w]->verdicts_only)
			kprintf("SKIP %s.figures: it gives verdicts only, in the oracle image\n", p->wl[w]->name);
		else
			bad |= measure_groups(p, p->wl[w]);
	return bad;
}

static int plan_run(const struct plan *p)
{
	if (cmdline_has("mutate"))
		return verdict_mutants(p);
	if (oracle_build && !pass_is_plain())
		return verdict_run(p) | (p->series ? verdict_mutants(p) : 0);
	return measure_run(p);
}

int bench_run(void)
{
	static struct plan plan;
	const struct series *s;
	int bad = 0;

	/* Every one of them can be had, or nothing is run. */
	for (unsigned i = 0; (s = series_asked(i)) || !i; i++)
		if (plan_make(&plan, s))
			return 2;
	for (unsigned i = 0; (s = series_asked(i)) || !i; i++) {
		plan_make(&plan, s);
		bad |= plan_run(&plan);
	}
	return bad;
}
