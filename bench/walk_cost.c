// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk-cost: what a scheme costs the reader, who pays it at every walk while writers are rare.
 *
 *   mark   begin() and end() alone, less the same loop of `none`
 *   walk   begin(), a walk of all levels to a 2M leaf, end(); the row of `none` is the bare walk
 *
 * One CPU, interrupts off, nobody else runs. A sample is a loop of LOOPS; schemes take turns sample by sample. Under icount a
 * fence costs one instruction like any other: what it costs in time is for the host arch (and silicon) to say.
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>

#include "measure.h"
#include "pool.h"

#define LOOPS 1000
#define SAMPLES 201

static struct mm cost_mm;
static struct pool pool;
static u32 mark[PLAN_MAX][SAMPLES], walk[PLAN_MAX][SAMPLES]; /* thousandths of a tick a loop */

static u64 cost_of(walk_cost_fn *fn)
{
	u64 flags = arch_irq_save();
	u64 ticks = fn(&cost_mm, pool_va(&pool, 0), LOOPS) - fn(&cost_mm, pool_va(&pool, 0), 0);

	arch_irq_restore(flags);
	return (s64)ticks < 0 ? 0 : ticks * 1000 / LOOPS;
}

static void cost_sample(const struct plan *p, unsigned n)
{
	u64 bare = cost_of(sync_find("none")->cost_mark);

	for (unsigned i = 0; i < p->nr_sync; i++) {
		u64 m = cost_of(p->sync[i]->cost_mark);

		mark[i][n] = (u32)(m > bare ? m - bare : 0);
		walk[i][n] = (u32)cost_of(p->sync[i]->cost_walk);
	}
}

static void cost_report(const struct plan *p, const struct workload *wl, unsigned i, const char *metric, u32 *v)
{
	struct cell c = { .wl = wl, .sync = p->sync[i] };
	struct totals t = { .n = SAMPLES, .walks = SAMPLES * LOOPS };
	struct stats st;

	stats_of(v, SAMPLES, &st);
	stats_divide(&st, 1000);
	report_result(p, &c, metric, &st, st.mean_milli, 0, &t);
}

static int walk_cost_measure(const struct plan *p, const struct workload *wl)
{
	mm_create(&cost_mm);
	if (pool_fill(&pool, &cost_mm, 1) != 1)
		panic("no memory for one 2M leaf");
	for (unsigned n = 0; n < SAMPLES; n++)
		cost_sample(p, n);
	for (unsigned i = 0; i < p->nr_sync; i++) {
		cost_report(p, wl, i, "mark", mark[i]);
		cost_report(p, wl, i, "walk", walk[i]);
	}
	frame_put(arch_pte_pa(pt_unmap(&cost_mm, pool_va(&pool, 0), 1, NULL), 1));
	mm_destroy(&cost_mm);
	return 0;
}

WORKLOAD(walk_cost) = {
	.name = "walk-cost",
	.doc = "what begin() and end() cost a reader, alone and around a four-level walk",
	.measure = walk_cost_measure,
};
