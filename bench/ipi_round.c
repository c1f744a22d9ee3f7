// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-round: what it takes to interrupt k CPUs with an empty IPI and to wait until each has answered, by k. The call that schemes end in
 * (sync_ipi()), less the same call with nobody to interrupt; the targets are halted. Beside what a scheme does to find its targets (its
 * sync when nobody walks) this explains what a sync costs (docs/measuring.md).
 */
#include <console.h>
#include <cpu.h>

#include "measure.h"

#define SAMPLES 101

static u32 ticks[SAMPLES], nothing[SAMPLES];

static __timed u64 round_sample(const struct cpumask *to)
{
	u64 t0 = arch_cycles_start();

	sync_ipi(to);
	return arch_cycles_stop() - t0;
}

static void targets_measure(const struct plan *p, const struct workload *wl, unsigned n)
{
	struct cell c = { .wl = wl, .sync = sync_find("broadcast"), .targets = n };
	u64 before = sync_count.msg, ovh;
	struct cpumask to;
	struct totals t;
	struct stats st;

	cpumask_clear(&to);
	for (unsigned i = 0; i < SAMPLES; i++)
		nothing[i] = (u32)round_sample(&to);
	ovh = stats_median(nothing, SAMPLES);
	for (unsigned cpu = 1; cpu <= n; cpu++)
		cpumask_set(&to, cpu);
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = stats_less(round_sample(&to), ovh);
	t = (struct totals){ .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = SAMPLES * n, .ipi_msg = sync_count.msg - before };
	stats_of(ticks, SAMPLES, &st);
	report_result(p, &c, "ipi", &st, st.mean_milli, ovh, &t);
}

/* 1, 2, 4, ... and all. */
static int ipi_round_measure(const struct plan *p, const struct workload *wl)
{
	if (nr_cpus < 2) {
		kprintf("SKIP ipi-round: there is no other CPU to interrupt\n");
		return 0;
	}
	for (unsigned n = 1; n < nr_cpus - 1; n *= 2)
		targets_measure(p, wl, n);
	targets_measure(p, wl, nr_cpus - 1);
	return 0;
}

WORKLOAD(ipi_round) = {
	.name = "ipi-round",
	.doc = "interrupt k CPUs with an empty IPI and wait for their answers, by k",
	.raw = true,
	.measure = ipi_round_measure,
};
