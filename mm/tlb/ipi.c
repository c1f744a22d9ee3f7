/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ipi: each CPU that has the mm loaded invalidates for itself in an interrupt. native_flush_tlb_multi() of x86 Linux.
 *
 * The interrupt waits until the target opens its interrupts, so no walk that began before it is still running when it has been
 * acknowledged: the method drains the CPUs that it reaches (seed 004, "the flush already sent the IPIs").
 */
#include "flush.h"

static __always_inline void ipi_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct cpumask to;

	tlb_flush_cpus(mm, r, &to, ipi_flush_cpus, mut);
	if (drained)
		cpumask_copy(drained, &to);
}

static void ipi_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	ipi_flush(mm, r, drained, MUT_NONE);
}

TLB_METHOD(ipi) = {
	.name = "ipi",
	.doc = "interrupt to each CPU that has the mm loaded; drains it",
	.drains = true,
	.remote = true,
	.inval = ipi_inval,
};
TLB_MUTANT(ipi, M_TLB_SKIP_TARGET, ipi_flush, .name = "ipi", .mutation = "ipi.skip-target", .remote = true, .drains = true,
	   .catcher = "oracle", .bound = 5);
TLB_MUTANT(ipi, M_TLB_NO_LOCAL, ipi_flush, .name = "ipi", .mutation = "ipi.no-local", .remote = true, .drains = true,
	   .catcher = "oracle", .bound = 5);
TLB_MUTANT(ipi, M_TLB_WRONG_PAGE, ipi_flush, .name = "ipi", .mutation = "ipi.wrong-page", .remote = true, .drains = true,
	   .catcher = "oracle", .bound = 5);
