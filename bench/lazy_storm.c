// SPDX-License-Identifier: GPL-2.0-only
/*
 * lazy-storm: CPUs run a thread of the mm, turn to a kernel thread, and come back, all the time, while two writers unmap: the writer's CPU
 * and one more. Where the TLB method knows lazy CPUs (gen), a kernel thread keeps the mm loaded; elsewhere its CPU leaves it.
 *
 * The writer unmaps its leaf, and once in four samples maps a small page there and takes page and table out again: tables that go are the
 * other half of the rule about lazy CPUs. The second writer unmaps leaves of its own: two flushes of one mm on their way at the same
 * time are what generations are about (T9), and two in a row what a change of IDs is (T15). Neither writer has the mm loaded, as kswapd.
 *
 * Verdicts only: how many CPUs a flush interrupts has no law while they come and go and two flush.
 *
 * lazy-zap, lazy-zap-tables: the same storm and one writer, for figures as well. Where CPUs change places at known points nobody comes or
 * goes while the writer looks, so of each flush: interrupted + left out as lazy = CPUs that have the mm loaded; if tables go (the second)
 * nobody is left out. What a CPU was left out of it flushes when it comes back, all at once. Of CPUs that stand as they are
 * tests/mm_lazy.c holds gen to the same law.
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <workload.h>

#include "crew.h"
#include "lap.h"
#include "storm.h"

static void map_tagged(struct run *run, u64 va, unsigned level)
{
	u64 pa = phys_alloc_huge();

	if (!pa)
		panic("lazy-storm: no memory for a frame");
	*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	if (pt_map(run->mm, va, pa, PROT_R, level))
		panic("lazy-storm: VA 0x%llx is taken", (unsigned long long)va);
}

void storm_map_second(struct run *run)
{
	for (unsigned i = 0; i < STORM_SECONDS; i++)
		map_tagged(run, run->va + storm_second(i) * pt_size(1), 1);
}

void storm_zap(struct run *run, unsigned at)
{
	struct tlb_range r = { .va = run->va + at * pt_size(1), .nr = 1, .level = 1 };
	struct pword *slot = run->slot + at;
	struct cpumask drained;
	pte_t old;

	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, slot, r.va, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	cpumask_clear(&drained);
	run->inval(run->mm, &r, &drained);
	run->sync(run->mm, &drained);
	oracle_sync_done(run->mm, slot, old);
	frame_put(arch_pte_pa(old, 1));
}

static void second_writer(void *arg)
{
	for (unsigned i = 0; i < STORM_SECONDS; i++)
		storm_zap(arg, storm_second(i));
}

/* What gather_finish() does, without its look at every slot of the table, which would outlast each walk that has met it. */
static void take_out(struct run *run, struct pword *leaf)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 0, .tables = true };
	pte_t page, table;

	spin_lock(&run->mm->lock);
	page = pte_xchg(run->mm, leaf, run->va, 0, PTE_NONE);
	table = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	run->inval(run->mm, &r, &run->drained);
	run->sync(run->mm, &run->drained);
	oracle_sync_done(run->mm, leaf, page);
	oracle_sync_done(run->mm, run->slot, table);
	frame_put(arch_pte_pa(page, 0));
	phys_free_table(arch_pte_pa(table, 1));
}

/* A page and its table: in, walked, out. */
static void table_comes_and_goes(struct run *run)
{
	map_tagged(run, run->va, 0);
	crew_turns(run, 32); /* as long as two of a walker's parks: whoever is inside a walk has met the table */
	take_out(run, pt_slot(run->mm, run->va, 0, false));
}

void storm_sample(struct run *run, struct sample *s)
{
	storm_map_second(run);
	smp_run(run->spare, second_writer, run);
	storm_zap(run, 0);
	smp_join(run->spare, "the second writer");
	if (run->va / pt_size(1) % 4 == 0)
		table_comes_and_goes(run);
	*s = (struct sample){ 0 };
}

static void (*lazy_enter)(void); /* the method's */

static void turn_lazy(struct walker *w)
{
	lazy_enter();
	/* Now and then for longer than a flush waits for the others. */
	if (rng_next(&w->rng) % 4 == 0)
		walker_park(w, 48);
}

/* Without lazy CPUs a kernel thread runs on the kernel's own map. */
static void (*lazy_storm_leave(const struct tlb_method *tlb))(struct walker *w)
{
	lazy_enter = tlb->lazy_enter;
	return lazy_enter ? turn_lazy : NULL;
}

WORKLOAD(lazy_storm) = {
	.name = "lazy-storm",
	.doc = "two CPUs unmap; the walkers' CPUs run the mm, turn to a kernel thread and come back meanwhile (verdicts only)",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.invalidates = true,
	.store_buffer = true,
	.switches = true,
	.leave = lazy_storm_leave,
	.spare = 1,
	.sample = storm_sample,
};

static __always_inline void lazy_zap(struct run *run, struct sample *s, const bool tables)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1, .tables = tables };
	struct lap l = lap_begin(run, s);
	pte_t old;

	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	lap_rest(&l);
	lap_inval(&l, run->mm, &r);
	lap_sync(&l, run->mm);
	oracle_sync_done(run->mm, run->slot, old);
	frame_put(arch_pte_pa(old, 1));
	lap_rest(&l);
}

static __timed void lazy_zap_sample(struct run *run, struct sample *s)
{
	lazy_zap(run, s, false);
}

static __timed void lazy_zap_tables_sample(struct run *run, struct sample *s)
{
	lazy_zap(run, s, true);
}

#define LAZY_ZAP(...)                                                                              \
	{                                                                                          \
		.iterations = 120, .iterations_nmi = 80, .invalidates = true, .store_buffer = true, .switches = true, \
		.leave = lazy_storm_leave, .needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP }, __VA_ARGS__ \
	}

WORKLOAD(lazy_zap) = LAZY_ZAP(
	.name = "lazy-zap",
	.doc = "as munmap-thp; the walkers' CPUs run the mm, turn to a kernel thread and come back meanwhile",
	.sample = lazy_zap_sample);

WORKLOAD(lazy_zap_tables) = LAZY_ZAP(
	.name = "lazy-zap-tables",
	.doc = "as lazy-zap, with an invalidate that says that tables go: lazy CPUs are asked too",
	.sample = lazy_zap_tables_sample);
