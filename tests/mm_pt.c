// SPDX-License-Identifier: GPL-2.0-only
/* The page-table mapper, by software lookups: the same on every ISA. */
#include <huge.h>
#include <phys.h>
#include <pt.h>
#include <test.h>

#include "mm_fixture.h"

static const struct tlb_method inval_here = { .name = "here", .inval = test_inval_here };

#define RW (PROT_R | PROT_W)

/* Any aligned address will do for a mapping that nobody reads through. */
static u64 some_pa(unsigned level)
{
	return 4 * pt_size(level);
}

static const char *map_level(struct mm *mm, u64 va, unsigned level)
{
	unsigned found = ~0U;
	pte_t e;

	if (pt_map(mm, va, some_pa(level), RW, level))
		return "pt_map failed";
	e = pt_lookup(mm, va + pt_size(level) - 8, &found);
	if (found != level || arch_pte_pa(e, level) != some_pa(level) || arch_pte_prot(e) != RW)
		return "pt_lookup found something else";
	if (pt_map(mm, va, some_pa(level), RW, level) == 0)
		return "mapped twice";
	if (pt_lookup(mm, va + pt_size(level), NULL) != PTE_NONE)
		return "the mapping is too long";
	if (pt_unmap(mm, va, level, NULL) != e)
		return "pt_unmap returned something else";
	if (pt_lookup(mm, va, NULL) != PTE_NONE || pt_unmap(mm, va, level, NULL) != PTE_NONE)
		return "still there after pt_unmap";
	return NULL;
}

TEST_CASE(mm_pt, levels)
{
	unsigned tables = phys_tables(), n = 0;
	struct mm mm;

	mm_create(&mm);
	for (unsigned level = 0; level < ARCH_PT_LEVELS; level++) {
		const char *bad;

		if (!arch_pt_leaf_ok(level)) {
			T_EXPECT(r, pt_map(&mm, test_va(8), 0, RW, level), "level %u has no leaves but was mapped", level);
			continue;
		}
		bad = map_level(&mm, test_va(8 * (level + 1)), level);
		T_EXPECT(r, !bad, "level %u: %s", level, bad);
		n++;
	}
	mm_destroy(&mm);
	T_EXPECT(r, phys_tables() == tables, "%u tables after destroy, %u before", phys_tables(), tables);
	test_set(r, T_PASS, "map, look up, unmap at %u levels; no table is left", n);
}

TEST_CASE(mm_pt, overlap)
{
	u64 va = test_va(1);
	struct mm mm;

	mm_create(&mm);
	T_EXPECT(r, pt_map(&mm, va + PAGE_SIZE, 0, RW, 1), "2M mapped at a 4K boundary");
	T_EXPECT(r, pt_map(&mm, va, PAGE_SIZE, RW, 1), "2M mapped to an unaligned frame");
	T_EXPECT(r, pt_map(&mm, va, some_pa(1), RW, 1) == 0, "2M not mapped");
	T_EXPECT(r, pt_map(&mm, va + PAGE_SIZE, some_pa(0), RW, 0), "4K mapped into a 2M leaf");
	T_EXPECT(r, pt_map(&mm, va + pt_size(1), some_pa(0), RW, 0) == 0, "4K not mapped beside it");
	T_EXPECT(r, pt_map(&mm, va + pt_size(1), some_pa(1), RW, 1), "2M mapped over a 4K leaf");
	T_EXPECT(r, pt_unmap(&mm, va, 0, NULL) == PTE_NONE, "a 2M leaf was unmapped as 4K");
	T_EXPECT(r, !pt_user_start() || pt_map(&mm, pt_user_start() - pt_size(1), some_pa(1), RW, 1),
		 "mapped into the part that every mm shares");
	T_EXPECT(r, pt_map(&mm, test_va(1) + (1ULL << pt_shift(ARCH_PT_LEVELS)), some_pa(1), RW, 1),
		 "mapped beyond the last level");
	mm_destroy(&mm);
	test_set(r, T_PASS, "overlaps, wrong alignment and addresses that are not the mm's are refused");
}

