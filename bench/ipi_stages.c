// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-stages: where the time of one interrupt goes, to one CPU and to all others, each of which is halted:
 *
 *   send     until the hardware writes are out
 *   deliver  from there until the last target's handler starts (its first line of C)
 *   work     what that handler does, here two looks at its clock
 *   seen     until the initiator has seen the last answer
 *   round    all of it
 *
 * Stamps of two CPUs are of two clocks: what they differ is measured before (probe.h), taken out, and stands in the line with its error.
 *
 * ipi-busy: the round alone, to one CPU that is not halted: that spins with interrupts on, or keeps them closed for some turns at a time,
 * as a walk does; and to one that is halted more deeply than an idle CPU of this kernel ever is.
 */
#include <console.h>
#include <cpu.h>
#include <deep_idle.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define SAMPLES 101

enum stage { SEND, DELIVER, WORK, SEEN, ROUND, NR_STAGES };
static const char *const stage_names[NR_STAGES] = { "send", "deliver", "work", "seen", "round" };
static u32 stage[NR_STAGES][SAMPLES];
static struct probe_offset offset[NR_CPUS];

static __timed void answer(void)
{
	struct probe_line *me = &probe_line[this_cpu()];

	me->entered = arch_cycles_start();
	me->left = arch_cycles_stop();
	probe_answer();
}

/* In this CPU's clock. */
static u64 here(u64 stamp, unsigned cpu)
{
	return stamp - (u64)offset[cpu].ahead;
}

static unsigned last_of(const struct cpumask *to)
{
	unsigned cpu, last = 0;

	for_each_cpu(cpu, to)
		if (!last || (s64)(here(probe_line[cpu].entered, cpu) - here(probe_line[last].entered, last)) > 0)
			last = cpu;
	return last;
}

/* Clocks that differ by more than they are known to can take a stage below zero. */
static u32 span(u64 from, u64 to)
{
	return (s64)(to - from) < 0 ? 0 : (u32)(to - from);
}

static __timed unsigned stage_sample(const struct cpumask *to, unsigned i)
{
	u64 sent, seen, t0;
	unsigned msg, last;

	probe_round_nr++;
	t0 = arch_cycles_start();
	msg = probe_round(to, answer, probe_all_answered, &sent);
	seen = arch_cycles_stop();
	last = last_of(to);
	stage[SEND][i] = span(t0, sent);
	stage[DELIVER][i] = span(sent, here(probe_line[last].entered, last));
	stage[WORK][i] = span(probe_line[last].entered, probe_line[last].left);
	stage[SEEN][i] = span(here(probe_line[last].left, last), seen);
	stage[ROUND][i] = span(t0, seen);
	return msg;
}

static struct cell cell_of(const struct workload *wl, unsigned targets)
{
	return (struct cell){ .wl = wl, .sync = sync_find("none"), .targets = targets };
}

static void report(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 msg)
{
	struct totals t = { .n = SAMPLES, .rounds = SAMPLES, .ipi_sync = (u64)SAMPLES * c->targets, .ipi_msg = msg };

	report_samples(p, c, metric, v, 0, &t);
}

static void stages_of(const struct plan *p, const struct workload *wl, unsigned n)
{
	struct cell c = cell_of(wl, n);
	struct cpumask to;
	u64 msg = 0;

	probe_targets(&to, n);
	for (unsigned cpu = 1; cpu <= n; cpu++)
		c.clock_error = offset[cpu].error > c.clock_error ? offset[cpu].error : c.clock_error;
	for (unsigned i = 0; i < SAMPLES; i++)
		msg += stage_sample(&to, i);
	for (unsigned s = 0; s < NR_STAGES; s++)
		report(p, &c, stage_names[s], stage[s], msg);
}

static int stages_measure(const struct plan *p, const struct workload *wl)
{
	if (probe_alone(wl))
		return 0;
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		offset[cpu] = probe_offset(cpu);
	stages_of(p, wl, 1);
	if (nr_cpus > 2)
		stages_of(p, wl, nr_cpus - 1);
	return 0;
}

WORKLOAD(ipi_stages) = {
	.name = "ipi-stages",
	.doc = "send, delivery, handler and answer of an interrupt, timed apart, to one CPU and to all",
	.raw = true,
	.measure = stages_measure,
};

/* --- ipi-busy --- */

/* Turns with interrupts closed, and then as many open. */
static volatile u64 closed_turns;
static volatile bool busy_stop;

static __timed void busy(void *arg)
{
	(void)arg;
	while (!busy_stop) {
		u64 flags = arch_irq_save();

		for (u64 i = closed_turns; i; i--)
			arch_relax();
		arch_irq_restore(flags);
		for (u64 i = closed_turns + 1; i; i--)
			arch_relax();
	}
}

/* In the deepest halt, again and again. */
static const struct deep_idle *deepest;
static volatile u64 deep_stop;
static volatile bool deep_refused;

static void sleep_deep(void *arg)
{
	(void)arg;
	while (!deep_stop)
		if (!deepest->sleep_unless(&deep_stop)) {
			deep_refused = true;
			arch_relax();
		}
}

/* Rounds to CPU 1 while it does @what. Returns the writes that they took. */
static u64 busy_samples(void (*what)(void *arg))
{
	struct cpumask to;
	u64 msg = 0;

	probe_targets(&to, 1);
	smp_run(1, what, NULL);
	for (unsigned i = 0; i < SAMPLES; i++) {
		msg += stage_sample(&to, i);
		/* Another place of its loop each time. */
		for (unsigned k = i % 16; k; k--)
			arch_relax();
	}
	return msg;
}

static void busy_of(const struct plan *p, const struct workload *wl, u64 closed)
{
	struct cell c = cell_of(wl, 1);
	char how[24];
	u64 msg;

	ksnprintf(how, sizeof(how), closed ? "closed for %llu" : "spinning", (unsigned long long)closed);
	c.range = how;
	closed_turns = closed;
	busy_stop = false;
	msg = busy_samples(busy);
	busy_stop = true;
	smp_join(1, "a busy CPU to stop");
	report(p, &c, "busy", stage[ROUND], msg);
}

static void deep_of(const struct plan *p, const struct workload *wl)
{
	struct cell c = cell_of(wl, 1);
	struct cpumask to;
	const char *why;
	u64 msg;

	deepest = arch_deep_idle(&why);
	if (!deepest) {
		kprintf("SKIP %s: deep idle: %s\n", wl->name, why);
		return;
	}
	c.range = deepest->name;
	deep_stop = 0;
	deep_refused = false;
	msg = busy_samples(sleep_deep);
	deep_stop = 1;
	probe_targets(&to, 1);
	probe_round_nr++;
	probe_round(&to, answer, probe_all_answered, NULL);
	smp_join(1, "a CPU to wake from deep idle");
	if (deep_refused)
		kprintf("SKIP %s: deep idle: %s: the firmware refused\n", wl->name, deepest->name);
	else
		report(p, &c, "deep", stage[ROUND], msg);
}

static int busy_measure(const struct plan *p, const struct workload *wl)
{
	static const u64 turns[] = { 0, 16, 256 };

	if (probe_alone(wl))
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(turns); i++)
		busy_of(p, wl, turns[i]);
	deep_of(p, wl);
	return 0;
}

WORKLOAD(ipi_busy) = {
	.name = "ipi-busy",
	.doc = "the round of an interrupt to a CPU that spins, has interrupts closed for some turns as in a walk, or sleeps deeply",
	.raw = true,
	.measure = busy_measure,
};
