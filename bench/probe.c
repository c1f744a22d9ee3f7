// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs that pass a word to and fro. Each writes its own line only and reads the other's, so a trip is two transfers of a line: the
 * floor of whatever else they may say to each other. The clock of the one that answers is read between: it is as far ahead as its stamp
 * is from the middle of the trip, give or take half of it (RFC 5905, section 8, has the same of two hosts).
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "probe.h"

#define EXCHANGES 101

struct probe_line probe_line[NR_CPUS];
u64 probe_round_nr;
static volatile u64 stamped; /* ticks of the clock of the CPU that answers */

__timed bool probe_all_answered(const struct cpumask *to)
{
	unsigned cpu;

	for_each_cpu(cpu, to)
		if (!probe_answered(cpu))
			return false;
	return true;
}

void probe_targets(struct cpumask *to, unsigned n)
{
	cpumask_clear(to);
	for (unsigned cpu = 1; cpu <= n; cpu++)
		cpumask_set(to, cpu);
}

bool probe_alone(const struct workload *wl)
{
	if (nr_cpus > 1)
		return false;
	kprintf("SKIP %s: there is no other CPU to interrupt\n", wl->name);
	return true;
}

/* @send: NULL, a constant, where the kernel's own way is asked for. */
static __always_inline unsigned round_by(ipi_send_fn *send, const struct cpumask *to, void (*hook)(void),
					 bool (*done)(const struct cpumask *to), u64 *sent)
{
	unsigned msg, late = 0;

	ipi_probe_hook = hook;
	ipi_lock();
	msg = send ? ipi_probe_by(to, send) : ipi_probe_cpus(to);
	if (sent)
		*sent = arch_cycles();
	wait_until(done(to), wait_late("a probe's answer", &late));
	ipi_unlock();
	return msg;
}

__timed unsigned probe_round(const struct cpumask *to, void (*hook)(void), bool (*done)(const struct cpumask *to), u64 *sent)
{
	return round_by(NULL, to, hook, done, sent);
}

__timed unsigned probe_round_by(const struct ipi_form *form, const struct cpumask *to, void (*hook)(void),
				bool (*done)(const struct cpumask *to), u64 *sent)
{
	return round_by(form->send, to, hook, done, sent);
}

/* On the other CPU: answer every ping until it is ~0. */
static __timed void echo(void *arg)
{
	volatile u64 *ping = &((struct probe_line *)arg)->ping;
	volatile u64 *pong = &probe_line[this_cpu()].ping;
	unsigned late = 0;

	for (u64 seen = 0; seen != ~0ULL;) {
		/* Acquire: pairs with the release in trip(). */
		wait_until(__atomic_load_n(ping, __ATOMIC_ACQUIRE) != seen, wait_late("a ping", &late));
		seen = *ping;
		stamped = arch_cycles();
		/* Release: the stamp before the answer; pairs with the acquire in trip(). */
		__atomic_store_n(pong, seen, __ATOMIC_RELEASE);
	}
}

static __always_inline void trip(unsigned cpu, u64 n)
{
	unsigned late = 0;

	/* Release: pairs with the acquire in echo(). */
	__atomic_store_n(&probe_line[this_cpu()].ping, n, __ATOMIC_RELEASE);
	/* Acquire: the stamp behind the answer; pairs with the release in echo(). */
	wait_until(__atomic_load_n(&probe_line[cpu].ping, __ATOMIC_ACQUIRE) == n, wait_late("a pong", &late));
}

static void echo_start(unsigned cpu)
{
	probe_line[this_cpu()].ping = probe_line[cpu].ping = 0;
	smp_run(cpu, echo, &probe_line[this_cpu()]);
	trip(cpu, 1);
}

static void echo_stop(unsigned cpu)
{
	trip(cpu, ~0ULL);
	smp_join(cpu, "the last pong");
}

struct probe_offset probe_offset(unsigned cpu)
{
	struct probe_offset best = { .error = ~0ULL };

	echo_start(cpu);
	for (unsigned i = 0; i < EXCHANGES; i++) {
		u64 there = arch_cycles_start(), took;

		trip(cpu, i + 2);
		took = arch_cycles_stop() - there;
		if ((took + 1) / 2 < best.error)
			best = (struct probe_offset){ .ahead = (s64)(stamped - there - took / 2), .error = (took + 1) / 2 };
	}
	echo_stop(cpu);
	return best;
}

__timed u64 probe_line_trip(unsigned cpu, unsigned trips)
{
	u64 t0;

	echo_start(cpu);
	t0 = arch_cycles_start();
	for (unsigned i = 0; i < trips; i++)
		trip(cpu, i + 2);
	t0 = arch_cycles_stop() - t0;
	echo_stop(cpu);
	return t0 / trips;
}
