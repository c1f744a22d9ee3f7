// SPDX-License-Identifier: GPL-2.0-only
/*
 * dontneed, exit-mm, munmap-guest-batch, munmap-guest-early: when is a large leaf that went invalidated?
 *
 * MADV_DONTNEED and a page fault both hold mmap_lock for reading only; the page-table lock is all that is between them (T10):
 *
 *   the zap                                      a fault on another CPU
 *   lock; clear the large leaf; unlock
 *                                                lock; the slot is empty: a table, a small leaf; unlock
 *   invalidate                                   the CPU has two sizes for one address
 *
 * So the invalidate is complete before the lock is dropped: pmdp_huge_get_and_clear_full() of book3s64, Kumar 22/22 (seed 000).
 * Nobody has to be waited for by then: a walk that loaded the leaf takes its reference or finds the slot changed. What runs in place
 * of the fault is fault_loop(), on one CPU, in verdicts.
 *
 * exit-mm is fullmm, where that may be skipped: the mm goes as a whole, no CPU but this one has it loaded any more, so no fault can
 * come. All large leaves of a batch are cleared, then one invalidate for all. With a thread that is still alive that is T10 again.
 *
 * The other two are the ladder of seed 000, munmap() of a guest's memory (82,150 ms, 39 ms, 369 ms there). munmap-guest-batch: an
 * interrupt for each large leaf that was cleared, the invalidate in the gather, one for all. The same without the interrupts is its
 * row of sync=none. munmap-guest-early: an invalidate for each leaf before the lock is dropped.
 */
#include "guest.h"
#include "lap.h"
#include "pool.h"

enum { M_LATE_FLUSH = 1, M_LIVE_THREAD };

#define EXIT_LEAVES 8
#define GATHER_LEAVES 64

/* --- the other thread --- */

static struct {
	struct spinlock lock;
	bool open; /* faults may come: between the start of a sample and its end */
	bool live; /* this thread has the mm loaded, although the writer thinks that nobody has */
} fault;

static void fault_open(bool open, bool live)
{
	spin_lock(&fault.lock);
	fault.open = open;
	fault.live = live;
	spin_unlock(&fault.lock);
}

/* do_anonymous_page(): an empty slot gets a table and a small leaf. Anything else is no fault of this kind. */
static void do_fault(struct mm *mm, u64 va)
{
	u64 pa;

	if (pt_lookup(mm, va, NULL) != PTE_NONE)
		return;
	pa = phys_alloc_page();
	if (!pa)
		return;
	*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	if (pt_map(mm, va, pa, PROT_R | PROT_W, 0))
		frame_put(pa);
}

/* Instead of walks. The lock is not held over a turn that is given away on purpose. */
static void fault_loop(struct walker *w)
{
	walker_begin(w);
	while (!w->stop) {
		spin_lock(&fault.lock);
		if (fault.live)
			w->switch_mm(w->mm);
		if (fault.open && mm_current() == w->mm)
			do_fault(w->mm, *w->target);
		spin_unlock(&fault.lock);
		walker_turn(w);
	}
}

static void dontneed_prepare(struct run *run)
{
	fault_open(true, run_mutated(run, M_LIVE_THREAD));
}

static void dontneed_finish(struct run *run)
{
	fault_open(false, false);
	pool_drop(run);
}

/* --- the writer --- */

static __timed void dontneed_sample(struct run *run, struct sample *s)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	struct lap l = lap_begin(run, s);
	pte_t old;

	spin_lock(&run->mm->lock); /* [ptl.lock] */
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE); /* [dontneed.clear] */
	lap_rest(&l);
	if (run_mutated(run, M_LATE_FLUSH)) {
		spin_unlock(&run->mm->lock);
		pword_delay();
		spin_lock(&run->mm->lock);
	}
	lap_inval(&l, run->mm, &r); /* [dontneed.flush] */
	spin_unlock(&run->mm->lock); /* [ptl.unlock] */
	lap_rest(&l);
	lap_sync(&l, run->mm);
	oracle_sync_done(run->mm, run->slot, old);
	frame_put(arch_pte_pa(old, 1));
	lap_rest(&l);
}

