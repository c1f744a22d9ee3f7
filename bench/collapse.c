// SPDX-License-Identifier: GPL-2.0-only
/*
 * collapse, collapse-free: small leaves become one large one on another frame, as khugepaged makes it (collapse_huge_page()).
 *
 *   1 clear the entry that leads to the table (pmdp_collapse_flush())
 *   2 invalidate its leaves and the walk caches
 *   3 sync: no walk is inside the table any more
 *   4 count the references of the old pages: if anyone but the mapping holds one, the entry goes back and nothing was done
 *   5 copy
 *   6 store the large leaf; drop the old pages
 *
 * Between 3 and 6 nobody may gain a reference on an old page, or what he writes there is lost with the copy: the oracle's
 * ref-after-count. Two things keep walkers that take references from it, and each is enough (T4): they look at the entry above the
 * table once more when they have the reference (commit 70cbc3cc78a9), or step 3 waits for them. Walkers without a reference need
 * step 3.
 *
 * collapse keeps the table, as Linux deposits it for a later split, and gives it up only at the end, behind a sync of its own.
 * collapse-free frees it at once, as collapse_pte_mapped_thp() did: then step 3 is everybody's (commit 2ba99c5e0881), because a
 * table has no reference that a walker could take.
 *
 * Not timed: a copy of more than one word a page, which no scheme changes. Of the table's leaves only some are there, as in a
 * sparse mapping, so that its range is invalidated leaf by leaf.
 */
#include <console.h>

#include "lap.h"
#include "pool.h"

#define COLLAPSE_LEAVES 16

enum { M_NO_SYNC = 1, M_COUNT_FIRST, M_NO_INVAL, M_LEAF_ONLY, M_NO_BREAK };

static u64 new_frame;
static u64 deposit; /* the table that was kept; 0: none */

static void collapse_prepare(struct run *run)
{
	(void)run;
	new_frame = phys_alloc_huge();
	if (!new_frame)
		panic("collapse: no memory for the large page");
}

static void collapse_finish(struct run *run)
{
	pool_drop(run);
	if (new_frame)
		frame_put(new_frame);
	if (deposit)
		phys_free_table(deposit);
	deposit = 0;
}

/* Does only the mapping hold references? */
static __always_inline bool only_mapped(u64 pa)
{
	if (pword_load(&frame_of(pa)->ref) != COLLAPSE_LEAVES) /* [collapse.refs] */
		return false;
	oracle_frame_counted(pa, true);
	return true;
}

static __always_inline void copy_pages(u64 to, u64 from)
{
	for (unsigned i = 0; i < COLLAPSE_LEAVES; i++) {
		pword_delay(); /* the rest of the page */
		*(volatile u64 *)phys_to_virt(to + i * PAGE_SIZE) = *(const volatile u64 *)phys_to_virt(from + i * PAGE_SIZE);
	}
}

static __always_inline void set_slot(struct run *run, pte_t e)
{
	spin_lock(&run->mm->lock);
	pte_store(run->mm, run->slot, run->va, 1, e);
	arch_pte_made(run->va);
	spin_unlock(&run->mm->lock);
}

/* The writer is through with what it took out. Of a table that is kept walkers may still use what they have a reference of. */
static __always_inline void took(struct run *run, pte_t old, const bool keep)
{
	const struct pword *table = phys_to_virt(arch_pte_pa(old, 1));

	if (!keep)
		oracle_sync_done(run->mm, run->slot, old);
	for (unsigned i = 0; keep && i < COLLAPSE_LEAVES; i++)
		oracle_sync_done(run->mm, &table[i], oracle_peek(&table[i]));
}

/* Steps 5 and 6. */
static __always_inline void replace(struct run *run, pte_t old, u64 pa, const bool keep)
{
	copy_pages(new_frame, pa);
	set_slot(run, arch_pte_leaf(new_frame, PROT_R | PROT_W, 1)); /* [collapse.install] */
	new_frame = 0;
	oracle_frame_counted(pa, false);
	frame_drop(pa, COLLAPSE_LEAVES - 1);
	frame_put(pa);
	if (keep)
		deposit = arch_pte_pa(old, 1);
	else
		phys_free_table(arch_pte_pa(old, 1)); /* [collapse.free] */
}

