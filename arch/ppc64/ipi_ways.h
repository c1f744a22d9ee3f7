/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways in which one CPU interrupts another, and what ipi.c asks of each. */
#ifndef SKEET_PPC64_IPI_WAYS_H
#define SKEET_PPC64_IPI_WAYS_H

#include <cpumask.h>

struct ipi_way {
	unsigned vector;       /* by which it comes */
	const char *entry;     /* trap_entry.S: its short entry */
	void (*taken)(void);   /* it came, interrupts off: let the next one come */
	void (*init_cpu)(void);
};

extern const struct ipi_way ipi_xics, ipi_msgsndp, ipi_xive, ipi_doorbell;
extern const char short_xics[], short_msgsndp[], short_xive[], short_doorbell[];

/* @interrupt each; inlined, for what the initiator executes for a target is part of every result. */
static __always_inline unsigned each_target(const struct cpumask *to, void (*interrupt)(unsigned cpu))
{
	unsigned n = 0, cpu;

	for_each_cpu(cpu, to) {
		interrupt(cpu);
		n++;
	}
	return n;
}

/* Hardware writes that it took; what is wanted is visible before. */
unsigned xics_send(const struct cpumask *to);
unsigned msgsndp_send(const struct cpumask *to);
unsigned xive_send(const struct cpumask *to);
unsigned doorbell_send(const struct cpumask *to);

#endif
