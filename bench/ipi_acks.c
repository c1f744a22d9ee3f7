// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-acks: how the targets of one interrupt answer, by design and number of targets:
 *
 *   counter  every target decrements one word, atomically: the line goes from one to the next (this kernel's own, kernel/ipi.c)
 *   flags    every target writes a line of its own; the initiator reads them all
 *   tree     a target waits for up to FAN others and answers for them too: the initiator reads one line, the answers meet on the way
 *   early    as flags, but a target answers before it has done its work
 *
 * early is the negative control: where the work is a flush, and a table or frame is freed when the initiator goes on, it is not correct
 * (the oracle calls it not-drained). It is here because it shows how much of a round is the wait for the work.
 */
#include <cpu.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define SAMPLES 101
#define FAN 4u
/* Steps of a computation that stand for a flush. */
#define WORK 32u

static volatile u64 left __cacheline; /* of counter */
static volatile u64 sink[NR_CPUS];
static unsigned nr_targets;
static u32 ticks[SAMPLES];

static __always_inline void work(void)
{
	u64 rng = 1;

	for (unsigned i = 0; i < WORK; i++)
		rng_next(&rng);
	sink[this_cpu()] = rng;
}

static __timed void counter_hook(void)
{
	work();
	/* Release: the work before the answer; pairs with the acquire in counter_done(). */
	__atomic_fetch_sub(&left, 1, __ATOMIC_RELEASE);
}

static __timed bool counter_done(const struct cpumask *to)
{
	(void)to;
	/* Acquire: pairs with the release in counter_hook(). */
	return !__atomic_load_n(&left, __ATOMIC_ACQUIRE);
}

static __timed void flags_hook(void)
{
	work();
	probe_answer();
}

/* CPU 1 is the root; those that @cpu waits for are FAN * (cpu - 1) + 2 and the next ones. */
static __timed void tree_hook(void)
{
	unsigned first = FAN * (this_cpu() - 1) + 2, late = 0;

	work();
	for (unsigned cpu = first; cpu < first + FAN && cpu <= nr_targets; cpu++)
		wait_until(probe_answered(cpu), wait_late("the answer of a CPU below in the tree", &late));
	probe_answer();
}

static __timed bool tree_done(const struct cpumask *to)
{
	(void)to;
	return probe_answered(1);
}

static __timed void early_hook(void)
{
	probe_answer();
	work();
}

static const struct design {
	const char *name;
	void (*hook)(void);
	bool (*done)(const struct cpumask *to);
} designs[] = {
	{ "counter", counter_hook, counter_done },
	{ "flags", flags_hook, probe_all_answered },
	{ "tree", tree_hook, tree_done },
	{ "early", early_hook, probe_all_answered },
};

static __timed u64 ack_sample(const struct design *d, const struct cpumask *to)
{
	u64 t0;

	probe_round_nr++;
	left = nr_targets;
	t0 = arch_cycles_start();
	probe_round(to, d->hook, d->done, NULL);
	t0 = arch_cycles_stop() - t0;
	/* Who answered early may be at work still. */
	for (unsigned i = 0; i < 4; i++)
		arch_relax();
	return t0;
}

static void measure_design(const struct plan *p, const struct workload *wl, const struct design *d)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .targets = nr_targets, .range = d->name };
	struct totals t = { .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = (u64)SAMPLES * nr_targets };
	struct cpumask to;

	probe_targets(&to, nr_targets);
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = (u32)ack_sample(d, &to);
	report_samples(p, &c, "ack", ticks, 0, &t);
}

static void measure_designs(const struct plan *p, const struct workload *wl, unsigned n)
{
	nr_targets = n;
	for (unsigned i = 0; i < ARRAY_SIZE(designs); i++)
		measure_design(p, wl, &designs[i]);
}

static int acks_measure(const struct plan *p, const struct workload *wl)
{
	if (probe_alone(wl))
		return 0;
	for (unsigned n = 1; n; n = measure_next(n, nr_cpus - 1))
		measure_designs(p, wl, n);
	return 0;
}

WORKLOAD(ipi_acks) = {
	.name = "ipi-acks",
	.doc = "designs of the answer: one counter, a flag a target, a tree, and too early",
	.raw = true,
	.measure = acks_measure,
};
