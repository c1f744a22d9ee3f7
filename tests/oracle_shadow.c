// SPDX-License-Identifier: GPL-2.0-only
/* The oracle judged: each verdict fires where its hole is open and stays silent where the step that closes it was made. */
#include <mm.h>
#include <phys.h>

#include "mm_fixture.h"
#include "oracle_verdict.h"

#define HUGE 1u

static struct mm mm;

/* --- translations --- */

enum { LOAD = 1, FLUSH = 2, FLUSH_NEXT = 4, LEAVE = 8 };

/* Map a frame, take it out again, do @steps, free it. */
static bool leaf_case(unsigned steps, const char *hole)
{
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R | PROT_W, HUGE);
	if (steps & LOAD)
		mm_switch(&mm);
	begin();
	pt_unmap(&mm, va, HUGE, NULL);
	if (steps & FLUSH)
		flush_here(&mm, va, HUGE, false);
	if (steps & FLUSH_NEXT)
		flush_here(&mm, va + pt_size(HUGE), HUGE, false);
	if (steps & LEAVE)
		mm_switch(NULL);
	frame_put(pa);
	ok = verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_shadow, stale_leaf)
{
	ORACLE_CASE(r, 1);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, leaf_case(LOAD, "stale-tlb"), "no flush");
	EXPECT_VERDICT(r, leaf_case(LOAD | FLUSH_NEXT, "stale-tlb"), "flush of the next page");
	EXPECT_VERDICT(r, leaf_case(LOAD | FLUSH, NULL), "flush");
	EXPECT_VERDICT(r, leaf_case(LOAD | LEAVE, NULL), "the CPU left the mm");
	EXPECT_VERDICT(r, leaf_case(0, NULL), "never loaded");
}

static void load_here(void *arg)
{
	mm_switch(arg);
}

/* CPUs 0 and 1 may translate; an invalidate completes on those whose bits are in @on. */
static bool cpus_case(u64 on, const char *hole, unsigned cpu)
{
	struct cpumask some = { .w = { on } };
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, HUGE);
	mm_switch(&mm);
	smp_run(1, load_here, &mm);
	smp_join(1, "loading the mm");
	begin();
	pt_unmap(&mm, va, HUGE, NULL);
	oracle_tlbi_complete(&some, &(struct tlbi_op){ .scope = TLBI_PAGE, .asid = mm.asid, .va = va, .level = HUGE });
	frame_put(pa);
	ok = verdict_is(hole) && (!hole || oracle_verdict()->cpu == cpu);
	smp_run(1, load_here, NULL);
	smp_join(1, "leaving the mm");
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_shadow, some_cpus)
{
	ORACLE_CASE(r, 2);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, cpus_case(1, "stale-tlb", 1), "complete on this CPU only");
	EXPECT_VERDICT(r, cpus_case(2, "stale-tlb", 0), "complete on the other only");
	EXPECT_VERDICT(r, cpus_case(3, NULL, 0), "complete on both");
}

/* Unhook an empty table, flush or not, free it. */
static bool table_case(bool flush, const char *hole)
{
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	struct pword *slot;
	pte_t old;
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, HUGE);
	slot = pt_slot(&mm, va, HUGE + 1, false);
	mm_switch(&mm);
	begin();
	pt_unmap(&mm, va, HUGE, NULL);
	flush_here(&mm, va, HUGE, false);
	frame_put(pa);
	spin_lock(&mm.lock);
	old = pte_xchg(&mm, slot, va, HUGE + 1, PTE_NONE);
	spin_unlock(&mm.lock);
	if (flush)
		flush_here(&mm, va, HUGE, true);
	phys_free_table(arch_pte_pa(old, HUGE + 1));
	ok = verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_shadow, stale_walk_cache)
{
	ORACLE_CASE(r, 1);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, table_case(false, "stale-walk-cache"), "no flush");
	EXPECT_VERDICT(r, table_case(true, NULL), "flush");
}

