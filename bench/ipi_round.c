// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-round: what it takes to interrupt k CPUs with an empty IPI and to wait until each has answered, by k. The call that schemes end in
 * (sync_ipi()), less the same call with nobody to interrupt; the targets are halted. Beside what a scheme does to find its targets (its
 * sync when nobody walks) this explains what a sync costs (docs/measuring.md).
 *
 * ipi: the handler only answers (sync_ipi()). call: it runs a function, here an empty one, as schemes do whose handler has work (sync_call()).
 *
 * With walkers= the same to those CPUs that are inside a walk at that moment, by the bench's own record, so that nobody looks for them:
 * the round, and the wait until interrupts are open there. What the walkers ran meanwhile is taken out, as in every window.
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>

#include "measure.h"
#include "pool.h"
#include "probe.h"

#define SAMPLES 101
/* With walkers: how many of them are inside a walk is up to them. */
#define WALKING_SAMPLES 1000
#define MAX_TURNS 24

static u32 ticks[SAMPLES], nothing[SAMPLES];
static u32 walking_ticks[WALKING_SAMPLES], some[WALKING_SAMPLES];
static unsigned walking[WALKING_SAMPLES]; /* CPUs that were inside a walk */
static struct mm mm;
static struct pool pool;
static struct run run;

typedef u64 round_fn(const struct cpumask *to);

static __timed u64 ipi_sample(const struct cpumask *to)
{
	u64 t0 = arch_cycles_start();

	sync_ipi(to);
	return arch_cycles_stop() - t0;
}

static void nothing_to_do(void *arg)
{
	(void)arg;
}

static __timed u64 call_sample(const struct cpumask *to)
{
	u64 t0 = arch_cycles_start();

	sync_call(to, nothing_to_do, NULL);
	return arch_cycles_stop() - t0;
}

static const struct kind {
	const char *metric;
	round_fn *sample;
} kinds[] = { { "ipi", ipi_sample }, { "call", call_sample } };

/* What a round to nobody takes. */
static u64 round_overhead(const struct kind *k)
{
	struct cpumask nobody;

	cpumask_clear(&nobody);
	for (unsigned i = 0; i < SAMPLES; i++)
		nothing[i] = (u32)k->sample(&nobody);
	return stats_median(nothing, SAMPLES);
}

static void targets_measure(const struct plan *p, const struct workload *wl, const struct kind *k, unsigned n)
{
	struct cell c = { .wl = wl, .sync = sync_find("broadcast"), .targets = n };
	u64 before = sync_count.msg, ovh = round_overhead(k);
	struct cpumask to;
	struct totals t;

	probe_targets(&to, n);
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = stats_less(k->sample(&to), ovh);
	t = (struct totals){ .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = SAMPLES * n, .ipi_msg = sync_count.msg - before };
	report_samples(p, &c, k->metric, ticks, ovh, &t);
}

/* --- to CPUs that are inside a walk --- */

static void inside_now(struct cpumask *to)
{
	cpumask_clear(to);
	for (unsigned i = 0; i < run.nr_walkers; i++)
		if (run.walkers[i].inside)
			cpumask_set(to, i + 1);
}

/* One round to them; how many they were, or 0 if a timer cut it. */
static unsigned walking_sample(const struct kind *k, u64 *took)
{
	bool cut = run_cut_begin(&run);
	u64 ran = run_walkers_ran(&run);
	struct cpumask to;

	inside_now(&to);
	*took = k->sample(&to);
	*took = stats_less(*took, run_walkers_ran(&run) - ran);
	return cut || run_cut(&run) ? 0 : cpumask_weight(&to);
}

static void walking_samples(const struct plan *p, const struct kind *k, unsigned walkers, u64 ovh)
{
	struct crew_plan cp = { .walkers = walkers, .dwell = p->dwell, .account = p->account, .seed = p->seed };
	u64 rng = p->seed * 0x9e3779b97f4a7c15ULL | 1, took;

	crew_start(&run, &cp, sync_find("none"));
	for (unsigned i = 0; i < WALKING_SAMPLES; i++) {
		crew_turns(&run, 1 + rng_next(&rng) % MAX_TURNS);
		walking[i] = walking_sample(k, &took);
		walking_ticks[i] = stats_less(took, ovh);
	}
	crew_stop(&run);
	run.nr_walkers = 0;
}

/* Those of the samples that had @n targets. */
static void walking_report(const struct plan *p, const struct workload *wl, const struct kind *k, unsigned walkers, unsigned n, u64 ovh)
{
	struct cell c = { .wl = wl, .sync = sync_find("broadcast"), .walkers = walkers, .targets = n };
	struct totals t = { 0 };

	for (unsigned i = 0; i < WALKING_SAMPLES; i++)
		if (walking[i] == n)
			some[t.n++] = walking_ticks[i];
	if (!t.n)
		return;
	t.rounds = t.n;
	t.ipi_sync = t.n * n;
	report_samples(p, &c, k->metric, some, ovh, &t);
}

static void walking_measure(const struct plan *p, const struct workload *wl, unsigned walkers)
{
	mm_create(&mm);
	run = (struct run){ .mm = &mm, .switch_mm = mm_switch };
	if (pool_fill(&pool, &mm, 1) != 1)
		panic("ipi-round: no memory for one 2M leaf");
	run.turn_ovh = p->account ? walker_turn_missed() : 0;
	run.open_ovh = p->account ? walker_open_missed() : 0;
	pool_aim(&pool, 0, &run);
	crew_load(&mm, 0, mm_switch);
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		u64 ovh = round_overhead(&kinds[i]);

		walking_samples(p, &kinds[i], walkers, ovh);
		for (unsigned n = 1; n <= walkers; n++)
			walking_report(p, wl, &kinds[i], walkers, n, ovh);
	}
	frame_put(arch_pte_pa(pt_unmap(&mm, pool_va(&pool, 0), 1, NULL), 1));
	mm_destroy(&mm);
}

static int ipi_round_measure(const struct plan *p, const struct workload *wl)
{
	if (probe_alone(wl))
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		for (unsigned n = 1; n; n = measure_next(n, nr_cpus - 1))
			targets_measure(p, wl, &kinds[i], n);
	for (unsigned i = 0; i < p->nr_walkers; i++)
		if (p->walkers[i])
			walking_measure(p, wl, p->walkers[i]);
	return 0;
}

WORKLOAD(ipi_round) = {
	.name = "ipi-round",
	.doc = "interrupt k CPUs with an empty IPI and wait for their answers, by k: halted ones, and those inside a walk",
	.raw = true,
	.measure = ipi_round_measure,
};
