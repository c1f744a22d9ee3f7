// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs and how they are started: PSCI (Arm DEN 0022), by HVC or SMC as the tree says, or a spin table (Devicetree Specification,
 * 3.8: the CPU polls a word for the address to go to).
 */
#include <bootinfo.h>
#include <fdt.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#include "boot.h"

#define PSCI_CPU_ON_64 0xc4000003U
#define PSCI_CPU_SUSPEND_64 0xc4000001U
#define PSCI_SYSTEM_OFF 0x84000008U
/* Of a state's number: bits that say that registers are lost, in the original format and in the extended one (5.4.2). */
#define PSCI_POWERS_DOWN (1U << 16 | 1U << 30)

/* Where a CPU polls: 0 for one that PSCI starts. */
static struct {
	u32 hwid;
	u64 release;
} cpus[NR_CPUS];
static unsigned nr;

static void read_psci(const struct fdt *t)
{
	static const char *const standard[] = { "arm,psci-1.0", "arm,psci-0.2" };
	int node = FDT_NONE;
	const char *method;

	for (unsigned i = 0; i < ARRAY_SIZE(standard) && node == FDT_NONE; i++)
		node = fdt_next_compatible(t, FDT_NONE, standard[i]);
	if (node != FDT_NONE) {
		arm64_boot.psci_cpu_on = PSCI_CPU_ON_64;
		arm64_boot.psci_cpu_suspend = PSCI_CPU_SUSPEND_64;
	} else {
		node = fdt_next_compatible(t, FDT_NONE, "arm,psci"); /* 0.1: the numbers are in the tree */
		fdt_u32(t, node, "cpu_on", &arm64_boot.psci_cpu_on);
		fdt_u32(t, node, "cpu_suspend", &arm64_boot.psci_cpu_suspend);
	}
	if (node == FDT_NONE)
		return;
	method = fdt_text(t, node, "method");
	arm64_boot.psci_hvc = method && method[0] == 'h';
	if (!method || (method[0] != 'h' && method[0] != 's'))
		fdt_error(t, node, "method is \"%s\"; valid are hvc, smc", method ? method : "");
}

static bool starts_with(const char *s, const char *with)
{
	while (*with)
		if (*s++ != *with++)
			return false;
	return true;
}

/* A CPU that the tree leaves disabled can be started all the same if it says how (3.8.1), but firmware may not want it. */
static void add_cpu(struct bootinfo *bi, const struct fdt *t, int cpu)
{
	const char *how = fdt_text(t, fdt_cpu_holder(t, cpu, "enable-method"), "enable-method");
	u64 mpidr, release = 0;

	if (!fdt_is_okay(t, cpu) || !fdt_reg(t, fdt_parent(t, cpu), cpu, 0, &mpidr, NULL))
		return;
	if (how && starts_with(how, "spin-table") && !fdt_u64(t, cpu, "cpu-release-addr", &release))
		fdt_error(t, cpu, "enable-method is spin-table, and there is no cpu-release-addr");
	if (release && release < 64 * KIB)
		arm64_boot.page0 = true;
	bootinfo_add_cpu(bi, arm64_hwid_of(mpidr));
	if (nr < NR_CPUS) {
		cpus[nr].hwid = arm64_hwid_of(mpidr);
		cpus[nr++].release = release;
	}
}

void cpus_read(struct bootinfo *bi, const struct fdt *t)
{
	read_psci(t);
	fdt_idle_state(t, "arm,idle-state", "arm,psci-suspend-param", PSCI_POWERS_DOWN, &arm64_boot.idle_state);
	for (int cpu = fdt_next_cpu(t, FDT_NONE); cpu != FDT_NONE; cpu = fdt_next_cpu(t, cpu))
		add_cpu(bi, t, cpu);
	if (!nr)
		fdt_error(t, fdt_find(t, "/cpus"), "no CPU is enabled");
	arm64_boot.nr_present = bi->nr_cpu;
}

static u64 psci(u64 fn, u64 a, u64 b, u64 c)
{
	return arm64_boot.psci_hvc ? arm64_hvc(fn, a, b, c) : arm64_smc(fn, a, b, c);
}

/* The word goes past the cache of this CPU: who polls it has its MMU off. */
static int release(u64 word)
{
	*(volatile u64 *)word = (u64)boot_secondary;
	insn_dc_civac((void *)word);
	insn_dsb(sy);
	insn_sev();
	return 0;
}

int arm64_cpu_on(u32 hwid)
{
	for (unsigned i = 0; i < nr; i++)
		if (cpus[i].hwid == hwid && cpus[i].release)
			return release(cpus[i].release);
	insn_dsb(sy); /* what the CPU reads before its caches are on was cleaned; the rest is ordered by this */
	if (!arm64_boot.psci_cpu_on)
		return -1;
	return psci(arm64_boot.psci_cpu_on, arm64_mpidr_of(hwid), (u64)boot_secondary, 0) == 0 ? 0 : -1;
}

void arm64_psci_off(void)
{
	if (arm64_boot.psci_cpu_on)
		psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

int arm64_cpu_suspend(u32 state)
{
	return (int)psci(arm64_boot.psci_cpu_suspend, state, 0, 0);
}
