// SPDX-License-Identifier: GPL-2.0-only
/*
 * One CPU at a time: the word holds the number of the one that is being started, which it reads with its MMU on. smp_init() waits
 * for each before it starts the next.
 */
#include <cpu.h>
#include <smp.h>

#include <arch/arm64.h>

volatile u64 arm64_starting;

int arch_cpu_start(unsigned cpu)
{
	arm64_starting = cpu;
	return arm64_cpu_on(cpu_area[cpu].hwid);
}
