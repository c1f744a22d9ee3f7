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
 *
 * walk-contended: the first two of these while CPUs 1 to k - 1 do the same with the same mm, again and again: what the lines that a mark
 * writes cost when others write them too. CPU 0 alone is timed, in pairs with none's loop on that CPU. Beside the schemes two marks that
 * are none's: closed interrupts, which every walk has and which are the whole mark of `broadcast`, and an exchange in place of a store and
 * a fence. A sample in which another of the k CPUs got nowhere (its thread or virtual CPU did not run) is no such sample: it is dropped and
 * taken again (`cut`). Where CPUs run by turns, nobody is beside anybody, and none is dropped.
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <smp.h>

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

/* @open: it closes interrupts by itself. */
static u32 ticks_of(walk_cost_fn *fn, bool open)
{
	u64 va = pool_va(&pool, 0), flags = arch_irq_save(), less, ticks;

	if (open)
		arch_irq_restore(flags);
	fn(&cost_mm, va, WARM);
	less = fn(&cost_mm, va, WARM);
	ticks = fn(&cost_mm, va, WARM + LOOPS) - less;
	arch_irq_restore(flags);
	return (s64)ticks < 0 ? 0 : (u32)(ticks * 1000 / LOOPS);
}

static u32 cost_of(const struct sync_scheme *s, enum walk_part part)
{
	return ticks_of(s->cost[part], part == WALK_PART_GUP);
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

static void cost_report(const struct plan *p, const struct cell *c, const char *metric, bool mark, u32 *v, const u32 *base,
			unsigned samples, u64 cut)
{
	struct totals t = { .n = samples, .walks = (u64)samples * LOOPS, .cut = cut };
	struct stats st;

	stats_pairs(v, base, samples, &t.pairs);
	if (mark)
		for (unsigned n = 0; n < samples; n++)
			v[n] = stats_less(v[n], base[n]);
	stats_of(v, samples, &st);
	stats_divide(&st, 1000);
	report_result(p, c, metric, &st, st.mean_milli, 0, &t);
}

static parts_samples *room_for(unsigned schemes)
{
	return phys_to_virt(phys_alloc_pages((unsigned)((schemes * sizeof(parts_samples) + PAGE_SIZE - 1) / PAGE_SIZE)));
}

static void set_up(void)
{
	mm_create(&cost_mm);
	if (pool_fill(&pool, &cost_mm, 1) != 1)
		panic("no memory for one 2M leaf");
}

static void tear_down(void)
{
	if (!frame_put(arch_pte_pa(pt_unmap(&cost_mm, pool_va(&pool, 0), 1, NULL), 1)))
		panic("walk-cost: a reference was not given back");
	mm_destroy(&cost_mm);
}

static int walk_cost_measure(const struct plan *p, const struct workload *wl)
{
	unsigned samples = p->account ? SAMPLES_EXACT : SAMPLES;

	if (room < p->nr_sync) {
		costs = room_for(p->nr_sync);
		bases = room_for(p->nr_sync);
		room = p->nr_sync;
	}
	set_up();
	cost_sample(p, 0); /* once for caches, and for marks that stay; taken again */
	for (unsigned n = 0; n < samples; n++)
		cost_sample(p, n);
	for (unsigned i = 0; i < p->nr_sync; i++)
		for (enum walk_part part = 0; part < NR_WALK_PARTS; part++) {
			struct cell c = { .wl = wl, .sync = p->sync[i] };

			cost_report(p, &c, metrics[part], part == WALK_PART_MARK, costs[i][part], bases[i][part], samples, 0);
		}
	tear_down();
	return 0;
}

/* --- walk-contended --- */

#define CONTENDED_SAMPLES 501
/* Samples that may be dropped beside each good one. */
#define CUT_MOST 200
/* Where CPUs run by turns the figures mean nothing, and the counts are the same from the first sample on. */
#define CONTENDED_EXACT 3
/* Loops between two looks at whether it is over: several of these are beside each sample. */
#define CHUNK 50

static const char *const contended_metrics[] = { "mark-contended", "walk-contended" };

/* Marks that are no scheme's. */
DEFINE_PERCPU_WORD(exchanged);

static __always_inline u64 closed_begin(struct mm *mm, unsigned mut)
{
	(void)mm, (void)mut;
	return arch_irq_save();
}

static __always_inline void closed_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)mut;
	arch_irq_restore(token);
}

static __always_inline u64 exchange_begin(struct mm *mm, unsigned mut)
{
	(void)mut;
	return pword_xchg(&exchanged[this_cpu()].w, (u64)(uintptr_t)mm);
}

static __always_inline void exchange_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)mut;
	pword_store_release(&exchanged[this_cpu()].w, token);
}

WALK_COST_(closed, 0, MARK)
WALK_COST_(closed, 0, LEVELS)
WALK_COST_(exchange, 0, MARK)
WALK_COST_(exchange, 0, LEVELS)

static const struct bare_mark {
	const char *name;
	walk_cost_fn *cost[2]; /* by enum walk_part */
	bool open;
} bare_marks[] = {
	{ "interrupts off", { closed_0_cost_MARK, closed_0_cost_LEVELS }, true },
	{ "exchange", { exchange_0_cost_MARK, exchange_0_cost_LEVELS }, false },
};

