// SPDX-License-Identifier: GPL-2.0-only
/* The time base (Power ISA 3.0B, II 6.2), whose rate is in the device tree. */
#include <cpu.h>

#include <arch/ppc64.h>

void arch_time_init(void)
{
}

u64 arch_cycles_hz(void)
{
	return ppc64_cpus.timebase_hz * 125 >> 7;
}
