/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nmi: as ipi, by an interrupt that closed interrupts do not stop. It stands for every method that invalidates behind a walker's
 * back (INVLPGB, RAR with IGNORE_IF, TLBI, tlbie, SBI RFENCE): the translation is gone, the walk goes on. Drains nobody.
 */
#include "flush.h"

static __always_inline void nmi_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct cpumask to;

	tlb_flush_cpus(mm, r, &to, nmi_flush_cpus, mut);
	if (drained)
		cpumask_clear(drained);
}

static void nmi_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	nmi_flush(mm, r, drained, MUT_NONE);
}

TLB_METHOD(nmi) = {
	.name = "nmi",
	.doc = "NMI to each CPU that has the mm loaded; reaches closed CPUs, drains nobody",
	.drains = false,
	.remote = true,
	.inval = nmi_inval,
};
TLB_MUTANT(nmi, M_TLB_SKIP_TARGET, nmi_flush, .name = "nmi", .mutation = "nmi.skip-target", .remote = true, .drains = false,
	   .catcher = "oracle", .bound = 5);
TLB_MUTANT(nmi, M_TLB_NO_LOCAL, nmi_flush, .name = "nmi", .mutation = "nmi.no-local", .remote = true, .drains = false,
	   .catcher = "oracle", .bound = 5);
TLB_MUTANT(nmi, M_TLB_WRONG_PAGE, nmi_flush, .name = "nmi", .mutation = "nmi.wrong-page", .remote = true, .drains = false,
	   .catcher = "oracle", .bound = 5);
