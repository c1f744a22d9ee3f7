// SPDX-License-Identifier: GPL-2.0-only
/* Performance monitor counter 5, instructions completed (Power ISA 3.0B, III 9.4): 32 bits. */
#include <pmu.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#define TURNS 100

const char *arch_pmu_on(void)
{
	u64 before;

	insn_mtspr(SPR_MMCR0, 0); /* no freeze: counters run in every state */
	insn_isync();
	before = arch_pmu_insns();
	for (unsigned i = TURNS; i; i--)
		insn_isync();
	return !pmu_since(before) ? "PMC5 stands still: this machine counts no instructions" : NULL;
}

u64 arch_pmu_insns(void)
{
	return insn_mfspr(SPR_PMC5);
}
