// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions retired: Intel's fixed counter 0 (SDM Volume 3, 21.2.2), or AMD's counter 0 of the core with event C0h (APM Volume 2, 13.2.1).
 * QEMU's TCG has neither, and not every hypervisor offers them.
 */
#include <pmu.h>

#include <arch/insn.h>

#define CPUID_PMU 0xa
#define CPUID_AMD_FEATURES 0x80000001
#define AMD_PERF_CTR_EXT_CORE 23 /* bit of ECX */
#define MSR_FIXED_CTR_CTRL 0x38d
#define FIXED0_OS_USER 3
#define MSR_PERF_GLOBAL_CTRL 0x38f
#define GLOBAL_FIXED0 (1ULL << 32)
#define MSR_AMD_PERF_CTL0 0xc0010200
#define AMD_RETIRED_OS_USER (1U << 22 | 3U << 16 | 0xc0)
#define RDPMC_FIXED0 (1U << 30)
#define RDPMC_CORE0 0U

static u32 counter;

const char *arch_pmu_on(void)
{
	u32 max[4], r[4];

	insn_cpuid(0, 0, max);
	if (max[0] >= CPUID_PMU) {
		insn_cpuid(CPUID_PMU, 0, r);
		if ((r[0] & 0xff) >= 2 && (r[3] & 0x1f)) {
			insn_wrmsr(MSR_FIXED_CTR_CTRL, FIXED0_OS_USER);
			insn_wrmsr(MSR_PERF_GLOBAL_CTRL, GLOBAL_FIXED0);
			counter = RDPMC_FIXED0;
			return NULL;
		}
	}
	insn_cpuid(0x80000000, 0, max);
	insn_cpuid(CPUID_AMD_FEATURES, 0, r);
	if (max[0] < CPUID_AMD_FEATURES || !(r[2] >> AMD_PERF_CTR_EXT_CORE & 1))
		return "this CPU has no counter of retired instructions (CPUID leaf 0AH, CPUID.8000_0001:ECX[23])";
	insn_wrmsr(MSR_AMD_PERF_CTL0, AMD_RETIRED_OS_USER);
	counter = RDPMC_CORE0;
	return NULL;
}

u64 arch_pmu_insns(void)
{
	return insn_rdpmc(counter);
}
