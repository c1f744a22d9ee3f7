/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nmi: as ipi, by an interrupt that closed interrupts do not stop. It stands for every method that invalidates behind a walker's
 * back (INVLPGB, RAR with IGNORE_IF, TLBI, tlbie, SBI RFENCE): the translation is gone, the walk goes on. Drains nobody.
 */
#include <ipi.h>
#include <tlb.h>

static void nmi_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	struct cpumask to;

	tlb_flush_cpus(mm, r, &to, nmi_flush_cpus);
	if (drained)
		cpumask_clear(drained);
}

TLB_METHOD(nmi) = {
	.name = "nmi",
	.doc = "NMI to each CPU that has the mm loaded; reaches closed CPUs, drains nobody",
	.drains = false,
	.inval = nmi_inval,
};
