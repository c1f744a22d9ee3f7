// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk-cost: what a scheme costs the reader, who pays it at every walk while writers are rare.
 *
 *   mark   begin() and end() alone, less the same loop of `none`
 *   walk   begin(), a walk of all levels to a 2M leaf, end()
 *   gup    GUP-fast of one page: close interrupts, begin(), the walk, a reference (never from zero), the second look at the slot, end(), open
 *          interrupts, give the reference back
 *
 * One CPU, nobody else runs. A sample is a loop of LOOPS, and each is one of a pair: the scheme's and that of `none` straight after or
 * before it, in turn, so that what drifts (clock, caches) falls on both. Under icount a fence costs one instruction like any other: what it
 * costs in time is for the host arch (and silicon) to say.
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>

#include "measure.h"
#include "pool.h"

#define LOOPS 250
#define WARM 50 /* loops before them: code that has not run for a while starts slowly, and that of `none` runs more often than any other */
#define SAMPLES 4001
/* Where a clock counts instructions, one sample is like another. */
#define SAMPLES_EXACT 25

static const char *const metrics[NR_WALK_PARTS] = { "mark", "walk", "gup" };

static struct mm cost_mm;
static struct pool pool;
/* Of a scheme and part, and of `none` beside it, in thousandths of a tick a loop. */
typedef u32 parts_samples[NR_WALK_PARTS][SAMPLES];
static parts_samples *costs, *bases;
static unsigned room; /* schemes that both have room for */

static u32 cost_of(const struct sync_scheme *s, enum walk_part part)
{
	walk_cost_fn *fn = s->cost[part];
	u64 va = pool_va(&pool, 0), flags = arch_irq_save(), less, ticks;

	if (part == WALK_PART_GUP)
		arch_irq_restore(flags);
	fn(&cost_mm, va, WARM);
	less = fn(&cost_mm, va, WARM);
	ticks = fn(&cost_mm, va, WARM + LOOPS) - less;
	arch_irq_restore(flags);
	return (s64)ticks < 0 ? 0 : (u32)(ticks * 1000 / LOOPS);
}

static void cost_sample(const struct plan *p, unsigned n)
{
	const struct sync_scheme *none = sync_find("none");

	for (unsigned i = 0; i < p->nr_sync; i++)
		for (enum walk_part part = 0; part < NR_WALK_PARTS; part++) {
			if (n & 1)
				bases[i][part][n] = cost_of(none, part);
			costs[i][part][n] = cost_of(p->sync[i], part);
			if (!(n & 1))
				bases[i][part][n] = cost_of(none, part);
		}
}

static void cost_report(const struct plan *p, const struct workload *wl, unsigned i, enum walk_part part, unsigned samples)
{
	u32 *v = costs[i][part], *base = bases[i][part];
	struct cell c = { .wl = wl, .sync = p->sync[i] };
	struct totals t = { .n = samples, .walks = (u64)samples * LOOPS };
	struct stats st;

	stats_pairs(v, base, samples, &t.pairs);
	if (part == WALK_PART_MARK)
		for (unsigned n = 0; n < samples; n++)
			v[n] = stats_less(v[n], base[n]);
	stats_of(v, samples, &st);
	stats_divide(&st, 1000);
	report_result(p, &c, metrics[part], &st, st.mean_milli, 0, &t);
}

static parts_samples *room_for(unsigned schemes)
{
	return phys_to_virt(phys_alloc_pages((unsigned)((schemes * sizeof(parts_samples) + PAGE_SIZE - 1) / PAGE_SIZE)));
}

static int walk_cost_measure(const struct plan *p, const struct workload *wl)
{
	unsigned samples = p->account ? SAMPLES_EXACT : SAMPLES;

	if (room < p->nr_sync) {
		costs = room_for(p->nr_sync);
		bases = room_for(p->nr_sync);
		room = p->nr_sync;
	}
	mm_create(&cost_mm);
	if (pool_fill(&pool, &cost_mm, 1) != 1)
		panic("no memory for one 2M leaf");
	cost_sample(p, 0); /* once for caches, and for marks that stay; taken again */
	for (unsigned n = 0; n < samples; n++)
		cost_sample(p, n);
	for (unsigned i = 0; i < p->nr_sync; i++)
		for (enum walk_part part = 0; part < NR_WALK_PARTS; part++)
			cost_report(p, wl, i, part, samples);
	if (!frame_put(arch_pte_pa(pt_unmap(&cost_mm, pool_va(&pool, 0), 1, NULL), 1)))
		panic("walk-cost: a reference was not given back");
	mm_destroy(&cost_mm);
	return 0;
}

WORKLOAD(walk_cost) = {
	.name = "walk-cost",
	.doc = "what begin() and end() cost a reader: alone, around a walk of all levels, and in a GUP-fast of one page, beside none's",
	.raw = true,
	.measure = walk_cost_measure,
};
