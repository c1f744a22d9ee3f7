/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A probe: an interrupt whose handler is the benchmark's own, so that its parts can be timed and its answer be of any design.
 *
 * Each CPU stamps its own line when its handler starts and when its work is done; the clocks of two CPUs are compared first, and what they
 * differ is told with its error (probe_offset()).
 */
#ifndef SKEET_PROBE_H
#define SKEET_PROBE_H

#include <cpumask.h>
#include <ipi.h>
#include <percpu.h>
#include <workload.h>

struct probe_line {
	volatile u64 entered, left; /* ticks of its own clock */
	volatile u64 answered;      /* rounds: written when its work is done */
	volatile u64 ping;          /* of probe_offset() and probe_line_trip() */
} __cacheline;
extern struct probe_line probe_line[NR_CPUS];

/* Raise it before a round; who has answered that round has its number in his line. */
extern u64 probe_round_nr;

/* In a hook: this CPU has done what was asked. */
static __always_inline void probe_answer(void)
{
	/* Release: stamps and work before the answer; pairs with the acquire in probe_answered(). */
	__atomic_store_n(&probe_line[this_cpu()].answered, probe_round_nr, __ATOMIC_RELEASE);
}

static __always_inline bool probe_answered(unsigned cpu)
{
	/* Acquire: pairs with the release in probe_answer(). */
	return __atomic_load_n(&probe_line[cpu].answered, __ATOMIC_ACQUIRE) == probe_round_nr;
}

/* What @done of probe_round() is where every target answers by probe_answer(). */
bool probe_all_answered(const struct cpumask *to);
/* CPUs 1 to @n, which CPU 0 interrupts. */
void probe_targets(struct cpumask *to, unsigned n);
/* Is there no other CPU? Then it says that @wl is left out. */
bool probe_alone(const struct workload *wl);

/* By how much the clock of another CPU is ahead of this one's, and at most so far off is that: both in ticks. */
struct probe_offset {
	s64 ahead;
	u64 error;
};

/**
 * probe_round - interrupt @to, each of which runs @hook, and wait until @done says that all have answered
 * @hook: in interrupt context there; it stamps and answers by itself
 * @done: called again and again, giving way in between; has a deadline
 * @sent: NULL, or gets arch_cycles() when the last hardware write is out
 *
 * Return: hardware writes used. Context: thread, interrupts on.
 */
unsigned probe_round(const struct cpumask *to, void (*hook)(void), bool (*done)(const struct cpumask *to), u64 *sent);

/* The same by @form; @to is the caller alone, its others, or any, as the form has it. */
unsigned probe_round_by(const struct ipi_form *form, const struct cpumask *to, void (*hook)(void), bool (*done)(const struct cpumask *to),
			u64 *sent);

/* Compare this CPU's clock with that of @cpu, which is idle: of many exchanges the shortest. */
struct probe_offset probe_offset(unsigned cpu);
/* Ticks that a cache line takes to @cpu, which is idle, and back: the mean of @trips of them. */
u64 probe_line_trip(unsigned cpu, unsigned trips);

#endif
