// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmi: as ipi, by an interrupt that closed interrupts do not stop. It stands for every method that invalidates behind a walker's
 * back (INVLPGB, RAR with IGNORE_IF, TLBI, tlbie, SBI RFENCE): the translation is gone, the walk goes on. Drains nobody.
 *
 * T5 as a mutation: the method says that it drained the CPUs it reached (a paravirtual flush that elides the interrupt of a preempted
 * CPU while "the flush implies IPIs" is set), and a scheme that skips the drained ones believes it.
 */
#include "flush.h"

#define nmi_REACH TLB_REACH_IRQ
#define nmi_DRAINS TLB_DRAINS_NOBODY
#define nmi_LACKS nmi_lacks

static const char *nmi_lacks(void)
{
	const char *lacks = arch_tlbi_lacks_local();

	return lacks ? lacks : arch_nmi_lacks();
}

static __always_inline void nmi_reach(struct mm *mm, const struct tlb_range *r, struct cpumask *to, const unsigned mut)
{
	tlb_interrupt(mm, r, to, nmi_flush_cpus, mut);
}

FLUSH_METHOD(nmi, .doc = "NMI to each CPU that has the mm loaded; reaches closed CPUs, drains nobody", .stand_in = true);
FLUSH_NO_WAIT_MUTANT(nmi);
FLUSH_CLAIMS_MUTANT(nmi);
