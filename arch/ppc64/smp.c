// SPDX-License-Identifier: GPL-2.0-only
/* CPUs are started by RTAS, which hands over one word of 32 bits: the CPU's number. */
#include <smp.h>
#include <pte.h>

#include <arch/ppc64.h>

int arch_cpu_start(unsigned cpu)
{
	const u32 args[3] = { cpu_area[cpu].hwid, (u32)arch_virt_to_phys(boot_secondary), cpu };

	insn_sync(); /* what the CPU reads before it is in C was stored before */
	return ppc64_rtas(ppc64_papr.start_cpu, 3, args) ? -1 : 0;
}
