// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm-switch: CPUs load the mm, walk it and leave it while the writer unmaps. This is where T7 can happen, the race of a CPU that
 * switches to the mm with a writer that reads which CPUs did: mm->loaded for the flush, mm->ran for the cpumask scheme.
 *
 *   a CPU                                       the writer
 *   set own bit of mm->ran, of mm->loaded       empty the slot
 *   full fence (the atomics of mm_switch())     full fence (tlb_flush_cpus(), cpumask_sync())
 *   translate by the slot, walk it              read the mask
 *
 * Nothing may fence in place of these: the slot is emptied by a plain store without mm->lock, as in slot-store, and the sync comes
 * first, straight behind it (mm/gather.c says why that order is as safe). What a walker may still use is judged when both have
 * returned: a flush that drains covers any scheme here too. The writer is a CPU that does not have the mm loaded, as kswapd. Before
 * each iteration every walker leaves the mm and mm->ran is emptied: all CPUs are about to run the mm for the first time.
 *
 * Verdicts only: how many CPUs a sync interrupts has no law while they come and go.
 */
#include <cpu.h>
#include <workload.h>

#include "crew.h"

static void mm_switch_prepare(struct run *run)
{
	crew_gather(run);
	mm_mask_clear(run->mm->ran);
	pword_drain();
	crew_release(run);
}

static void mm_switch_sample(struct run *run, struct sample *s)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	pte_t old = pte_load(run->slot);

	pte_store(run->mm, run->slot, run->va, 1, PTE_NONE); /* [zap.slot] */
	cpumask_clear(&run->drained);
	run->sync(run->mm, &run->drained);
	run->inval(run->mm, &r, &run->drained);
	oracle_sync_done(run->mm, run->slot, old);
	frame_put(arch_pte_pa(old, 1)); /* [zap.free] */
	*s = (struct sample){ 0 };
}

WORKLOAD(mm_switch) = {
	.name = "mm-switch",
	.doc = "as slot-store, then invalidate; the walkers' CPUs load the mm and leave it meanwhile (verdicts only)",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_SLOT), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.switches = true,
	.syncs_first = true,
	.verdicts_only = true,
	.prepare = mm_switch_prepare,
	.sample = mm_switch_sample,
};