/* Unhook a table with a leaf still in it; the leaf's frame goes. */
static bool full_table_case(bool flush, const char *hole)
{
	u64 va = pt_user_start(), pa = phys_alloc_huge(), next = va + pt_size(HUGE);
	struct pword *slot;
	pte_t old;
	bool ok;

	mm_create(&mm);
	pt_map(&mm, next, pa, PROT_R, HUGE);
	slot = pt_slot(&mm, va, HUGE + 1, false);
	mm_switch(&mm);
	begin();
	spin_lock(&mm.lock);
	old = pte_xchg(&mm, slot, va, HUGE + 1, PTE_NONE);
	spin_unlock(&mm.lock);
	flush_here(&mm, flush ? next : va, HUGE, false);
	frame_put(pa);
	ok = verdict_is(hole);
	mm_switch(NULL);
	phys_free_table(arch_pte_pa(old, HUGE + 1));
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_shadow, leaf_below_table)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, full_table_case(false, "stale-tlb"), "flush of another page");
	EXPECT_VERDICT(r, full_table_case(true, NULL), "flush");
}

/* The entry of a page gets another frame: in one store, or broken first; its old translation invalidated in between or not. */
enum { BREAK = 16, RIGHTS_ONLY = 32 };

static bool remap_case(unsigned steps, const char *hole)
{
	u64 va = pt_user_start(), a = phys_alloc_page(), b = phys_alloc_page();
	struct pword *slot;
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, a, PROT_R | PROT_W, 0);
	slot = pt_slot(&mm, va, 0, false);
	mm_switch(&mm);
	begin();
	spin_lock(&mm.lock);
	if (steps & BREAK)
		pte_store(&mm, slot, va, 0, PTE_NONE);
	if (steps & FLUSH)
		flush_here(&mm, va, 0, false);
	pte_store(&mm, slot, va, 0, arch_pte_leaf(steps & RIGHTS_ONLY ? a : b, PROT_R, 0));
	spin_unlock(&mm.lock);
	ok = verdict_is(hole);
	flush_here(&mm, va, 0, false);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(a);
	frame_put(b);
	return ok;
}

TEST_CASE(oracle_shadow, break_before_make)
{
	const char *bbm = ARCH_BREAK_BEFORE_MAKE ? "bbm" : NULL;

	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, remap_case(0, bbm), "another address in one store");
	EXPECT_VERDICT(r, remap_case(BREAK, "stale-repointed"), "broken, not invalidated");
	EXPECT_VERDICT(r, remap_case(RIGHTS_ONLY, NULL), "other rights in one store");
	EXPECT_VERDICT(r, remap_case(BREAK | FLUSH, NULL), "broken, invalidated, made");
}

static void no_inval(struct mm *m, const struct tlb_range *r, struct cpumask *drained)
{
	(void)m, (void)r;
	if (drained)
		cpumask_clear(drained);
}

/* The mapper's own way from a 2M leaf to small ones and back, with and without the invalidate in the middle. */
static bool mapper_case(bool collapse, bool flush, const char *hole)
{
	static const struct tlb_method good = { .name = "here", .inval = test_inval_here }, bad = { .name = "nowhere", .inval = no_inval };
	u64 va = pt_user_start(), pa = phys_alloc_huge();
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, HUGE);
	mm_switch(&mm);
	if (collapse)
		pt_split(&mm, va, HUGE, &good);
	begin();
	if (collapse)
		pt_collapse(&mm, va, HUGE, flush ? &good : &bad, test_no_walkers);
	else
		pt_split(&mm, va, HUGE, flush ? &good : &bad);
	ok = verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	return ok;
}

