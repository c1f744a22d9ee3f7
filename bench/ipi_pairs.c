// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-pairs: from each CPU to each other one the round of an empty interrupt (pair), and beside it what a cache line takes to it and back
 * (line): the floor, for an answer is at least that. Which CPUs are near each other shows in both or in one. Of a machine with many
 * CPUs MOST of them, evenly spread: the matrix grows with their square.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define MOST 16u
#define SAMPLES 31
#define TRIPS 64

struct pair {
	unsigned to;
	u32 round[SAMPLES], line[SAMPLES];
};
static struct pair pair;

static __timed u64 round_to(const struct cpumask *to)
{
	u64 t0 = arch_cycles_start();

	ipi_sync_cpus(to, 1);
	return arch_cycles_stop() - t0;
}

/* On the CPU that interrupts. */
static void measure_pair(void *arg)
{
	struct pair *p = arg;
	struct cpumask to;

	cpumask_clear(&to);
	cpumask_set(&to, p->to);
	for (unsigned i = 0; i < SAMPLES; i++) {
		p->round[i] = (u32)round_to(&to);
		p->line[i] = (u32)probe_line_trip(p->to, TRIPS);
	}
}

static void report_pair(const struct plan *p, const struct workload *wl, unsigned from)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .targets = 1, .pair = true, .from = from, .to = pair.to };
	struct totals t = { .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = SAMPLES };

	report_samples(p, &c, "pair", pair.round, 0, &t);
	t = (struct totals){ .n = SAMPLES };
	report_samples(p, &c, "line", pair.line, 0, &t);
}

static int pairs_measure(const struct plan *p, const struct workload *wl)
{
	unsigned nr = nr_cpus < MOST ? nr_cpus : MOST;

	/* CPU 0 takes no part: it is this one, and waits for the others. */
	if (nr < 3) {
		kprintf("SKIP ipi-pairs: two CPUs beside the one that waits for them are needed, so three\n");
		return 0;
	}
	for (unsigned i = 1; i < nr; i++)
		for (unsigned k = 1; k < nr; k++) {
			unsigned from = i * (nr_cpus - 1) / (nr - 1);

			pair.to = k * (nr_cpus - 1) / (nr - 1);
			if (i == k)
				continue;
			smp_run(from, measure_pair, &pair);
			smp_join(from, "a pair of CPUs");
			report_pair(p, wl, from);
		}
	return 0;
}

WORKLOAD(ipi_pairs) = {
	.name = "ipi-pairs",
	.doc = "from each CPU to each other: the round of an interrupt, and of a cache line",
	.raw = true,
	.measure = pairs_measure,
};
