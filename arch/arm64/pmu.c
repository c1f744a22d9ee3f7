// SPDX-License-Identifier: GPL-2.0-only
/* INST_RETIRED, event 08h, on event counter 0 (Arm ARM, D13). The cycle counter, which is the clock, goes on beside it. */
#include <pmu.h>

#include <arch/insn.h>

#define INST_RETIRED 8
#define COUNT_EL2 (1U << 27)
#define COUNTER 1

const char *arch_pmu_on(void)
{
	if (!(insn_mrs(pmcr_el0) >> 11 & 31) || !(insn_mrs(pmceid0_el0) >> INST_RETIRED & 1))
		return "this CPU has no event counter, or not the event INST_RETIRED (PMCR_EL0.N, PMCEID0_EL0)";
	insn_msr(pmevtyper0_el0, COUNT_EL2 | INST_RETIRED);
	insn_msr(pmcntenset_el0, COUNTER);
	insn_isb();
	return NULL;
}

u64 arch_pmu_insns(void)
{
	insn_isb();
	return insn_mrs(pmevcntr0_el0);
}
