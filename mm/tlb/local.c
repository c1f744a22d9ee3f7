// SPDX-License-Identifier: GPL-2.0-only
/*
 * local: invalidate on this CPU only. Right when no other CPU has the mm loaded, and only then: the bench takes it with
 * loaded=1 alone.
 */
#include <tlb.h>
#include <tlbi.h>

static __timed void local_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	tlb_inval_local(mm, r); /* [local.flush] */
	if (drained)
		cpumask_clear(drained);
}

TLB_METHOD(local) = {
	.name = "local",
	.doc = "this CPU only (loaded=1)",
	.drains = TLB_DRAINS_NOBODY,
	.lacks = arch_tlbi_lacks_local,
	.inval = local_inval,
};
