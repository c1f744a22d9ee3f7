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
#include <percpu.h>

struct probe_line {
	volatile u64 entered, left; /* ticks of its own clock */
	volatile u64 answered;      /* rounds: written when its work is done */
	volatile u64 ping;          /* of probe_offset() and probe_line_trip() */
} __cacheline;
extern struct probe_line probe_line[NR_CPUS];

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

/* Compare this CPU's clock with that of @cpu, which is idle: of many exchanges the shortest. */
struct probe_offset probe_offset(unsigned cpu);
/* Ticks that a cache line takes to @cpu, which is idle, and back: the mean of @trips of them. */
u64 probe_line_trip(unsigned cpu, unsigned trips);

#endif
