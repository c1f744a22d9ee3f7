// SPDX-License-Identifier: GPL-2.0-only
/* The instret CSR (Unprivileged, Zicntr). Firmware lets supervisor mode read it, as it does the cycle CSR, which is the clock. */
#include <pmu.h>

#include <arch/insn.h>

const char *arch_pmu_on(void)
{
	return NULL;
}

u64 arch_pmu_insns(void)
{
	return insn_csrr(instret);
}
