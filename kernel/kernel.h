/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kernel/ share with each other only. */
#ifndef SKEET_KERNEL_H
#define SKEET_KERNEL_H

#include <types.h>

/* True while only the boot CPU runs, perhaps without this_cpu(), and again in a panic: the console takes no lock. */
extern bool console_alone;

/* The @want requests (NMI_*) to @cpu by NMI; returns without waiting. */
void nmi_request(unsigned cpu, u64 want);
/* Let every other CPU that works print its stack, one at a time, then stop them all. Best effort, bounded. */
void nmi_report_and_stop_others(void);

#endif
