// SPDX-License-Identifier: GPL-2.0-only
/* SBI's retentive suspend, which ends as WFI does: though sstatus.SIE is clear (SBI v2.0, 9.4). OpenSBI's own is WFI in machine mode. */
#include <console.h>
#include <deep_idle.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

static bool suspend(void)
{
	return !sbi_call(SBI_HSM, SBI_HSM_SUSPEND, riscv_tree.idle_state, 0).error;
}

static bool sleep_unless(const volatile u64 *word)
{
	return deep_idle_closed(suspend, word);
}

const struct deep_idle *arch_deep_idle(const char **why)
{
	static struct deep_idle d = { .sleep_unless = sleep_unless };

	*why = "this firmware has no SBI HSM";
	if (!sbi_has(SBI_HSM))
		return NULL;
	ksnprintf(d.name, sizeof(d.name), "sbi 0x%x", riscv_tree.idle_state);
	return &d;
}
