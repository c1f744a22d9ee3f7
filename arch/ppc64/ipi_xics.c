// SPDX-License-Identifier: GPL-2.0-only
/* The XICS of a partition (PAPR): H_IPI sets the priority at which a CPU is wanted, and it takes an external interrupt. */
#include <console.h>
#include <cpu.h>
#include <percpu.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "ipi_ways.h"

#define XISR_IPI 2

static __always_inline void h_ipi(unsigned cpu)
{
	insn_hcall(H_IPI, cpu_area[cpu].hwid, PRIORITY_IPI);
}

__timed unsigned xics_send(const struct cpumask *to)
{
	return each_target(to, h_ipi);
}

/* None at all is what is left where the short entry took one and saw that more is wanted. */
static void taken(void)
{
	u64 got[4];

	ppc64_hcall(H_XIRR, 0, 0, 0, 0, got);
	if (!(got[0] & 0xffffff))
		return;
	if ((got[0] & 0xffffff) != XISR_IPI)
		panic("interrupt %llu came, and nobody asked for it", (unsigned long long)(got[0] & 0xffffff));
	ppc64_hcall(H_IPI, cpu_area[this_cpu()].hwid, PRIORITY_NONE, 0, 0, NULL);
	ppc64_hcall(H_EOI, got[0], 0, 0, 0, NULL);
}

static void init_cpu(void)
{
	ppc64_hcall(H_IPI, cpu_area[this_cpu()].hwid, PRIORITY_NONE, 0, 0, NULL);
	ppc64_hcall(H_CPPR, PRIORITY_NONE, 0, 0, 0, NULL);
}

const struct ipi_way ipi_xics = {
	.vector = VECTOR_EXTERNAL,
	.entry = short_xics,
	.taken = taken,
	.init_cpu = init_cpu,
};
