// SPDX-License-Identifier: GPL-2.0-only
/* Invalidates by the hypervisor (PAPR, H_RPT_INVALIDATE). */
#include <console.h>
#include <tlbi.h>

#include <arch/ppc64.h>

u64 ppc64_rpt_invalidate(const struct ppc64_rpt *rpt)
{
	s64 error = ppc64_hcall6(H_RPT_INVALIDATE, rpt->pid, rpt->target, rpt->type, rpt->sizes, rpt->start, rpt->end);

	if (error)
		panic("H_RPT_INVALIDATE of PID %llu: error %lld", (unsigned long long)rpt->pid, (long long)error);
	return 1;
}

const char *ppc64_tlbi_inexact(void)
{
	return ppc64_radix.page_shift > 12 ? "QEMU's TCG drops everything with a page over 4K" : NULL;
}