/* @nr leaves, cleared one by one, then invalidated together. A sync for all, or with @each one behind each. */
static __always_inline void zap_batch(struct run *run, struct sample *s, const unsigned nr, const bool each)
{
	struct tlb_range r = { .va = run->va, .nr = nr, .level = 1 };
	struct lap l = lap_begin(run, s);
	pte_t old[GATHER_LEAVES];

	for (unsigned k = 0; k < nr; k++) {
		spin_lock(&run->mm->lock);
		old[k] = pte_xchg(run->mm, run->slot + k, run->va + k * HUGE_SIZE, 1, PTE_NONE);
		spin_unlock(&run->mm->lock);
		lap_rest(&l);
		if (each) {
			run->target = run->va + (k + 1) % nr * HUGE_SIZE; /* the walkers are there before the writer */
			lap_sync(&l, run->mm);
		}
	}
	lap_inval(&l, run->mm, &r);
	if (!each)
		lap_sync(&l, run->mm);
	for (unsigned k = 0; k < nr; k++) {
		oracle_sync_done(run->mm, run->slot + k, old[k]);
		frame_put(arch_pte_pa(old[k], 1));
	}
	lap_rest(&l);
}

static __timed void exit_mm_sample(struct run *run, struct sample *s)
{
	zap_batch(run, s, EXIT_LEAVES, false);
}

static __timed void guest_batch_sample(struct run *run, struct sample *s)
{
	zap_batch(run, s, GATHER_LEAVES, true);
}

WORKLOAD(dontneed) = {
	.name = "dontneed",
	.doc = "as munmap-thp, invalidated before the lock is dropped; in verdicts one CPU faults meanwhile",
	.iterations = 200,
	.iterations_nmi = 100,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.other_loop = fault_loop,
	.prepare = dontneed_prepare,
	.sample = dontneed_sample,
	.finish = dontneed_finish,
};

WORKLOAD(exit_mm) = {
	.name = "exit-mm",
	.doc = "unmap 8 2M leaves together when all other CPUs have left the mm",
	.iterations = 120,
	.iterations_nmi = 60,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.alone = true,
	.store_buffer = true,
	.span = EXIT_LEAVES,
	.other_loop = fault_loop,
	.prepare = dontneed_prepare,
	.sample = exit_mm_sample,
	.finish = dontneed_finish,
};

WORKLOAD(munmap_guest_batch) = {
	.name = "munmap-guest-batch",
	.doc = "as munmap-guest: a sync for each leaf, one invalidate for 64",
	.iterations = 12,
	.iterations_nmi = 12,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.frames = GUEST_FRAMES,
	.leaves = guest_leaves,
	.span = GATHER_LEAVES,
	.syncs = GATHER_LEAVES,
	.syncs_first = true,
	.sample = guest_batch_sample,
};

WORKLOAD(munmap_guest_early) = {
	.name = "munmap-guest-early",
	.doc = "as munmap-guest, each leaf invalidated before the lock is dropped",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.frames = GUEST_FRAMES,
	.leaves = guest_leaves,
	.sample = dontneed_sample,
};

WRITER_MUTANT(dontneed_late_flush, .mutation = "dontneed.late-flush", .workload = "dontneed", .mut = M_LATE_FLUSH, .walk = WALK_T_GUP,
	      .catcher = "two-sizes bbm", .bound = 200, .cpus = 3);
WRITER_MUTANT(exit_mm_live_thread, .mutation = "exit-mm.live-thread", .workload = "exit-mm", .mut = M_LIVE_THREAD, .walk = WALK_T_GUP,
	      .catcher = "two-sizes bbm", .bound = 200, .cpus = 3);
