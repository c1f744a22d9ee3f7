// SPDX-License-Identifier: GPL-2.0-only
/* The oracle judged: memory is given up while an entry still leads to it, in memory or behind a store buffer. */
#include <mm.h>
#include <phys.h>

#include "oracle_verdict.h"

#define HUGE 1u
#define RW (PROT_R | PROT_W)

static struct mm mm;

/* --- freed while mapped --- */

enum { LOAD = 1, UNMAP = 2, UNMAP_SECOND = 4 };

/* Two mappings of one frame, one reference each; both references go. */
static bool frame_case(unsigned steps, const char *hole)
{
	u64 va = pt_user_start(), second = va + pt_size(HUGE), pa = phys_alloc_huge();
	bool ok;

	frame_get(pa, 1);
	mm_create(&mm);
	pt_map(&mm, va, pa, RW, HUGE);
	/* One small page in the middle of the frame maps it as well as a leaf of the whole does. */
	pt_map(&mm, second, pa + 5 * PAGE_SIZE, RW, 0);
	if (steps & LOAD)
		mm_switch(&mm);
	begin();
	if (steps & UNMAP) {
		pt_unmap(&mm, va, HUGE, NULL);
		flush_here(&mm, va, HUGE, true);
	}
	if (steps & UNMAP_SECOND) {
		pt_unmap(&mm, second, 0, NULL);
		flush_here(&mm, second, 0, true);
	}
	frame_put(pa);
	ok = !oracle_verdict();
	frame_put(pa);
	ok &= verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_mapped, frame)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, frame_case(LOAD, "freed-mapped"), "mapped twice");
	EXPECT_VERDICT(r, frame_case(LOAD | UNMAP, "freed-mapped"), "mapped once, by a small page");
	EXPECT_VERDICT(r, frame_case(LOAD | UNMAP_SECOND, "freed-mapped"), "mapped once, by a large one");
	EXPECT_VERDICT(r, frame_case(0, "freed-mapped"), "mapped, but loaded nowhere");
	EXPECT_VERDICT(r, frame_case(LOAD | UNMAP | UNMAP_SECOND, NULL), "unmapped");
	EXPECT_VERDICT(r, frame_case(UNMAP | UNMAP_SECOND, NULL), "unmapped, loaded nowhere");
}

/* An empty table is freed, unhooked before or only after. */
static bool table_case(bool unhook, const char *hole)
{
	u64 va = pt_user_start();
	struct pword *slot;
	u64 table;
	bool ok;

	mm_create(&mm);
	pt_slot(&mm, va, HUGE, true);
	slot = pt_slot(&mm, va, HUGE + 1, false);
	table = arch_pte_pa(slot->v, HUGE + 1);
	mm_switch(&mm);
	begin();
	if (unhook) {
		put_entry(&mm, slot, va, HUGE + 1, PTE_NONE);
		flush_here(&mm, va, HUGE, true);
	}
	phys_free_table(table);
	ok = verdict_is(hole);
	if (!unhook)
		put_entry(&mm, slot, va, HUGE + 1, PTE_NONE);
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_mapped, table)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, table_case(false, "freed-mapped"), "still hooked");
	EXPECT_VERDICT(r, table_case(true, NULL), "unhooked");
}

/* --- unmapped by a store that sits in a store buffer --- */

static struct {
	struct pword *slot;
	u64 va;
	volatile u64 stored, over;
} other;

static void other_unmaps(void *arg)
{
	unsigned turns = 0;

	(void)arg;
	/* No lock: its unlock would empty the buffer. */
	pte_store(&mm, other.slot, other.va, HUGE, PTE_NONE);
	other.stored = 1;
	while (!other.over && turns++ < 1U << 24)
		arch_relax();
}

/* CPU 1 empties the slot, and nothing orders that before this CPU frees the frame. */
static bool hidden_case(bool buffer, const char *hole)
{
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	unsigned turns = 0;
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, pa, RW, HUGE);
	other.slot = pt_slot(&mm, va, HUGE, false);
	other.va = va;
	other.stored = other.over = 0;
	begin_with(buffer);
	smp_run(1, other_unmaps, NULL);
	while (!other.stored && turns++ < 1U << 24)
		arch_relax();
	frame_put(pa);
	ok = verdict_is(hole);
	other.over = 1;
	smp_join(1, "an unmapping CPU");
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_mapped, hidden_store)
{
	ORACLE_CASE(r, 2);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, hidden_case(true, "freed-mapped"), "the emptied slot is not visible");
	EXPECT_VERDICT(r, hidden_case(false, NULL), "the emptied slot is visible");
}

/* The store that unhooks a table is still in the buffer of the CPU that frees the table: the free itself empties it. */
static bool own_store_case(const char *hole)
{
	u64 va = pt_user_start();
	struct pword *slot;
	u64 table;
	bool ok;

	mm_create(&mm);
	pt_slot(&mm, va, HUGE, true);
	slot = pt_slot(&mm, va, HUGE + 1, false);
	table = arch_pte_pa(slot->v, HUGE + 1);
	begin_with(true);
	pte_store(&mm, slot, va, HUGE + 1, PTE_NONE);
	phys_free_table(table);
	ok = verdict_is(hole);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_mapped, own_store)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, own_store_case(NULL), "the CPU that frees has stored");
}

/* Mapped and unmapped by two stores that are both still buffered: what the second one takes out is what the first one put in. */
static bool forwarded_case(bool inval, const char *hole)
{
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	struct pword *slot;
	bool ok;

	mm_create(&mm);
	slot = pt_slot(&mm, va, HUGE, true);
	mm_switch(&mm);
	begin_with(true);
	pte_store(&mm, slot, va, HUGE, arch_pte_leaf(pa, RW, HUGE));
	pte_store(&mm, slot, va, HUGE, PTE_NONE);
	if (inval)
		flush_here(&mm, va, HUGE, true);
	frame_put(pa);
	ok = verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_mapped, forwarded_store)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, forwarded_case(false, "stale-tlb"), "no flush");
	EXPECT_VERDICT(r, forwarded_case(true, NULL), "flush");
}