/* Does every 4K of [va, va + 2M) translate to its place in the frame, at @level? */
static bool translates(struct mm *mm, u64 va, u64 pa, unsigned level)
{
	for (u64 off = 0; off < HUGE_SIZE; off += PAGE_SIZE) {
		unsigned l = ~0U;
		pte_t e = pt_lookup(mm, va + off, &l);

		if (e == PTE_NONE || l != level || arch_pte_pa(e, l) + (off & (pt_size(l) - 1)) != pa + off ||
		    arch_pte_prot(e) != RW)
			return false;
	}
	return true;
}

TEST_CASE(mm_pt, split_collapse)
{
	unsigned tables = phys_tables();
	u64 va = test_va(3), pa = phys_alloc_huge();
	const char *bad;
	struct mm mm;

	test_oracle_start();
	mm_create(&mm);
	mm_switch(&mm);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0 && translates(&mm, va, pa, 1), "2M not mapped");
	T_EXPECT(r, split_huge_pmd(&mm, va + 5 * PAGE_SIZE, &inval_here), "not split");
	T_EXPECT(r, translates(&mm, va, pa, 0), "translations changed with the split");
	T_EXPECT(r, frame_of(pa)->ref.v == HUGE_SIZE / PAGE_SIZE, "%u references after the split", (unsigned)frame_of(pa)->ref.v);
	T_EXPECT(r, !split_huge_pmd(&mm, va, &inval_here), "split twice");
	T_EXPECT(r, collapse_huge_pmd(&mm, va, &inval_here, test_no_walkers), "not collapsed");
	T_EXPECT(r, translates(&mm, va, pa, 1), "translations changed with the collapse");
	T_EXPECT(r, frame_of(pa)->ref.v == 1, "%u references after the collapse", (unsigned)frame_of(pa)->ref.v);
	T_EXPECT(r, !collapse_huge_pmd(&mm, va, &inval_here, test_no_walkers), "collapsed twice");
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	bad = test_oracle_stop();
	T_EXPECT(r, !bad, "oracle: %s", bad);
	T_EXPECT(r, phys_tables() == tables, "%u tables after destroy, %u before", phys_tables(), tables);
	test_set(r, T_PASS, "2M -> %llu small leaves -> 2M keeps every translation; no table is left",
		 (unsigned long long)(HUGE_SIZE / PAGE_SIZE));
}

/* After a split each 4K leaf can go alone, and the last one frees the frame. A table with a hole does not collapse. */
TEST_CASE(mm_pt, zap_after_split)
{
	u64 va = test_va(3), pa = phys_alloc_huge();
	unsigned free = phys_huge_free();
	struct mmu_gather g;
	const char *bad;
	struct mm mm;

	test_oracle_start();
	mm_create(&mm);
	mm_switch(&mm);
	T_EXPECT(r, pt_map(&mm, va, pa, RW, 1) == 0 && split_huge_pmd(&mm, va, &inval_here), "not split");
	gather_begin(&g, &mm, &inval_here, test_no_walkers);
	for (u64 off = 0; off < HUGE_SIZE; off += PAGE_SIZE) {
		T_EXPECT(r, phys_huge_free() == free, "freed while %llu KiB are mapped",
			 (unsigned long long)((HUGE_SIZE - off) / KIB));
		T_EXPECT(r, gather_unhook_leaf(&g, va + off, 0) != PTE_NONE, "a 4K leaf is missing");
		T_EXPECT(r, !collapse_huge_pmd(&mm, va, &inval_here, test_no_walkers), "collapsed with a hole");
	}
	gather_finish(&g);
	T_EXPECT(r, phys_huge_free() == free + 1, "the last leaf did not free the frame");
	mm_switch(NULL);
	mm_destroy(&mm);
	bad = test_oracle_stop();
	T_EXPECT(r, !bad, "oracle: %s", bad);
	test_set(r, T_PASS, "the last of %llu small leaves frees the 2M frame",
		 (unsigned long long)(HUGE_SIZE / PAGE_SIZE));
}
