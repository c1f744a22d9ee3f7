// SPDX-License-Identifier: GPL-2.0-only
/*
 * madvise: T threads of one process give up memory in a loop, each a range of its own (MADV_DONTNEED; tlb_flush2 of will-it-scale). They
 * hold mmap_lock for reading only, so they meet at the words that every one of them writes (the count of readers, the page-table lock),
 * and where they interrupt each other.
 *
 *   each, ZAPS times a round:  one reader of the map more
 *                              lock the page tables; clear the leaf; invalidate; unlock     (the flush before the lock goes: T10)
 *                              sync; drop the reference
 *                              one reader less
 *
 * Figures: a round is all threads from one start to the last end; its time over its zaps is one sample, for each number of threads
 * (threads=). Where the clock counts all CPUs (icount) a zap would cost the same for every T if nobody waited for anybody; what it costs
 * more is what initiators cost each other. All CPUs have the mm loaded and nobody walks, so counts have a law: T * ZAPS flushes and syncs
 * a round, each as if it were alone.
 *
 * Verdicts: two threads, the second on run->spare, while the other CPUs walk.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "crew.h"
#include "measure.h"
#include "pool.h"
#include "storm.h"

#define ZAPS 8u
#define ROUNDS 25u

static struct pword readers; /* of mmap_lock */

static __always_inline void zap(struct run *run, struct pword *slot, u64 va)
{
	struct tlb_range r = { .va = va, .nr = 1, .level = 1 };
	struct cpumask drained;
	pte_t old;

	cpumask_clear(&drained);
	pword_add(&readers, 1);
	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, slot, va, 1, PTE_NONE);
	run->inval(run->mm, &r, &drained);
	spin_unlock(&run->mm->lock);
	run->sync(run->mm, &drained);
	oracle_sync_done(run->mm, slot, old);
	frame_put(arch_pte_pa(old, 1));
	pword_add(&readers, -1);
}

/* --- verdicts --- */

static void second_thread(void *arg)
{
	struct run *run = arg;

	for (unsigned i = 0; i < STORM_SECONDS; i++)
		zap(run, run->slot + storm_second(i), run->va + storm_second(i) * pt_size(1));
}

static void madvise_sample(struct run *run, struct sample *s)
{
	storm_map_second(run);
	smp_run(run->spare, second_thread, run);
	zap(run, run->slot, run->va);
	smp_join(run->spare, "the second thread");
	*s = (struct sample){ 0 };
}

/* --- figures --- */

static struct mm mm;
static struct pool pool;
static struct run run;
static volatile u64 ready; /* threads that wait for the start */
static volatile u64 going; /* not 0: they have it */

static __timed void zap_range(unsigned thread)
{
	for (unsigned i = thread * ZAPS; i < (thread + 1) * ZAPS; i++)
		zap(&run, pool.table[0] + i, pool_va(&pool, i));
}

static void thread_fn(void *arg)
{
	unsigned late = 0;

	(void)arg;
	/* Release: pairs with the acquire in threads_start(). */
	__atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE);
	/* Acquire: what is mapped; pairs with the release in round_ticks(). */
	wait_until(__atomic_load_n(&going, __ATOMIC_ACQUIRE), wait_late("the start of the zaps", &late));
	zap_range(this_cpu());
}

/* The threads but this CPU's stand at the start. */
static void threads_start(unsigned threads)
{
	unsigned late = 0;

	ready = going = 0;
	for (unsigned cpu = 1; cpu < threads; cpu++)
		smp_run(cpu, thread_fn, NULL);
	/* Acquire: pairs with the release in thread_fn(). */
	wait_until(__atomic_load_n(&ready, __ATOMIC_ACQUIRE) == threads - 1, wait_late("the threads to stand at the start", &late));
}

static __timed u64 round_ticks(unsigned threads)
{
	u64 t0 = arch_cycles_start();

	/* Release: pairs with the acquire in thread_fn(). */
	__atomic_store_n(&going, 1, __ATOMIC_RELEASE);
	zap_range(0);
	for (unsigned cpu = 1; cpu < threads; cpu++)
		smp_join(cpu, "a thread to end its zaps");
	return arch_cycles_stop() - t0;
}

