/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kernel/ share with each other only. */
#ifndef SKEET_KERNEL_H
#define SKEET_KERNEL_H

#include <cpumask.h>
#include <types.h>

/* True while only the boot CPU runs, perhaps without this_cpu(), and again in a panic: the console takes no lock. */
extern bool console_alone;

/* Fill the area of a CPU that does not run yet. */
void cpu_area_init(unsigned cpu, u32 hwid);
/* @cpu, the next free number, takes part from now on. */
void cpu_set_online(unsigned cpu);

/* An interrupt that only wakes: counted as IPI_CALL. */
void ipi_kick(const struct cpumask *to);
/* Let every other CPU print its stack, one at a time, then stop them all. Best effort, bounded. */
void nmi_report_and_stop_others(void);

#endif
