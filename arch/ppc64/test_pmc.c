// SPDX-License-Identifier: GPL-2.0-only
/*
 * Performance monitor counter 5, instructions completed (Power ISA 3.0B, III 9.4). Where it counts it is a second opinion on what this
 * port calls instructions under icount, and the only one elsewhere.
 */
#include <cpu.h>
#include <pmu.h>
#include <test.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#define TURNS 10000U

/* A loop of a constant number of instructions a turn; what else is counted is alike for every number of turns. */
static __noinline u32 counted(unsigned turns)
{
	u64 before = arch_pmu_insns();

#pragma GCC unroll 1
	for (unsigned i = 0; i < turns; i++)
		insn_isync();
	return pmu_since(before);
}

TEST_CASE(arch_ppc64, pmc5)
{
	u64 flags = arch_irq_save(), mmcr0 = insn_mfspr(SPR_MMCR0);
	const char *why = arch_pmu_on();
	u32 n[3];

	for (unsigned i = 0; i < 3; i++)
		n[i] = counted((i + 1) * TURNS);
	insn_mtspr(SPR_MMCR0, mmcr0);
	arch_irq_restore(flags);
	if (why) {
		test_set(r, T_SKIP, "%s", why);
		return;
	}
	T_EXPECT(r, n[1] - n[0] == n[2] - n[1], "%u, %u and %u instructions for one, two and three times %u turns", n[0], n[1], n[2], TURNS);
	T_EXPECT(r, (n[1] - n[0]) % TURNS == 0 && n[1] > n[0], "%u instructions for %u turns", n[1] - n[0], TURNS);
	test_set(r, T_PASS, "%u instructions a turn, exactly", (n[1] - n[0]) / TURNS);
}