TEST_CASE(oracle_shadow, split_collapse)
{
	ORACLE_CASE(r, 1);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, mapper_case(false, true, NULL), "split");
	EXPECT_VERDICT(r, mapper_case(true, true, NULL), "collapse");
	EXPECT_VERDICT(r, mapper_case(false, false, ARCH_BREAK_BEFORE_MAKE ? "bbm" : "two-sizes"), "split without its invalidate");
	EXPECT_VERDICT(r, mapper_case(true, false, "stale-walk-cache"), "collapse without its invalidate");
}

/* A leaf of 2M makes way for one of 4K at the same VA. */
static bool size_case(bool flush, const char *hole)
{
	u64 va = pt_user_start(), big = phys_alloc_huge(), small = phys_alloc_page();
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, big, PROT_R, HUGE);
	mm_switch(&mm);
	begin();
	pt_unmap(&mm, va, HUGE, NULL);
	if (flush)
		flush_here(&mm, va, HUGE, false);
	pt_map(&mm, va, small, PROT_R, 0);
	ok = verdict_is(hole);
	pt_unmap(&mm, va, 0, NULL);
	mm_switch(NULL);
	frame_put(small);
	frame_put(big);
	mm_destroy(&mm);
	return ok;
}

TEST_CASE(oracle_shadow, two_sizes)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, size_case(false, ARCH_BREAK_BEFORE_MAKE ? "bbm" : "two-sizes"), "no flush");
	EXPECT_VERDICT(r, size_case(true, NULL), "flush");
}

/* --- walkers --- */

static struct {
	enum walk_kind kind;
	bool leave;          /* end the walk before sync() returns */
	struct pword slot;
	pte_t e;
	u64 va;
	volatile u64 inside, over;
} other;

static void other_walk(void *arg)
{
	unsigned late = 0;

	(void)arg;
	oracle_walk_begin(&mm, other.kind);
	oracle_walk_loaded(&other.slot, pword_load(&other.slot), other.va, HUGE);
	if (other.leave)
		oracle_walk_end();
	other.inside = 1;
	wait_until(other.over, wait_late("the end of a walk", &late));
	if (!other.leave)
		oracle_walk_end();
}

/* CPU 1 walks to a frame; its entry goes; sync() is said to have returned, or the frame is freed at once (@free). */
static bool walk_case(enum walk_kind kind, bool leave, bool free, const char *hole)
{
	u64 pa = phys_alloc_huge();
	unsigned late = 0, walkers;
	bool ok;

	other.kind = kind;
	other.leave = leave;
	other.va = pt_user_start();
	other.e = arch_pte_leaf(pa, PROT_R, HUGE);
	other.slot.v = other.e;
	other.inside = other.over = 0;
	begin();
	smp_run(1, other_walk, NULL);
	wait_until(other.inside, wait_late("a walk to begin", &late));
	walkers = oracle_walkers(&mm);
	pword_store(&other.slot, PTE_NONE);
	if (!free)
		oracle_sync_done(&mm, &other.slot, other.e);
	frame_put(pa);
	ok = verdict_is(hole) && walkers == (leave ? 0 : 1);
	other.over = 1;
	smp_join(1, "a walk to end");
	return ok;
}

TEST_CASE(oracle_shadow, walk_after_sync)
{
	ORACLE_CASE(r, 2);
	EXPECT_VERDICT(r, walk_case(WALK_BARE, false, false, "walk-after-sync"), "bare, still inside");
	EXPECT_VERDICT(r, walk_case(WALK_BARE, false, true, "freed-in-walk"), "bare, freed without a sync");
	EXPECT_VERDICT(r, walk_case(WALK_BARE, true, false, NULL), "bare, over");
	EXPECT_VERDICT(r, walk_case(WALK_GUP, false, false, NULL), "takes references, has none yet");
}

/* --- a walk that is over, and whether anything ordered that before sync() returned --- */

static struct pword mark;

enum way { STORE, XCHG, CMPXCHG, ADD, AND, OR };