/* What the others do. */
static struct {
	walk_cost_fn *fn;
	bool open;
	volatile bool stop;
} contend;
static struct percpu_word chunks[NR_CPUS]; /* that each of them has done */

static void contender(void *arg)
{
	u64 va = pool_va(&pool, 0);

	(void)arg;
	for (u64 done = 1; !contend.stop; done++) {
		u64 flags = arch_irq_save();

		if (contend.open)
			arch_irq_restore(flags);
		contend.fn(&cost_mm, va, CHUNK);
		arch_irq_restore(flags);
		pword_store(&chunks[this_cpu()].w, done);
		arch_relax();
	}
}

/* CPUs 1 to @k - 1 are at it when this returns. */
static void contend_start(walk_cost_fn *fn, bool open, unsigned k)
{
	unsigned late = 0;

	contend.fn = fn;
	contend.open = open;
	contend.stop = false;
	for (unsigned cpu = 1; cpu < k; cpu++) {
		pword_store(&chunks[cpu].w, 0);
		smp_run(cpu, contender, NULL);
	}
	for (unsigned cpu = 1; cpu < k; cpu++)
		wait_until(pword_load(&chunks[cpu].w), wait_late("a CPU to begin its walks", &late));
}

static void contend_stop(unsigned k)
{
	contend.stop = true;
	for (unsigned cpu = 1; cpu < k; cpu++)
		smp_join(cpu, "a CPU to end its walks");
}

/* A sample with all of CPUs 1 to @k - 1 beside it? @exact: CPUs run by turns, so none can be. */
static bool contended_sample(walk_cost_fn *fn, bool open, unsigned k, bool exact, u32 *ticks)
{
	static u64 before[NR_CPUS];
	bool beside = true;

	for (unsigned cpu = 1; cpu < k; cpu++)
		before[cpu] = pword_load(&chunks[cpu].w);
	*ticks = ticks_of(fn, open);
	for (unsigned cpu = 1; cpu < k; cpu++)
		beside &= pword_load(&chunks[cpu].w) != before[cpu];
	return exact || beside;
}

static void contended_cell(const struct plan *p, const struct cell *c, enum walk_part part, walk_cost_fn *fn, bool open)
{
	static u32 v[CONTENDED_SAMPLES], base[CONTENDED_SAMPLES];
	unsigned samples = p->account ? CONTENDED_EXACT : CONTENDED_SAMPLES, n = 0;
	walk_cost_fn *none = sync_find("none")->cost[part];
	u64 cut = 0;

	contend_start(fn, open, c->walkers);
	ticks_of(fn, open); /* for caches, and for marks that stay */
	while (n < samples && cut < CUT_MOST * CONTENDED_SAMPLES) {
		if (n & 1)
			base[n] = ticks_of(none, false);
		if (!contended_sample(fn, open, c->walkers, p->account, &v[n])) {
			cut++;
			arch_relax();
			continue;
		}
		if (!(n & 1))
			base[n] = ticks_of(none, false);
		n++;
		arch_relax();
	}
	contend_stop(c->walkers);
	if (n < samples)
		kprintf("SKIP walk-contended.%s: in %llu of %llu samples not all of %u CPUs ran: give it CPUs of their own\n",
			c->range ? c->range : c->sync->name, (unsigned long long)cut, (unsigned long long)(cut + n), c->walkers);
	else
		cost_report(p, c, contended_metrics[part], part == WALK_PART_MARK, v, base, n, cut);
}

/* Every mark, with @k CPUs at it. */
static void contended_by(const struct plan *p, const struct workload *wl, unsigned k)
{
	struct cell c = { .wl = wl, .walkers = k };

	for (enum walk_part part = WALK_PART_MARK; part <= WALK_PART_LEVELS; part++) {
		c.range = NULL;
		for (unsigned i = 0; i < p->nr_sync; i++) {
			c.sync = p->sync[i];
			contended_cell(p, &c, part, c.sync->cost[part], false);
		}
		c.sync = sync_find("none");
		for (unsigned i = 0; i < ARRAY_SIZE(bare_marks); i++) {
			c.range = bare_marks[i].name;
			contended_cell(p, &c, part, bare_marks[i].cost[part], bare_marks[i].open);
		}
	}
}

static int walk_contended_measure(const struct plan *p, const struct workload *wl)
{
	set_up();
	for (unsigned k = 1; k; k = measure_next(k, nr_cpus))
		contended_by(p, wl, k);
	tear_down();
	return 0;
}

WORKLOAD(walk_cost) = {
	.name = "walk-cost",
	.doc = "what begin() and end() cost a reader: alone, around a walk of all levels, and in a GUP-fast of one page, beside none's",
	.raw = true,
	.measure = walk_cost_measure,
};

WORKLOAD(walk_contended) = {
	.name = "walk-contended",
	.doc = "what begin() and end() cost while k CPUs do the same with one mm: alone, and around a walk of all levels",
	.raw = true,
	.measure = walk_contended_measure,
};
