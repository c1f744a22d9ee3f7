// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI CPU_SUSPEND into a standby state, from which an interrupt wakes a CPU though PSTATE or ALLINT holds it back (Arm DEN 0022, 5.1.2, 6.2);
 * one that the interrupt controller's priority mask holds back would not. QEMU's PSCI takes it as WFI.
 */
#include <console.h>
#include <deep_idle.h>

#include <arch/arm64.h>

static bool standby_unless(const volatile u64 *word)
{
	u64 daif = insn_read_daif();
	bool slept;

	if (arm64_feat_nmi)
		insn_allint_set();
	else
		insn_daifset(DAIFBIT_IF);
	slept = *word || !arm64_cpu_suspend(arm64_boot.idle_state);
	if (arm64_feat_nmi)
		insn_allint_clear();
	else
		insn_write_daif(daif);
	insn_isb(); /* what is pending is taken here */
	return slept;
}

const struct deep_idle *arch_deep_idle(const char **why)
{
	static struct deep_idle d = { .sleep_unless = standby_unless };

	*why = "the tree names no PSCI that suspends a CPU";
	if (!arm64_boot.psci_cpu_suspend)
		return NULL;
	ksnprintf(d.name, sizeof(d.name), "psci 0x%x", arm64_boot.idle_state);
	return &d;
}