static void clear_mark(enum way way)
{
	switch (way) {
	case STORE:
		pword_store_release(&mark, 0);
		fence_full(); /* lets the cleared mark be seen, and releases nothing else */
		break;
	case XCHG:
		pword_xchg(&mark, 0);
		break;
	case CMPXCHG:
		pword_cmpxchg(&mark, 1, 0);
		break;
	case ADD:
		pword_add(&mark, -1);
		break;
	case AND:
		pword_and(&mark, ~1ULL);
		break;
	case OR:
		pword_or(&mark, 2);
		break;
	}
}

static void short_walk(void *way)
{
	unsigned late = 0;

	pword_store(&mark, 1);
	fence_full(); /* as in the begin() of a scheme */
	oracle_walk_begin(&mm, WALK_BARE);
	oracle_walk_loaded(&other.slot, other.e, other.va, HUGE);
	oracle_walk_end();
	clear_mark(*(enum way *)way);
	other.inside = 1;
	while (!other.over && late++ < 1U << 24)
		arch_relax();
}

enum look { BLIND, LOOK, LOOK_ATOMIC };

/* CPU 1 walks, marks that and clears the mark; the writer looks at the mark or not. Neither waits in a way that orders them. */
static bool order_case(enum way way, enum look look, const char *hole)
{
	u64 pa = phys_alloc_huge();
	unsigned turns = 0;
	bool ok;

	other.va = pt_user_start();
	other.e = arch_pte_leaf(pa, PROT_R, HUGE);
	other.inside = other.over = 0;
	begin_with(true);
	smp_run(1, short_walk, &way);
	while (!other.inside && turns++ < 1U << 24)
		arch_relax();
	if (look == LOOK)
		pword_load(&mark);
	if (look == LOOK_ATOMIC)
		pword_or(&mark, 4);
	oracle_sync_done(&mm, &other.slot, other.e);
	ok = verdict_is(hole);
	other.over = 1;
	smp_join(1, "a short walk");
	frame_put(pa);
	return ok;
}

TEST_CASE(oracle_shadow, walk_overlooked)
{
	ORACLE_CASE(r, 2);
	EXPECT_VERDICT(r, order_case(STORE, BLIND, "walk-overlooked"), "nobody looked at the mark");
	EXPECT_VERDICT(r, order_case(STORE, LOOK, NULL), "the mark was seen cleared");
	EXPECT_VERDICT(r, order_case(STORE, LOOK_ATOMIC, NULL), "an atomic saw the mark cleared");
}

TEST_CASE(oracle_shadow, atomic_mark)
{
	static const char *const name[] = { "store", "xchg", "cmpxchg", "add", "and", "or" };

	ORACLE_CASE(r, 2);
	for (enum way way = XCHG; way <= OR; way++) {
		EXPECT_VERDICT(r, order_case(way, BLIND, "walk-overlooked"), "nobody looked at the mark");
		T_EXPECT(r, order_case(way, LOOK, NULL), "the mark was seen as %s left it: %s", name[way], verdict_text());
	}
}

/* This CPU reads what it found, which is still what it was. */
static bool luck_case(enum walk_kind kind, const char *hole)
{
	u64 pa = phys_alloc_huge();
	struct pword slot = { arch_pte_leaf(pa, PROT_R, HUGE) };

	begin();
	oracle_walk_begin(&mm, kind);
	oracle_walk_loaded(&slot, slot.v, pt_user_start(), HUGE);
	oracle_walk_deref(pa);
	oracle_walk_end();
	frame_put(pa);
	return verdict_is(hole);
}

TEST_CASE(oracle_shadow, unreferenced)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, luck_case(WALK_GUP, "deref-unreferenced"), "takes references, has none");
	EXPECT_VERDICT(r, luck_case(WALK_BARE, NULL), "bare, inside its walk");
}

enum end { DEREF, GRAB };

