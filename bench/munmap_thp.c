// SPDX-License-Identifier: GPL-2.0-only
/*
 * munmap-thp: unmap one 2M leaf of a large mapping, as the munmap() of a qemu guest's memory does 254,000 times (seeds 000, 001).
 *
 * Clear the PMD (atomic, as pmdp_huge_get_and_clear()), invalidate, synchronise with the lockless walkers, drop the mapping's
 * reference on the frame; if it was the last, the frame is free and will be reused at once. These are the steps of mm/gather.c, written
 * out so that each can be timed apart; tests/mm_gather.c judges the gather itself.
 */
#include <cpu.h>
#include <workload.h>

static __timed void munmap_thp_sample(struct run *run, struct sample *s)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	u64 t0, t1, t2, t3, t4, t5, ran0, ran1;
	pte_t old;

	s->cut = run_cut_begin(run);
	ran0 = run_walkers_ran(run);
	t0 = arch_cycles_start();
	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	t1 = arch_cycles_stop();
	run->inval(run->mm, &r, &run->drained);
	run_settle(run);
	t2 = arch_cycles_stop();

	ran1 = run_walkers_ran(run);
	s->ran_tlb = ran1 - ran0;
	run_note_inside(run, s);
	s->cut |= run_cut(run);

	t3 = arch_cycles_start();
	run->sync(run->mm, &run->drained);
	t4 = arch_cycles_stop();
	oracle_sync_done(run->mm, run->slot, old);
	frame_put(arch_pte_pa(old, 1));
	t5 = arch_cycles_stop();

	s->ran_sync = run_walkers_ran(run) - ran1;
	s->cut |= run_cut(run);
	s->tlb = t2 - t1;
	s->sync = t4 - t3;
	s->rest = (t1 - t0) + (t5 - t4);
}

WORKLOAD(munmap_thp) = {
	.name = "munmap-thp",
	.doc = "unmap N 2M leaves one by one: clear, invalidate, sync, free",
	.iterations = 400,
	.iterations_nmi = 200,
	.bare = SOUND_BARE,
	.invalidates = true,
	.store_buffer = true,
	.sample = munmap_thp_sample,
};

WORKLOAD(two_mm) = {
	.name = "two-mm",
	.doc = "as munmap-thp; every other walker, and each walk from an NMI, walks another mm",
	.iterations = 80,
	.iterations_nmi = 80,
	.bare = SOUND_BARE,
	.invalidates = true,
	.store_buffer = true,
	.two_mms = true,
	.sample = munmap_thp_sample,
};
