// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each step of the gather, made too early or forgotten: the oracle reports the hole that it opens, and is silent where nothing is left
 * out. The walkers are records on CPU 1: a walk stays open from open_walk() to close_walk(), whatever that CPU does.
 */
#include <string.h>

#include <gather.h>
#include <huge.h>
#include <smp.h>
#include <walk.h>

#include "mm_fixture.h"
#include "oracle_test.h"

static struct mm mm;
static u64 va;
static bool open, tables; /* a walk goes on; the method was told that tables go */

static void walk_open_fn(void *arg)
{
	struct walked at;

	(void)arg;
	oracle_walk_begin(&mm, WALK_BARE);
	walk_levels(&mm, va, WALK_T_BARE, &at);
}

static void walk_close_fn(void *arg)
{
	(void)arg;
	oracle_walk_end();
}

static void open_walk(void)
{
	smp_run(1, walk_open_fn, NULL);
	smp_join(1, "a walk to begin");
	open = true;
}

static void close_walk(void)
{
	if (!open)
		return;
	smp_run(1, walk_close_fn, NULL);
	smp_join(1, "a walk to end");
	open = false;
}

/* Waits for the walk that goes on; the next one begins right behind. */
static void sync_then_walk(struct mm *m, const struct cpumask *drained)
{
	(void)m, (void)drained;
	close_walk();
	open_walk();
}

static void inval(struct mm *m, const struct tlb_range *r, struct cpumask *drained)
{
	tables = r->tables;
	test_inval_here(m, r, drained);
}

static const struct tlb_method here = { .name = "here", .inval = inval };

static void put(u64 pa, unsigned n)
{
	while (n-- > 0)
		frame_put(pa);
}

/* One 2M leaf with a walker inside. */
static void one_leaf(struct mmu_gather *g)
{
	pt_map(&mm, va, phys_alloc_huge(), PROT_R | PROT_W, HUGE_LEVEL);
	open_walk();
	gather_unhook_leaf(g, va, HUGE_LEVEL);
	gather_finish(g);
}

static void two_pages(struct mmu_gather *g)
{
	for (unsigned i = 0; i < 2; i++)
		pt_map(&mm, va + i * PAGE_SIZE, phys_alloc_page(), PROT_R, 0);
	for (unsigned i = 0; i < 2; i++)
		gather_unhook_leaf(g, va + i * PAGE_SIZE, 0);
	gather_finish(g);
}

static void two_sizes(struct mmu_gather *g)
{
	pt_map(&mm, va, phys_alloc_huge(), PROT_R, HUGE_LEVEL);
	pt_map(&mm, va + HUGE_SIZE + PAGE_SIZE, phys_alloc_page(), PROT_R, 0);
	gather_unhook_leaf(g, va, HUGE_LEVEL);
	gather_unhook_leaf(g, va + HUGE_SIZE + PAGE_SIZE, 0);
	gather_finish(g);
}

/* A table with its leaves, then their frame. */
static void table(struct mmu_gather *g)
{
	u64 pa = phys_alloc_huge();
	unsigned leaves = 1U << arch_pt_bits(HUGE_LEVEL - 1);
	struct pword *slot;

	pt_map(&mm, va, pa, PROT_R, HUGE_LEVEL);
	split_huge_pmd(&mm, va, &here);
	slot = pt_slot(&mm, va, HUGE_LEVEL, false);
	spin_lock(&mm.lock);
	gather_unhook_table(g, slot, va, HUGE_LEVEL);
	spin_unlock(&mm.lock);
	gather_finish(g);
	put(pa, leaves);
}

/* @g finds empty what another gather has unhooked and not invalidated; behind it the address is mapped again. */
static void nested(struct mmu_gather *g)
{
	struct mmu_gather other;

	pt_map(&mm, va, phys_alloc_huge(), PROT_R, HUGE_LEVEL);
	gather_begin(&other, &mm, &here, sync_then_walk);
	gather_unhook_leaf(&other, va, HUGE_LEVEL);
	gather_unhook_leaf(g, va, HUGE_LEVEL);
	gather_finish(g);
	pt_map(&mm, va, phys_alloc_huge(), PROT_R, HUGE_LEVEL);
	gather_finish(&other);
	gather_begin(&other, &mm, &here, sync_then_walk);
	gather_unhook_leaf(&other, va, HUGE_LEVEL);
	gather_finish(&other);
}

static const struct mutant {
	const char *name;
	enum gather_mut mut;
	void (*run)(struct mmu_gather *g);
	const char *hole; /* "": none on this ISA; NULL: none, the request shows it */
} mutants[] = {
	{ "sync-first", M_GATHER_SYNC_FIRST, one_leaf, "freed-in-walk" },
	{ "inval-first", M_GATHER_INVAL_FIRST, one_leaf, "stale-tlb" },
	{ "free-first", M_GATHER_FREE_FIRST, one_leaf, "freed-in-walk" },
	{ "short", M_GATHER_SHORT, two_pages, "stale-tlb" },
	{ "largest", M_GATHER_LARGEST, two_sizes, "stale-tlb" },
	/* Where a freed table costs the whole ASID, its leaves go with it, named or not. */
	{ "no-below", M_GATHER_NO_BELOW, table, ARCH_TLBI_TABLES_WHOLE ? "" : "stale-tlb" },
	/*
	 * What invalidates a leaf takes the walk caches with it on x86, so nothing goes wrong there: the method must be told all the same.
	 */
	{ "no-tables", M_GATHER_NO_TABLES, table, NULL },
	{ "no-nested", M_GATHER_NO_NESTED, nested, "stale-repointed" },
};

/* The hole that the oracle reported, or NULL. */
static const char *run(const struct mutant *m, unsigned mut)
{
	const struct oracle_violation *v;
	struct mmu_gather g;

	va = test_va(5);
	mm_create(&mm);
	mm_switch(&mm);
	test_oracle_start();
	gather_begin(&g, &mm, &here, sync_then_walk);
	g.mut = mut;
	m->run(&g);
	close_walk();
	v = oracle_verdict();
	oracle_stop();
	mm_switch(NULL);
	mm_destroy(&mm);
	return v ? v->hole : NULL;
}

TEST_CASE(mm_gather, mutants)
{
	ORACLE_CASE(r, 2);
	for (unsigned i = 0; i < ARRAY_SIZE(mutants); i++) {
		const struct mutant *m = &mutants[i];
		const char *sound = run(m, MUT_NONE);
		bool told = tables;
		const char *hole = run(m, m->mut), *want = m->hole;

		T_EXPECT(r, !sound, "%s: nothing left out, and the oracle reports %s", m->name, sound);
		if (arch_tlb_shared() && m->mut == M_GATHER_NO_BELOW)
			want = ""; /* all that lies in the range of the table goes, of whichever size */
		if (want)
			T_EXPECT(r, !strcmp(hole ? hole : "", want), "%s: \"%s\" instead of \"%s\"", m->name, hole ? hole : "", want);
		else
			T_EXPECT(r, told && !tables, "%s: the method was told %d, mutated %d", m->name, told, tables);
	}
	test_set(r, T_PASS, "%u mutations of the gather caught", (unsigned)ARRAY_SIZE(mutants));
}
