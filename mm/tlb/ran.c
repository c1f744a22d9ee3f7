// SPDX-License-Identifier: GPL-2.0-only
/*
 * ran: as ipi, but to each CPU where the mm ever ran. For machines whose CPUs keep translations, tagged with an address-space ID, when they
 * go to another mm, and that have no broadcast: riscv64 Linux with ASIDs, where mm_cpumask only grows (flush_tlb_mm_range(),
 * set_mm_asid()), and the trimmed mask of book3s64 between two trims (linux.c).
 *
 * Invariant: a CPU that is not in mm->ran holds no translation of the mm. It sets its bit before the first (mm_switch(), full fence; T7),
 * and never clears it.
 * The cost: a CPU that ran the mm long ago is interrupted for it for ever. What bounds how long a translation lives there is the
 * next generation of IDs (mm/mm.c), not this mask.
 * It drains whom it interrupts, and that is everybody who can walk the mm with it loaded.
 *
 * Mutations: only CPUs that have the mm loaded are asked; of mm_switch(), that a CPU loads a space in a new generation of IDs without
 * dropping what the last one left (T14).
 */
#include "flush.h"

enum { M_RAN_LOADED = 70, M_RAN_KEEP_STALE };

static __always_inline void ran_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	unsigned cpu = this_cpu();
	struct cpumask to;

	/* Orders the store to the slot before the loads of mm->ran; pairs with the fence in mm_switch() (T7). */
	fence_full();
	mm_mask_others(&to, mut == M_RAN_LOADED ? mm->loaded : mm->ran);
	if (!cpumask_empty(&to))
		tlb_interrupt(mm, r, &to, ipi_flush_cpus, mut);
	if (pword_load(&mm->ran[cpu / 64]) >> (cpu % 64) & 1)
		tlb_inval_local(mm, r);
	if (drained)
		cpumask_copy(drained, &to);
}

static __timed void ran_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	ran_flush(mm, r, drained, MUT_NONE);
}

TLB_METHOD(ran) = {
	.name = "ran",
	.doc = "interrupt to each CPU where the mm ever ran; drains it (CPUs that keep translations over a switch)",
	.drains = TLB_DRAINS_ALL,
	.reach = TLB_REACH_IRQ,
	.on_request = true,
	.tagged = true,
	.lacks = arch_tlbi_lacks_local,
	.inval = ran_inval,
};

#define RAN_MUTANT(m, what, ...)                                                                   \
	TLB_MUTANT(ran, m, ran_flush, .name = "ran", .mutation = "ran." what, .drains = TLB_DRAINS_ALL, .reach = TLB_REACH_IRQ, \
		   .tagged = true, .lacks = arch_tlbi_lacks_local, .workload = "asid-rollover", .sync = "none", .walk = WALK_T_GUP, \
		   __VA_ARGS__)
RAN_MUTANT(M_RAN_LOADED, "loaded-only", .catcher = "stale-tlb", .bound = 200, .cpus = 2);
RAN_MUTANT(M_RAN_KEEP_STALE, "keep-stale", .switch_mm = mm_switch_keep_stale, .catcher = "asid-reused", .bound = 200, .cpus = 2);
