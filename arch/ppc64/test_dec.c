// SPDX-License-Identifier: GPL-2.0-only
/* The decrementer cannot be turned off, only be kept from getting there: no CPU may be interrupted by it while something is timed. */
#include <percpu.h>
#include <smp.h>
#include <test.h>

#include <arch/ppc64.h>

#define DAYS(n) ((n) * 86400 * ppc64_cpus.timebase_hz)

static u64 left[NR_CPUS];

static void look(void *arg)
{
	(void)arg;
	left[this_cpu()] = insn_mfspr(SPR_DEC);
}

TEST_CASE(arch_smp, decrementer)
{
	if (!ppc64_cpus.dec_bits) {
		test_set(r, T_SKIP, "this hypervisor grants no large decrementer (ibm,dec-bits): it interrupts every %llu s",
			 (unsigned long long)((1ULL << 31) / ppc64_cpus.timebase_hz));
		return;
	}
	look(NULL);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		smp_run(cpu, look, NULL);
		smp_join(cpu, "a look at its decrementer");
	}
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		T_EXPECT(r, left[cpu] > DAYS(30) && left[cpu] >> (ppc64_cpus.dec_bits - 1) == 0,
			 "CPU %u: its decrementer interrupts in %llu s", cpu,
			 (unsigned long long)(left[cpu] / ppc64_cpus.timebase_hz));
	test_set(r, T_PASS, "%u bits: no interrupt within a month on any CPU", ppc64_cpus.dec_bits);
}
