// SPDX-License-Identifier: GPL-2.0-only
/*
 * retype: a 2M leaf becomes a table and the table goes, the two conversions of a slot that seed 000 is about.
 *
 *   1. empty the slot, invalidate. No sync: neither the frame nor a table goes, and a walker that loaded the leaf may use it.
 *   2. hook a table: the frame's first page at its old address, the zero page (a special leaf, not counted) behind it. The
 *      rest stays unmapped, as after a write fault on a huge zero page or a split with most of it thrown away.
 *   3. empty the slot again, invalidate leaves and walk caches, sync, free the table and the frame.
 *
 * The slot goes from leaf to none to table to none, and between 1 and 2 nobody is waited for: whoever loads it twice, or does not test
 * which of the two it holds, takes a pointer to a table for a leaf (type-confused). Walkers take the two small pages in turn. Tables have
 * no count, so here every type needs the sync, also those that take references. Each change is told to the mm's notifier.
 *
 * table-kept: the same, but step 3 frees the frame without a sync and keeps the table, its leaves still in it, until every other CPU has
 * taken an interrupt: khugepaged keeps it so (collapse_huge_page(), which deposits it). A walk that takes references needs no sync for
 * that, because it looks at the slot that led to the table too: the leaf's own never changes. The frame's next owner comes at once.
 *
 * Source: __split_huge_zero_page_pmd(), do_huge_pmd_wp_page() of Linux; the order in which gather.c gives up what it took out.
 */
#include <console.h>
#include <ipi.h>
#include <notifier.h>
#include <phys.h>
#include <pt.h>
#include <workload.h>

#include "pool.h"

/* A page that every split maps and nobody counts. With the owner's tag, so that the witness does not take it for a freed one. */
static u64 zero_page(void)
{
	static u64 pa;

	if (!pa) {
		pa = phys_alloc_pages(1);
		*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	}
	return pa;
}

/* Every other leaf is walked at its second page. */
static void retype_prepare(struct run *run)
{
	run->target = run->va + ((run->va >> pt_shift(1) & 1) ? PAGE_SIZE : 0);
}

static pte_t empty_slot(struct run *run)
{
	pte_t old;

	spin_lock(&run->mm->lock);
	old = pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	return old;
}

/* Steps 1 and 2. Returns the leaf that was there. */
static pte_t leaf_to_table(struct run *run)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	pte_t leaf;

	notifier_start(run->mm);
	leaf = empty_slot(run);
	run->inval(run->mm, &r, &run->drained);
	if (pt_map(run->mm, run->va, arch_pte_pa(leaf, 1), PROT_R | PROT_W, 0) ||
	    pt_map(run->mm, run->va + PAGE_SIZE, zero_page(), PROT_R | PROT_SPECIAL, 0))
		panic("retype: VA 0x%llx is taken", (unsigned long long)run->va);
	notifier_end(run->mm);
	return leaf;
}

/* What step 3 takes out. */
struct hooked {
	const struct pword *small; /* the table's slots */
	pte_t table, page, zero;
};

/* Step 3 up to the invalidate. */
static struct hooked unhook(struct run *run)
{
	struct tlb_range r = { .va = run->va, .nr = 2, .level = 0, .tables = true };
	struct hooked h = { .small = pt_slot(run->mm, run->va, 0, false) };

	h.page = pte_load(&h.small[0]);
	h.zero = pte_load(&h.small[1]);
	h.table = empty_slot(run);
	run->inval(run->mm, &r, &run->drained);
	return h;
}

/* The walkers of what was in the slot, and in its table, are through. */
static void walkers_gone(struct run *run, const struct hooked *h, pte_t leaf)
{
	oracle_sync_done(run->mm, run->slot, leaf);
	oracle_sync_done(run->mm, run->slot, h->table);
	oracle_sync_done(run->mm, &h->small[0], h->page);
	oracle_sync_done(run->mm, &h->small[1], h->zero);
}

static void retype_sample(struct run *run, struct sample *s)
{
	pte_t leaf = leaf_to_table(run);
	struct hooked h;

	arch_relax();
	notifier_start(run->mm);
	h = unhook(run);
	run->sync(run->mm, &run->drained);
	walkers_gone(run, &h, leaf);
	phys_free_table(arch_pte_pa(h.table, 1));
	frame_put(arch_pte_pa(leaf, 1));
	notifier_end(run->mm);
	*s = (struct sample){ 0 };
}

WORKLOAD(retype) = {
	.name = "retype",
	.doc = "a 2M leaf becomes a table, without a sync; then the table goes, with one (verdicts only)",
	.iterations = 80,
	.iterations_nmi = 40,
	.needs = { NEEDS_LEAF(SOUND_BARE), NEEDS_SLOT(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE,
		   [WALK_T_GUP_NMI] = SOUND_BARE | SOUND_BARE_NMI, [WALK_T_SIZE] = SOUND_BARE, [WALK_T_KVM] = SOUND_BARE,
		   [WALK_T_EXEMPT] = SOUND_ALWAYS },
	.invalidates = true,
	.store_buffer = true,
	.verdicts_only = true,
	.prepare = retype_prepare,
	.sample = retype_sample,
};

static void table_kept_sample(struct run *run, struct sample *s)
{
	pte_t leaf = leaf_to_table(run);
	struct cpumask others;
	struct hooked h;

	arch_relax();
	notifier_start(run->mm);
	h = unhook(run);
	run->sync(run->mm, &run->drained);
	frame_put(arch_pte_pa(leaf, 1));
	pool_reuse();
	notifier_end(run->mm);
	/* Now nobody is inside a walk that began before. */
	sync_others(&others);
	if (cpumask_weight(&others))
		ipi_sync_cpus(&others, cpumask_weight(&others));
	walkers_gone(run, &h, leaf);
	phys_free_table(arch_pte_pa(h.table, 1));
	*s = (struct sample){ 0 };
}

WORKLOAD(table_kept) = {
	.name = "table-kept",
	.doc = "as retype, but the frame goes without a sync and the table is kept meanwhile (verdicts only)",
	.iterations = 160,
	.iterations_nmi = 80,
	.needs = { [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.verdicts_only = true,
	.prepare = retype_prepare,
	.sample = table_kept_sample,
};