static __always_inline void collapse(struct run *run, struct sample *s, const bool keep)
{
	struct tlb_range r = { .va = run->va, .nr = COLLAPSE_LEAVES, .level = 0, .tables = !run_mutated(run, M_LEAF_ONLY) };
	struct lap l = lap_begin(run, s);
	bool early = false;
	pte_t old;
	u64 pa;

	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE); /* [collapse.clear] */
	spin_unlock(&run->mm->lock);
	pa = arch_pte_pa(pte_load(phys_to_virt(arch_pte_pa(old, 1))), 0);
	lap_rest(&l);
	if (!run_mutated(run, M_NO_INVAL))
		lap_inval(&l, run->mm, &r); /* [collapse.flush] */
	if (run_mutated(run, M_COUNT_FIRST))
		early = only_mapped(pa);
	if (!run_mutated(run, M_NO_SYNC))
		lap_sync(&l, run->mm);
	took(run, old, keep);
	if (early || only_mapped(pa))
		replace(run, old, pa, keep);
	else
		set_slot(run, old); /* [collapse.back] */
	lap_rest(&l);
}

static __timed void collapse_sample(struct run *run, struct sample *s)
{
	collapse(run, s, true);
}

static __timed void collapse_free_sample(struct run *run, struct sample *s)
{
	collapse(run, s, false);
}

WORKLOAD(collapse) = {
	.name = "collapse",
	.doc = "small leaves become one large one on another frame; the table is kept",
	.iterations = 200,
	.iterations_nmi = 100,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.small = COLLAPSE_LEAVES,
	.prepare = collapse_prepare,
	.sample = collapse_sample,
	.finish = collapse_finish,
};

WORKLOAD(collapse_free) = {
	.name = "collapse-free",
	.doc = "as collapse; the table is freed",
	.iterations = 200,
	.iterations_nmi = 100,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.invalidates = true,
	.store_buffer = true,
	.small = COLLAPSE_LEAVES,
	.prepare = collapse_prepare,
	.sample = collapse_free_sample,
	.finish = collapse_finish,
};

#define COLLAPSE_MUTANT(ident, m, what, ...) \
	WRITER_MUTANT(ident, .mutation = "collapse." what, .workload = "collapse", .mut = m, __VA_ARGS__)
#define COLLAPSE_FREE_MUTANT(ident, m, what, ...) \
	WRITER_MUTANT(ident, .mutation = "collapse-free." what, .workload = "collapse-free", .mut = m, __VA_ARGS__)

/* T4: neither the sync nor the recheck. One alone is enough. */
COLLAPSE_MUTANT(collapse_neither, M_NO_SYNC, "neither", .walk = WALK_T_GUP, .walkers = "gup.no-recheck", .catcher = "ref-after-count",
		.bound = 400, .cpus = 4);
COLLAPSE_MUTANT(collapse_count_first, M_COUNT_FIRST, "count-first", .walk = WALK_T_GUP, .walkers = "gup.no-recheck",
		.catcher = "ref-after-count", .bound = 400);
COLLAPSE_MUTANT(collapse_no_sync, M_NO_SYNC, "no-sync", .walk = WALK_T_BARE, .catcher = SYNC_HOLES, .bound = 200);
COLLAPSE_MUTANT(collapse_no_inval, M_NO_INVAL, "no-inval", .sync = "none", .walk = WALK_T_GUP, .catcher = "two-sizes bbm", .bound = 20);
/* Freed without a sync: the recheck does not help, for the walk is inside the table. */
COLLAPSE_FREE_MUTANT(collapse_free_no_sync, M_NO_SYNC, "no-sync", .walk = WALK_T_GUP, .catcher = SYNC_HOLES, .bound = 200);
COLLAPSE_FREE_MUTANT(collapse_free_leaf_only, M_LEAF_ONLY, "leaf-only", .walk = WALK_T_GUP, .catcher = "stale-walk-cache bbm", .bound = 20,
		     .walks = true);