/* This CPU walks to a frame that is freed meanwhile (and, with @reuse, allocated again), and then uses it. */
static bool use_case(enum walk_kind kind, bool reuse, enum end end, const char *hole)
{
	u64 pa = phys_alloc_huge(), next = 0;
	struct pword slot = { arch_pte_leaf(pa, PROT_R, HUGE) };
	bool ok;

	oracle_walk_begin(&mm, kind);
	oracle_walk_loaded(&slot, slot.v, pt_user_start(), HUGE);
	frame_put(pa);
	if (reuse)
		next = phys_alloc_huge();
	begin(); /* that it was freed in the walk is another verdict */
	if (end == GRAB) {
		oracle_walk_ref(pa);
		oracle_walk_unref(pa);
	} else {
		oracle_walk_deref(pa);
	}
	oracle_walk_end();
	ok = verdict_is(hole) && (!reuse || next == pa);
	if (next)
		frame_put(next);
	return ok;
}

TEST_CASE(oracle_shadow, use_after_free)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, use_case(WALK_BARE, false, DEREF, "deref-freed"), "bare, free");
	EXPECT_VERDICT(r, use_case(WALK_BARE, true, DEREF, "deref-freed"), "bare, reused");
	EXPECT_VERDICT(r, use_case(WALK_GUP, true, DEREF, "deref-unreferenced"), "no reference, reused");
	EXPECT_VERDICT(r, use_case(WALK_GUP, true, GRAB, "bad-gup"), "reference on the next owner's frame");
	EXPECT_VERDICT(r, use_case(WALK_GUP, false, GRAB, "bad-gup"), "reference on a free frame");
}

/* The frame is freed, allocated again and mapped: in the same slot, so that its entry is what it was, or, with @elsewhere, in another. */
static bool back_case(bool elsewhere, const char *hole)
{
	u64 pa = phys_alloc_huge(), va = pt_user_start();
	struct pword slot = { arch_pte_leaf(pa, PROT_R, HUGE) }, other = { PTE_NONE };
	pte_t e = slot.v;
	bool ok;

	oracle_walk_begin(&mm, WALK_GUP);
	oracle_walk_loaded(&slot, e, va, HUGE);
	pte_store(&mm, &slot, va, HUGE, PTE_NONE);
	frame_put(pa);
	if (phys_alloc_huge() != pa)
		return false;
	pte_store(&mm, elsewhere ? &other : &slot, va, HUGE, e);
	begin(); /* that it was freed in the walk is another verdict */
	oracle_walk_ref(pa);
	oracle_walk_unref(pa);
	oracle_walk_end();
	ok = verdict_is(hole); /* what follows flushes nothing */
	pte_store(&mm, elsewhere ? &other : &slot, va, HUGE, PTE_NONE);
	frame_put(pa);
	return ok;
}

TEST_CASE(oracle_shadow, mapped_again)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, back_case(false, NULL), "where it was: what the walk found is what is there");
	EXPECT_VERDICT(r, back_case(true, "bad-gup"), "elsewhere");
}

/* With a reference the frame outlives its mapping and the walk. */
static bool held_case(bool drop, const char *hole)
{
	u64 pa = phys_alloc_huge();
	struct pword slot = { arch_pte_leaf(pa, PROT_R, HUGE) };

	begin();
	oracle_walk_begin(&mm, WALK_GUP);
	oracle_walk_loaded(&slot, slot.v, pt_user_start(), HUGE);
	frame_try_get(pa);
	oracle_walk_ref(pa);
	oracle_walk_end();
	frame_put(pa); /* the mapping's */
	if (drop)
		oracle_walk_unref(pa);
	oracle_walk_deref(pa);
	if (!drop)
		oracle_walk_unref(pa);
	frame_put(pa);
	return verdict_is(hole);
}

TEST_CASE(oracle_shadow, held)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, held_case(false, NULL), "held");
	EXPECT_VERDICT(r, held_case(true, "deref-unreferenced"), "read after the reference was given back");
}
