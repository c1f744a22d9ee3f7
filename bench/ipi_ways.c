// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-ways: the same round by every way in which this interrupt controller sends (arch_ipi_forms()): to the CPU itself, to k others, which
 * are halted, one write a CPU beside one write for as many as it can name, and to all others by one name.
 *
 *   send   until the hardware writes are out
 *   round  until every answer is seen; a handler answers in a line of its own, and does nothing else
 *
 * What another controller would do is another boot: tools/ipi-ways makes them, and one table.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define SAMPLES 101

static u32 send_ticks[SAMPLES], round_ticks[SAMPLES];

static __timed void answer(void)
{
	probe_answer();
}

static __timed unsigned sample(const struct ipi_form *form, const struct cpumask *to, unsigned i)
{
	unsigned msg;
	u64 t0, sent;

	probe_round_nr++;
	t0 = arch_cycles_start();
	msg = probe_round_by(form, to, answer, probe_all_answered, &sent);
	round_ticks[i] = (u32)(arch_cycles_stop() - t0);
	send_ticks[i] = (u32)(sent - t0);
	return msg;
}

/* @how: behind the form's name. */
static void way_to(const struct plan *p, const struct workload *wl, const struct ipi_form *form, const char *how, const struct cpumask *to)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .targets = cpumask_weight(to) };
	struct totals t = { .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = (u64)SAMPLES * c.targets };
	u64 before = measure_recv();
	char name[40];

	ksnprintf(name, sizeof(name), "%s%s", form->name, how);
	c.range = name;
	for (unsigned i = 0; i < SAMPLES; i++)
		t.ipi_msg += sample(form, to, i);
	t.ipi_recv = measure_recv() - before;
	report_samples(p, &c, "send", send_ticks, 0, &t);
	report_samples(p, &c, "round", round_ticks, 0, &t);
}

static void way_to_self(const struct plan *p, const struct workload *wl, const struct ipi_form *form)
{
	struct cpumask me;

	cpumask_clear(&me);
	cpumask_set(&me, this_cpu());
	way_to(p, wl, form, form->dest == IPI_TO_SELF ? "" : " to itself", &me);
}

static void way_to_others(const struct plan *p, const struct workload *wl, const struct ipi_form *form, unsigned n)
{
	struct cpumask to;

	probe_targets(&to, n);
	way_to(p, wl, form, "", &to);
}

static void way(const struct plan *p, const struct workload *wl, const struct ipi_form *form)
{
	if (form->lacks_self && form->lacks_self())
		kprintf("SKIP %s.%s-to-itself: %s\n", wl->name, form->name, form->lacks_self());
	else if (form->dest != IPI_TO_OTHERS)
		way_to_self(p, wl, form);
	if (form->dest == IPI_TO_SELF || nr_cpus == 1)
		return;
	for (unsigned n = form->dest == IPI_TO_ANY ? 1 : nr_cpus - 1; n; n = measure_next(n, nr_cpus - 1))
		way_to_others(p, wl, form, n);
}

static int ways_measure(const struct plan *p, const struct workload *wl)
{
	for (const struct ipi_form *form = arch_ipi_forms(); form->name; form++)
		if (form->lacks && form->lacks())
			kprintf("SKIP %s.%s: %s\n", wl->name, form->name, form->lacks());
		else
			way(p, wl, form);
	return 0;
}

WORKLOAD(ipi_ways) = {
	.name = "ipi-ways",
	.doc = "one round of interrupts by every way in which the interrupt controller sends: to itself, one by one, many at once, all others",
	.raw = true,
	.measure = ways_measure,
};
