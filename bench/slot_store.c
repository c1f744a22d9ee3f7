// SPDX-License-Identifier: GPL-2.0-only
/*
 * slot-store: the protocol alone. A plain store to the slot, no invalidate, sync, free and reuse.
 *
 * No CPU has the mm loaded (all have run it), so no interrupt and no flush hides a missing fence: the store to the slot may
 * still sit in the writer's store buffer when the scheme reads its marks. This is where T1 shows.
 *
 * two-sync: the last CPU does not walk, but is a second initiator: it syncs the mm without having changed anything. What one sync does to
 * the marks of walkers (sticky takes them out of its mask) is seen by the other in between. Two CPUs walk: one shootdown is in flight at a
 * time, so where the writer finds anybody to interrupt, it waits for the other initiator's walkers too.
 */
#include <cpu.h>
#include <workload.h>

#include "crew.h"

static __timed void slot_store_sample(struct run *run, struct sample *s)
{
	u64 t0, t1, t2, t3, t4, ran0;
	pte_t old = pte_load(run->slot);

	*s = (struct sample){ .cut = run_cut_begin(run) };
	ran0 = run_walkers_ran(run);
	t0 = arch_cycles_start();
	/* Without mm->lock: its release would drain the store buffer, and there is no other writer. */
	pte_store(run->mm, run->slot, run->va, 1, PTE_NONE); /* [zap.slot] */
	t1 = arch_cycles_stop();
	run_note_inside(run, s);
	cpumask_clear(&run->drained);

	t2 = arch_cycles_start();
	run->sync(run->mm, &run->drained);
	t3 = arch_cycles_stop();
	oracle_sync_done(run->mm, run->slot, old);
	frame_put(arch_pte_pa(old, 1)); /* [zap.free] */
	t4 = arch_cycles_stop();

	s->tlb = 0;
	s->ran_tlb = 0;
	s->ran_sync = run_walkers_ran(run) - ran0;
	s->cut |= run_cut(run);
	s->sync = t3 - t2;
	s->rest = (t1 - t0) + (t4 - t3);
}

WORKLOAD(two_sync) = {
	.name = "two-sync",
	.doc = "as slot-store, while another CPU syncs the same mm over and over (verdicts only)",
	.iterations = 1000,
	.iterations_nmi = 200,
	.needs = { NEEDS_LEAF(SOUND_SLOT) },
	.invalidates = false,
	.store_buffer = true,
	.other_loop = crew_sync_loop,
	.verdicts_only = true,
	.most = 3,
	.sample = slot_store_sample,
};

WORKLOAD(slot_store) = {
	.name = "slot-store",
	.doc = "store to the slot, no invalidate, sync, reuse; nobody has the mm loaded",
	.iterations = 2000,
	.iterations_nmi = 400,
	.needs = { NEEDS_LEAF(SOUND_SLOT) },
	.invalidates = false,
	.store_buffer = true,
	.sample = slot_store_sample,
};
