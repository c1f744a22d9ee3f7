// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-contended: k CPUs interrupt all others, and each other, again and again: what one round takes the first of them. One shootdown is
 * in flight at a time (kernel/ipi.c), so k - 1 others may go before, and every one of them interrupts this CPU while it waits.
 */
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define SAMPLES 101

static u32 ticks[SAMPLES];
static volatile bool stop;
static volatile u64 rounds[NR_CPUS] __cacheline;

static void initiator(void *arg)
{
	struct cpumask to;

	(void)arg;
	sync_others(&to);
	while (!stop) {
		ipi_sync_cpus(&to, nr_cpus - 1);
		rounds[this_cpu()]++;
	}
}

static __timed u64 round_sample(const struct cpumask *to)
{
	u64 t0 = arch_cycles_start();

	ipi_sync_cpus(to, nr_cpus - 1);
	return arch_cycles_stop() - t0;
}

static void contended_by(const struct plan *p, const struct workload *wl, unsigned k)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .targets = nr_cpus - 1, .initiators = k };
	struct totals t = { .n = SAMPLES, .rounds = SAMPLES };
	struct cpumask to;

	sync_others(&to);
	stop = false;
	for (unsigned cpu = 1; cpu < k; cpu++) {
		rounds[cpu] = 0;
		smp_run(cpu, initiator, NULL);
	}
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = (u32)round_sample(&to);
	stop = true;
	t.ipi_sync = SAMPLES;
	for (unsigned cpu = 1; cpu < k; cpu++) {
		smp_join(cpu, "an initiator to stop");
		t.ipi_sync += rounds[cpu];
	}
	t.ipi_sync *= nr_cpus - 1;
	report_samples(p, &c, "contended", ticks, 0, &t);
}

static int contended_measure(const struct plan *p, const struct workload *wl)
{
	if (probe_alone(wl))
		return 0;
	for (unsigned k = 1; k; k = measure_next(k, nr_cpus))
		contended_by(p, wl, k);
	return 0;
}

WORKLOAD(ipi_contended) = {
	.name = "ipi-contended",
	.doc = "one round of interrupts to all others while k CPUs do the same",
	.raw = true,
	.measure = contended_measure,
};
