// SPDX-License-Identifier: GPL-2.0-only
/* The NMI beside an interrupt: ELR_EL1 and SPSR_EL1 are one CPU's, and both handlers return by them. */
#include <ipi.h>
#include <smp.h>
#include <test.h>

#define STORM 20000

/* NMIs that come at every place of an interrupt's handler, to its last instruction: what was interrupted goes on. */
TEST_CASE(arch_ipi, nmi_in_interrupt)
{
	const volatile u64 *nmi_recv = &cpu_area[1].nmi_recv, *ipi_recv = &cpu_area[1].ipi_recv;
	u64 nmis = *nmi_recv, ipis = *ipi_recv;
	struct cpumask to;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	cpumask_clear(&to);
	cpumask_set(&to, 1);
	for (unsigned i = 0; i < STORM; i++) {
		unsigned late = 0;

		ipi_lock();
		ipi_probe_cpus(&to);
		for (unsigned k = i % 1024; k; k--)
			(void)*nmi_recv;
		arch_nmi_send(&to);
		wait_until(*ipi_recv > ipis + i && *nmi_recv > nmis + i, wait_late("a CPU to take an interrupt and an NMI", &late));
		ipi_unlock();
	}
	test_set(r, T_PASS, "%lu NMIs beside %lu interrupts", *nmi_recv - nmis, *ipi_recv - ipis);
}
