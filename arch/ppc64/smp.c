// SPDX-License-Identifier: GPL-2.0-only
/* What the platform does, under the names that the kernel calls. */
#include <cpu.h>
#include <smp.h>

#include <arch/ppc64.h>

const struct ppc64_platform *ppc64_platform;
bool ppc64_bare;

int arch_cpu_start(unsigned cpu)
{
	return ppc64_platform->cpu_start(cpu);
}

void arch_idle_until(const volatile u64 *word)
{
	ppc64_platform->idle_until(word);
}
