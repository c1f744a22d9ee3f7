// SPDX-License-Identifier: GPL-2.0-only
/*
 * munmap-thp: unmap one 2M leaf of a large mapping, as the munmap() of a qemu guest's memory does 254,000 times (seeds 000, 001).
 *
 * Clear the PMD (atomic, as pmdp_huge_get_and_clear()), invalidate, synchronise with the lockless walkers, drop the mapping's
 * reference on the frame; if it was the last, the frame is free and will be reused at once. These are the steps of mm/gather.c, written
 * out so that each can be timed apart; tests/mm_gather.c judges the gather itself.
 *
 * flush-mixed: before each unmap another flush by interrupts, and its sync: what a scheme remembers of that one is not about this.
 *
 * munmap-guest: the same at the seeds' own size (size=496G), in one pass: every leaf is mapped before the first goes. No machine here
 * has the memory, so the leaves share a few frames, each of which counts a reference a leaf and is free when its last leaf has gone; the
 * page tables are all there. What a walker may still use is judged at each leaf: no walk that loaded its entry goes on when the sync has
 * returned. What a TLB may still hold is judged where the frame goes.
 */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <workload.h>

#include "guest.h"
#include "pool.h"

static __timed void munmap_thp_sample(struct run *run, struct sample *s)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	u64 t0, t1, t2, t3, t4, t5, ran0, ran1;
	pte_t old;

	*s = (struct sample){ .cut = run_cut_begin(run) };
	ran0 = run_walkers_ran(run);
	t0 = arch_cycles_start();
	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE); /* [zap.xchg] */
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
	frame_put(arch_pte_pa(old, 1)); /* [zap.put] */
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
	.needs = { NEEDS_LEAF(SOUND_BARE), NEEDS_SLOT(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP, [WALK_T_GUP_NMI] = SOUND_GUP,
		   [WALK_T_SIZE] = SOUND_ALWAYS, [WALK_T_EXEMPT] = SOUND_ALWAYS },
	.invalidates = true,
	.store_buffer = true,
	.sample = munmap_thp_sample,
};

WORKLOAD(two_mm) = {
	.name = "two-mm",
	.doc = "as munmap-thp; every other walker, and each walk from an NMI, walks another mm",
	.iterations = 80,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.two_mms = true,
	.sample = munmap_thp_sample,
};

/* --- flush-mixed --- */

/* The gather before: its flush interrupted whoever has the mm loaded, which is all of a flush that matters here; then its sync. */
static void flush_mixed_prepare(struct run *run)
{
	struct cpumask others;

	mm_mask_others(&others, run->mm->loaded);
	if (!cpumask_empty(&others))
		ipi_sync_cpus(&others, cpumask_weight(&others));
	run->sync(run->mm, &others);
}

WORKLOAD(flush_mixed) = {
	.name = "flush-mixed",
	.doc = "as munmap-thp, each behind another flush, which interrupts (verdicts only)",
	.iterations = 200,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.verdicts_only = true,
	.prepare = flush_mixed_prepare,
	.sample = munmap_thp_sample,
};

/* --- munmap-guest --- */

static void size_print(void)
{
	kprintf("a number with K, M or G");
}

CMD_KEY(size) = { "size", "memory that munmap-guest unmaps, in leaves of 2M (1G, or all that an mm can have)", size_print, cmd_valid_u64,
		  true };

u64 guest_leaves(void)
{
	u64 most = pool_most() * HUGE_SIZE;

	return cmdline_u64("size", GIB < most ? GIB : most) / HUGE_SIZE;
}

WORKLOAD(munmap_guest) = {
	.name = "munmap-guest",
	.doc = "as munmap-thp, size= in one pass, the leaves aliased on a few frames",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.frames = GUEST_FRAMES,
	.leaves = guest_leaves,
	.sample = munmap_thp_sample,
};
