// SPDX-License-Identifier: GPL-2.0-only
/*
 * reclaim: one CPU takes leaves out in a batch, as reclaim does, and frees them when the batch is flushed; another unmaps one of these
 * meanwhile, finds it gone, and maps another frame there. What may go wrong between the two is on top of mm/tlb/batch.c.
 *
 *   the reclaiming CPU                                 the writer
 *   lock; empty up to BURST slots, add each; unlock
 *                                                      lock; the slot is empty: pending? then invalidate; unlock
 *   flush the batch                                    map another frame at that address
 *   sync, free what was taken                          unmap it: clear, invalidate, sync, free
 *
 * The writer waits until the slots are taken; from there on both run as they come. Old frame and new one must never be had for one
 * address at a time: the oracle looks at the store of the new leaf, and at the free of the old frame.
 *
 * Verdicts only: both CPUs' work is no figure of either.
 */
#include <console.h>
#include <batch.h>
#include <cpu.h>
#include <phys.h>
#include <workload.h>

#define BURST 8u /* as many as the counts of the oracle image: one burst can bring them round */

static struct {
	struct run *run;
	struct tlb_batch batch;
	struct cpumask drained;
	pte_t old[BURST];
	volatile u64 taken;
} reclaim;

static void take(struct run *run)
{
	spin_lock(&run->mm->lock);
	for (unsigned i = 0; i < BURST; i++) {
		u64 va = run->va + i * pt_size(1);

		reclaim.old[i] = pte_load(run->slot + i);
		if (reclaim.old[i] == PTE_NONE)
			continue;
		reclaim.old[i] = pte_xchg(run->mm, run->slot + i, va, 1, PTE_NONE);
		tlb_batch_add(&reclaim.batch, va, 1);
	}
	spin_unlock(&run->mm->lock);
}

/* On the spare CPU. */
static void reclaimer(void *arg)
{
	struct run *run = arg;

	take(run);
	/* Release: the slots are empty; pairs with the acquire in reclaim_sample(). */
	__atomic_store_n(&reclaim.taken, 1, __ATOMIC_RELEASE);
	/* Reclaim goes on with other pages before it flushes. */
	for (unsigned i = 0; i < 4 * BURST; i++)
		pword_delay();
	tlb_batch_flush(&reclaim.batch, &reclaim.drained);
	run->sync(run->mm, &reclaim.drained);
	for (unsigned i = 0; i < BURST; i++) {
		if (reclaim.old[i] == PTE_NONE)
			continue;
		oracle_sync_done(run->mm, run->slot + i, reclaim.old[i]);
		frame_put(arch_pte_pa(reclaim.old[i], 1));
	}
}

/*
 * The writer's leaf is the last of the burst: of the others most went in the burst before, when this one was not reached yet. The first
 * burst of a round finds them all.
 */
static struct pword *slot_of(const struct run *run)
{
	return run->slot + BURST - 1;
}

static u64 va_of(const struct run *run)
{
	return run->va + (BURST - 1) * pt_size(1);
}

/* munmap: on return nothing translates by the slot, whoever emptied it. */
static void unmap(struct run *run)
{
	struct tlb_range r = { .va = va_of(run), .nr = 1, .level = 1 };
	pte_t old;

	spin_lock(&run->mm->lock);
	old = pte_load(slot_of(run));
	if (old == PTE_NONE)
		tlb_batched_pending(&reclaim.batch);
	else
		old = pte_xchg(run->mm, slot_of(run), va_of(run), 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	if (old == PTE_NONE)
		return;
	run->inval(run->mm, &r, &run->drained);
	run->sync(run->mm, &run->drained);
	oracle_sync_done(run->mm, slot_of(run), old);
	frame_put(arch_pte_pa(old, 1));
}

/*
 * The frame that comes next. Taken before the old one can be free: a walker that finds the same frame mapped again at the same address
 * has no way to tell, and need not.
 */
static u64 another(void)
{
	u64 pa = phys_alloc_huge();

	if (!pa)
		panic("reclaim: no memory for another frame");
	*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	return pa;
}

/* mmap, and the fault that follows. */
static void map_another(struct run *run, u64 pa)
{
	if (pt_map(run->mm, va_of(run), pa, PROT_R | PROT_W, 1))
		panic("reclaim: VA 0x%llx is taken", (unsigned long long)va_of(run));
}

static void reclaim_sample(struct run *run, struct sample *s)
{
	u64 pa = another();
	unsigned late = 0;

	tlb_batch_begin(&reclaim.batch, run->mm, run->tlb, run->inval, run->mut);
	reclaim.taken = 0;
	run->target = va_of(run);
	smp_run(run->spare, reclaimer, run);
	/* Acquire: pairs with the release in reclaimer(). */
	wait_until(__atomic_load_n(&reclaim.taken, __ATOMIC_ACQUIRE), wait_late("the reclaiming CPU to take its slots", &late));
	unmap(run);
	map_another(run, pa);
	unmap(run);
	smp_join(run->spare, "reclaiming");
	*s = (struct sample){ 0 };
}

WORKLOAD(reclaim) = {
	.name = "reclaim",
	.doc = "a CPU unmaps in batches and frees later; the writer unmaps and maps the same meanwhile (verdicts only)",
	.iterations = 200,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.spare = 1,
	.sample = reclaim_sample,
};

WRITER_MUTANT(reclaim_no_pending, .mutation = "reclaim.no-pending", .workload = "reclaim", .mut = M_BATCH_NO_PENDING, .walk = WALK_T_GUP,
	      .catcher = "stale-repointed", .bound = 200, .cpus = 3);
WRITER_MUTANT(reclaim_other, .mutation = "reclaim.other-completes", .workload = "reclaim", .mut = M_BATCH_OTHER_COMPLETES, .tlb = "hw",
	      .walk = WALK_T_GUP, .catcher = "stale-repointed", .bound = 200, .cpus = 3);
WRITER_MUTANT(reclaim_overflow, .mutation = "reclaim.overflow", .workload = "reclaim", .mut = M_BATCH_OVERFLOW, .walk = WALK_T_GUP,
	      .catcher = "stale-repointed", .bound = 400, .cpus = 3);
WRITER_MUTANT(reclaim_no_flush, .mutation = "reclaim.no-flush", .workload = "reclaim", .mut = M_BATCH_NO_FLUSH, .walk = WALK_T_GUP,
	      .catcher = "stale-tlb", .bound = 1000, .cpus = 3);
