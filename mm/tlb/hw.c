// SPDX-License-Identifier: GPL-2.0-only
/*
 * hw: the hardware's own broadcast (TLBI IS, tlbie, INVLPGB). flush_tlb_range() of arm64 Linux.
 *
 * No CPU is interrupted, whether it has the mm loaded or not, and a walk goes on behind it: drains nobody. Complete on every CPU
 * when the issuing CPU's completion has ended; without that nothing is (the mutation no-complete). What emptied the slot is
 * visible to every walker before it is issued (no-publish); the operation names the size of the leaf where the ISA wants it (wrong-level).
 */
#include <oracle.h>
#include <tlb.h>
#include <tlbi.h>
#include <walker.h>

#include "ways.h"

/* Mutations. */
enum { M_HW_LOCAL_ONLY = 1, M_HW_WRONG_PAGE, M_HW_WRONG_LEVEL, M_HW_NO_PUBLISH, M_HW_NO_COMPLETE };

/* A walker may load the old entry again behind the invalidate: the store that emptied the slot may still be on its way. */
static inline void inval_unpublished(struct mm *mm, const struct tlb_range *r)
{
	struct tlbi_op op = { .scope = r->tables ? TLBI_PAGE : TLBI_LEAF, .asid = mm->asid, .va = r->va, .level = r->level };

	arch_tlbi_run_bcast(mm->asid, r->va, 1, r->level, r->tables);
	oracle_tlbi_issued(&op);
	tlb_complete_bcast();
}

static __always_inline void hw_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct tlb_range next = { .va = r->va + pt_size(r->level), .nr = r->nr, .level = r->level, .tables = r->tables };
	struct tlb_range small = { .va = r->va, .nr = r->nr, .level = 0, .tables = r->tables };

	if (mut == M_HW_LOCAL_ONLY)
		tlb_inval_local(mm, r);
	else if (mut == M_HW_NO_COMPLETE)
		arch_tlbi_run_bcast(mm->asid, r->va, r->nr, r->level, r->tables);
	else if (mut == M_HW_NO_PUBLISH)
		inval_unpublished(mm, r);
	else
		tlb_inval_bcast(mm, mut == M_HW_WRONG_PAGE ? &next : mut == M_HW_WRONG_LEVEL ? &small : r);
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

/* Of an instruction that is told the size of the leaf, or of the level it stands on. */
static inline const char *wrong_level_lacks(void)
{
	const struct tlbi_op small = { .scope = TLBI_LEAF, .level = 0 };
	const struct tlb_entry large = { .level = 1 };
	const char *lacks = hw_lacks();

	return !lacks && arch_tlbi_covers(&small, &large) ? "an invalidate of a page finds the leaf around it, whatever its size" : lacks;
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
TLB_MUTANT(hw, M_HW_WRONG_LEVEL, hw_flush, .name = "hw", .mutation = "hw.wrong-level", .reach = TLB_REACH_HW,
	   .lacks = wrong_level_lacks, .catcher = "stale-tlb", .bound = 5);
TLB_MUTANT(hw, M_HW_NO_PUBLISH, hw_flush, .name = "hw", .mutation = "hw.no-publish", .reach = TLB_REACH_HW,
	   .lacks = hw_lacks, .catcher = "stale-tlb", .workload = "mm-switch", .sync = "none", .walk = WALK_T_GUP, .bound = 200, .cpus = 2);
