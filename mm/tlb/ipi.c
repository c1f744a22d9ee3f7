// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi: each CPU that has the mm loaded invalidates for itself in an interrupt. native_flush_tlb_multi() of x86 Linux.
 *
 * The interrupt waits until the target opens its interrupts, so no walk that began before it is still running when it has been
 * acknowledged: the method drains the CPUs that it reaches (seed 004, "the flush already sent the IPIs").
 */
#include "flush.h"

#define ipi_REACH TLB_REACH_IRQ
#define ipi_DRAINS TLB_DRAINS_ALL
#define ipi_LACKS arch_tlbi_lacks_local

static __always_inline void ipi_reach(struct mm *mm, const struct tlb_range *r, struct cpumask *to, const unsigned mut)
{
	tlb_interrupt(mm, r, to, ipi_flush_cpus, mut);
}

FLUSH_METHOD(ipi, .doc = "interrupt to each CPU that has the mm loaded; drains it");
FLUSH_NO_WAIT_MUTANT(ipi);
