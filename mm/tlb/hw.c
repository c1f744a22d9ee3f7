// SPDX-License-Identifier: GPL-2.0-only
/*
 * hw: the hardware's own broadcast (TLBI IS, tlbie, INVLPGB). flush_tlb_range() of arm64 Linux.
 *
 * No CPU is interrupted, whether it has the mm loaded or not, and a walk goes on behind it: drains nobody. Complete on every CPU
 * when the issuing CPU's completion has ended; without that nothing is (the mutation no-complete).
 */
#include <oracle.h>
#include <tlb.h>
#include <tlbi.h>

#include "ways.h"

/* Mutations. */
enum { M_HW_LOCAL_ONLY = 1, M_HW_WRONG_PAGE, M_HW_NO_COMPLETE };

static __always_inline void hw_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct tlb_range next = { .va = r->va + pt_size(r->level), .nr = r->nr, .level = r->level, .tables = r->tables };

	if (mut == M_HW_LOCAL_ONLY)
		tlb_inval_local(mm, r);
	else if (mut == M_HW_NO_COMPLETE)
		arch_tlbi_run_bcast(mm->asid, r->va, r->nr, r->level, r->tables);
	else
		tlb_inval_bcast(mm, mut == M_HW_WRONG_PAGE ? &next : r);
	if (drained)
		cpumask_clear(drained);
}

__timed void hw_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	hw_flush(mm, r, drained, MUT_NONE);
}

static const char *hw_lacks(void)
{
	return arch_tlbi_lacks_bcast();
}

static inline const char *local_only_lacks(void)
{
	const char *lacks = arch_tlbi_lacks_local();

	return lacks ? lacks : hw_lacks();
}

TLB_METHOD(hw) = {
	.name = "hw",
	.doc = "broadcast by the hardware; reaches every CPU, interrupts and drains nobody",
	.drains = TLB_DRAINS_NOBODY,
	.reach = TLB_REACH_HW,
	.tagged = true,
	.lacks = hw_lacks,
	.inval = hw_inval,
};
TLB_MUTANT(hw, M_HW_LOCAL_ONLY, hw_flush, .name = "hw", .mutation = "hw.local-only", .reach = TLB_REACH_HW,
	   .lacks = local_only_lacks, .catcher = "stale-tlb", .bound = 5);
TLB_MUTANT(hw, M_HW_WRONG_PAGE, hw_flush, .name = "hw", .mutation = "hw.wrong-page", .reach = TLB_REACH_HW,
	   .lacks = hw_lacks, .catcher = "stale-tlb", .bound = 5);
TLB_MUTANT(hw, M_HW_NO_COMPLETE, hw_flush, .name = "hw", .mutation = "hw.no-complete", .reach = TLB_REACH_HW,
	   .lacks = hw_lacks, .catcher = "stale-tlb", .bound = 5);
