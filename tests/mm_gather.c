// SPDX-License-Identifier: GPL-2.0-only
/* mmu_gather: the order of its steps, seen from a TLB method and a sync scheme that look around when they are called. */
#include <gather.h>
#include <huge.h>
#include <phys.h>
#include <test.h>

#include "mm_fixture.h"

#define RW (PROT_R | PROT_W)
#define MAX_STEPS 8

static struct {
	u64 va;            /* what is being given up */
	u64 pa;
	unsigned steps;
	struct {
		char what;     /* 'i' invalidate, 's' sync */
		bool hooked;   /* the address still translates */
		bool freed;    /* the frame is free already */
		struct tlb_range r;
	} step[MAX_STEPS];
} seen;

static void look(struct mm *mm, char what, const struct tlb_range *r)
{
	if (seen.steps == MAX_STEPS)
		return;
	seen.step[seen.steps].what = what;
	seen.step[seen.steps].hooked = pt_lookup(mm, seen.va, NULL) != PTE_NONE;
	seen.step[seen.steps].freed = frame_of(seen.pa)->state == FRAME_FREE;
	if (r)
		seen.step[seen.steps].r = *r;
	seen.steps++;
}

static void looking_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	look(mm, 'i', r);
	test_inval_here(mm, r, drained);
}

static void looking_sync(struct mm *mm, const struct cpumask *drained)
{
	(void)drained;
	look(mm, 's', NULL);
}

static void forgetful_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	(void)mm;
	(void)r;
	cpumask_clear(drained);
}

static const struct tlb_method looking = { .name = "looking", .inval = looking_inval };
static const struct tlb_method forgetful = { .name = "forgetful", .inval = forgetful_inval };

static void setup(struct mm *mm, u64 va, u64 pa)
{
	test_oracle_start();
	seen.steps = 0;
	seen.va = va;
	seen.pa = pa;
	mm_create(mm);
	mm_switch(mm);
}

static const char *teardown(struct mm *mm)
{
	mm_switch(NULL);
	mm_destroy(mm);
	return test_oracle_stop();
}

TEST_CASE(mm_gather, order)
{
	u64 va = test_va(5), pa = phys_alloc_huge();
	struct mmu_gather g;
	const char *bad;
	struct mm mm;

	setup(&mm, va, pa);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0, "not mapped");
	gather_begin(&g, &mm, &looking, looking_sync);
	T_EXPECT(r, zap_huge_pmd(&g, va), "nothing to zap");
	T_EXPECT(r, seen.steps == 0 && frame_of(pa)->ref.v == 1, "did more than unhook");
	gather_finish(&g);
	T_EXPECT(r, seen.steps == 2 && seen.step[0].what == 'i' && seen.step[1].what == 's',
		 "%u steps, first %c, not invalidate and sync", seen.steps, seen.step[0].what);
	for (unsigned i = 0; i < 2; i++) {
		T_EXPECT(r, !seen.step[i].hooked, "step %u: the entry is still there", i + 2);
		T_EXPECT(r, !seen.step[i].freed, "step %u: the frame is free already", i + 2);
	}
	T_EXPECT(r, seen.step[0].r.va == va && seen.step[0].r.nr == 1 && seen.step[0].r.level == 1,
		 "invalidated %llu leaves of level %u", (unsigned long long)seen.step[0].r.nr, seen.step[0].r.level);
	T_EXPECT(r, frame_of(pa)->state == FRAME_FREE && phys_alloc_huge() == pa, "the frame was not freed");
	frame_put(pa);
	gather_begin(&g, &mm, &looking, looking_sync);
	gather_finish(&g);
	T_EXPECT(r, seen.steps == 2, "an empty gather does something");
	bad = teardown(&mm);
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "unhook, invalidate, sync, free; the oracle is silent");
}

/* Without the invalidate the frame is freed while a CPU may still use the translation: only the oracle can know. */
TEST_CASE(mm_gather, no_invalidate)
{
	u64 va = test_va(5), pa = phys_alloc_huge();
	struct mmu_gather g;
	const char *bad;
	struct mm mm;

	setup(&mm, va, pa);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0, "not mapped");
	gather_begin(&g, &mm, &forgetful, test_no_walkers);
	T_EXPECT(r, zap_huge_pmd(&g, va), "nothing to zap");
	gather_finish(&g);
	bad = teardown(&mm);
	if (!oracle_build)
		test_set(r, T_SKIP, "the timing image has no oracle");
	else if (bad)
		test_set(r, T_PASS, "caught: %s", bad);
	else
		test_set(r, T_FAIL, "a frame was freed under a live translation and the oracle is silent");
}

/* Two sizes in one gather: the range spans both, at the stride of the smaller. */
TEST_CASE(mm_gather, range)
{
	u64 va = test_va(5), pa = phys_alloc_huge(), small = phys_alloc_page();
	const struct tlb_range *got = &seen.step[0].r;
	struct mmu_gather g;
	const char *bad;
	struct mm mm;

	setup(&mm, va, pa);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0, "2M not mapped");
	T_EXPECT(r, pt_map(&mm, va + HUGE_SIZE + PAGE_SIZE, small, RW, 0) == 0, "4K not mapped");
	gather_begin(&g, &mm, &looking, looking_sync);
	gather_unhook_leaf(&g, va + HUGE_SIZE + PAGE_SIZE, 0);
	gather_unhook_leaf(&g, va, 1);
	gather_finish(&g);
	T_EXPECT(r, got->va == va && got->nr == HUGE_SIZE / PAGE_SIZE + 2 && got->level == 0 && !got->tables,
		 "invalidated %llu leaves of level %u from 0x%llx", (unsigned long long)got->nr, got->level,
		 (unsigned long long)got->va);
	bad = teardown(&mm);
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "one range over a 2M and a 4K leaf, stride 4K");
}

