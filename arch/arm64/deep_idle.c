// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI CPU_SUSPEND into a standby state, from which an interrupt wakes a CPU though PSTATE.I is set (Arm DEN 0022, 5.1.2, 6.2). QEMU's PSCI
 * takes it as WFI.
 */
#include <console.h>
#include <deep_idle.h>

#include <arch/arm64.h>

static bool standby(void)
{
	return !arm64_cpu_suspend(arm64_boot.idle_state);
}

const struct deep_idle *arch_deep_idle(const char **why)
{
	static struct deep_idle d = { .enter = standby };

	*why = "the tree names no PSCI that suspends a CPU";
	if (!arm64_boot.psci_cpu_suspend)
		return NULL;
	ksnprintf(d.name, sizeof(d.name), "psci 0x%x", arm64_boot.idle_state);
	return &d;
}