static void cell_measure(const struct plan *p, const struct cell *c)
{
	u64 zaps = (u64)c->threads * ZAPS, gross = 0;
	struct totals t = { .n = zaps * ROUNDS };
	u32 ticks[ROUNDS];
	struct stats st;

	run = (struct run){ .mm = &mm, .inval = c->tlb->inval, .sync = c->sync->sync };
	tlb_flush_implies_ipi = tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct tlb_count tlb;
		struct sync_count sync;
		u64 recv;

		if (pool_fill(&pool, &mm, (unsigned)zaps) != zaps)
			panic("madvise: no memory for %llu leaves", (unsigned long long)zaps);
		threads_start(c->threads);
		tlb = tlb_count, sync = sync_count, recv = measure_recv();
		ticks[i] = (u32)(round_ticks(c->threads) / zaps);
		gross += ticks[i];
		t.ipi_tlb += tlb_count.ipi - tlb.ipi;
		t.ipi_sync += sync_count.ipi - sync.ipi;
		t.ipi_msg += tlb_count.msg - tlb.msg + sync_count.msg - sync.msg;
		t.tlbi += tlb_count.tlbi - tlb.tlbi;
		t.ipi_recv += measure_recv() - recv;
	}
	stats_of(ticks, ROUNDS, &st);
	report_result(p, c, "unmap", &st, gross * 1000 / ROUNDS, 0, &t);
}

/* Every scheme, with so many threads. */
static void threads_measure(const struct plan *p, const struct workload *wl, unsigned threads)
{
	for (unsigned k = 0; k < p->nr_tlb; k++) {
		mm_create(&mm);
		crew_load(&mm, p->loaded, tlb_method_switch(p->tlb[k]));
		for (unsigned i = 0; i < p->nr_sync; i++) {
			struct cell c = { .wl = wl, .sync = p->sync[i], .tlb = p->tlb[k], .threads = threads };

			cell_measure(p, &c);
		}
		crew_unload(&mm);
		tlb_method_mm_exit(p->tlb[k], &mm);
		mm_destroy(&mm);
	}
}

static void threads_print(void)
{
	kprintf("numbers from 1 on");
}
CMD_KEY(threads) = { "threads", "CPUs that zap in madvise (1, 2, 4, ... and all that have the mm loaded)", threads_print, cmd_valid_u64,
		     false };

/* All leaves of a round are the pool's, in one table. */
static unsigned threads_most(const struct plan *p)
{
	unsigned in_table = (1U << arch_pt_bits(1)) / ZAPS, in_pool = POOL_MAX / ZAPS, fit = in_table < in_pool ? in_table : in_pool;

	return p->loaded < fit ? p->loaded : fit;
}

/* Those of threads=; 1 if one cannot be had, which it says. */
static int threads_asked(const struct plan *p, const struct workload *wl)
{
	u64 n = 0;
	char v[16];

	for (unsigned i = 0; cmdline_value("threads", i, v, sizeof(v)); i++) {
		cmd_parse_u64(v, strlen(v), &n);
		if (!n || n > threads_most(p)) {
			kprintf("error: threads=%s: valid are 1 to %u (CPUs that have the mm loaded, %u leaves each)\n", v,
				threads_most(p), ZAPS);
			return 1;
		}
		threads_measure(p, wl, (unsigned)n);
	}
	return 0;
}

static int madvise_measure(const struct plan *p, const struct workload *wl)
{
	if (cmdline_has("threads"))
		return threads_asked(p, wl);
	for (unsigned n = 1; n; n = measure_next(n, threads_most(p)))
		threads_measure(p, wl, n);
	return 0;
}

WORKLOAD(madvise) = {
	.name = "madvise",
	.doc = "threads that each zap large leaves of one mm, by number of threads; in verdicts two of them",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.spare = 1,
	.sample = madvise_sample,
	.measure = madvise_measure,
};