/* Unhooks @n pages in one gather whose batches are @batch long; the first page is free then. */
static void batches(struct test_result *r, unsigned n, unsigned batch)
{
	u64 va = test_va(5), first = 0;
	struct mmu_gather g;
	const char *bad;
	struct mm mm;

	setup(&mm, va, 0);
	for (unsigned i = 0; i < n; i++) {
		u64 pa = phys_alloc_page();

		first = i ? first : pa;
		T_EXPECT(r, pa && pt_map(&mm, va + i * PAGE_SIZE, pa, RW, 0) == 0, "page %u not mapped", i);
	}
	seen.pa = first;
	gather_begin(&g, &mm, &looking, looking_sync);
	for (unsigned i = 0; i < n; i++)
		T_EXPECT(r, gather_unhook_leaf(&g, va + i * PAGE_SIZE, 0) != PTE_NONE, "page %u is missing", i);
	gather_finish(&g);
	T_EXPECT(r, seen.steps == 4, "%u steps, not two invalidates and two syncs", seen.steps);
	T_EXPECT(r, seen.step[0].r.nr == batch && seen.step[2].r.nr == n - batch, "batches of %llu and %llu",
		 (unsigned long long)seen.step[0].r.nr, (unsigned long long)seen.step[2].r.nr);
	T_EXPECT(r, frame_of(first)->state == FRAME_FREE, "a page was not freed");
	T_EXPECT(r, mm.gathers.v == 0, "%llu gathers still open", (unsigned long long)mm.gathers.v);
	bad = teardown(&mm);
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "%u leaves in batches of %u", n, batch);
}

/* More leaves than one batch holds: it is flushed in between, and nothing is lost. */
TEST_CASE(mm_gather, batches)
{
	batches(r, GATHER_BATCH + 6, GATHER_BATCH);
}

/* No page for a batch: the few items of the gather itself, as often as it takes. */
TEST_CASE(mm_gather, no_memory)
{
	gather_fail = 2;
	batches(r, GATHER_BUNDLE + 6, GATHER_BUNDLE);
	gather_fail = 0;
}

/* A gather that ends while another is open invalidates everything, although it unhooked nothing. The last one does not. */
TEST_CASE(mm_gather, nested)
{
	u64 va = test_va(5), pa = phys_alloc_huge();
	struct mmu_gather outer, inner;
	const char *bad;
	struct mm mm;

	setup(&mm, va, pa);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0, "not mapped");
	gather_begin(&outer, &mm, &looking, looking_sync);
	gather_begin(&inner, &mm, &looking, looking_sync);
	T_EXPECT(r, zap_huge_pmd(&outer, va) && !zap_huge_pmd(&inner, va), "zapped twice, or not at all");
	gather_finish(&inner);
	T_EXPECT(r, seen.steps == 1 && seen.step[0].what == 'i' && seen.step[0].r.nr > tlb_ceiling && seen.step[0].r.tables,
		 "%u steps, %llu leaves, tables %d", seen.steps, (unsigned long long)seen.step[0].r.nr, seen.step[0].r.tables);
	gather_finish(&outer);
	T_EXPECT(r, seen.steps == 3 && seen.step[1].r.nr == 1, "%u steps, %llu leaves", seen.steps, (unsigned long long)seen.step[1].r.nr);
	bad = teardown(&mm);
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "the first to end invalidates the whole mm, the last its leaf");
}

/* A table that goes with its leaves: walk caches and the leaves' own level are in the request. */
TEST_CASE(mm_gather, table)
{
	u64 va = test_va(5), pa = phys_alloc_huge();
	const struct tlb_range *got = &seen.step[0].r;
	unsigned tables;
	const char *bad;
	struct mm mm;

	setup(&mm, va, pa);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0 && split_huge_pmd(&mm, va, &looking), "not split");
	tables = phys_tables();
	seen.steps = 0;
	T_EXPECT(r, collapse_huge_pmd(&mm, va, &looking, looking_sync), "not collapsed");
	T_EXPECT(r, seen.steps == 2 && !seen.step[0].hooked && !seen.step[1].hooked,
		 "%u steps, or the table was reachable in one", seen.steps);
	T_EXPECT(r, got->va == va && got->nr == HUGE_SIZE / PAGE_SIZE && got->level == 0 && got->tables,
		 "invalidated %llu leaves of level %u, tables %d", (unsigned long long)got->nr, got->level, got->tables);
	T_EXPECT(r, phys_tables() == tables - 1, "%u tables, not %u", phys_tables(), tables - 1);
	bad = teardown(&mm);
	frame_put(pa);
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "a table goes through the gather with its leaves' level and freed_tables");
}
