// SPDX-License-Identifier: GPL-2.0-only
/* What the oracle says of walkers that hand out slots, take special leaves, or ask for a level: each hole open and closed. */
#include <mm.h>
#include <notifier.h>
#include <phys.h>
#include <walk.h>

#include "mm_fixture.h"
#include "oracle_verdict.h"

#define HUGE 1u

static struct mm mm;

/* This CPU takes @e for a leaf of level 1, inside a walk or not. */
static bool leaf_case(pte_t e, bool inside, const char *hole)
{
	struct pword slot = { e };

	begin();
	if (inside)
		oracle_walk_begin(&mm, WALK_BARE);
	oracle_walk_interpret(&slot, e, HUGE);
	if (inside)
		oracle_walk_end();
	return verdict_is(hole);
}

TEST_CASE(oracle_walkers, type_confused)
{
	u64 pa;

	ORACLE_CASE(r, 1);
	pa = phys_alloc_huge();
	EXPECT_VERDICT(r, leaf_case(arch_pte_leaf(pa, PROT_R, HUGE), true, NULL), "a leaf");
	EXPECT_VERDICT(r, leaf_case(arch_pte_table(pa, HUGE), true, "type-confused"), "a pointer to a table");
	EXPECT_VERDICT(r, leaf_case(PTE_NONE, true, "type-confused"), "nothing");
	EXPECT_VERDICT(r, leaf_case(arch_pte_leaf(pa, PROT_R, HUGE), false, "deref-unreferenced"), "a leaf, outside any walk");
	frame_put(pa);
}

/* This CPU walks to a leaf and takes a reference, or reads the frame. */
static bool use_case(enum walk_kind kind, unsigned prot, bool reference, const char *hole)
{
	u64 pa = phys_alloc_huge();
	struct pword slot = { arch_pte_leaf(pa, prot, HUGE) };

	begin();
	oracle_walk_begin(&mm, kind);
	oracle_walk_loaded(&slot, slot.v, pt_user_start(), HUGE);
	if (reference) {
		frame_try_grab(pa, FRAME_PIN);
		oracle_walk_ref(pa);
		oracle_walk_unref(pa);
		frame_drop(pa, FRAME_PIN);
	} else {
		oracle_walk_deref(pa);
	}
	oracle_walk_end();
	frame_put(pa);
	return verdict_is(hole);
}

TEST_CASE(oracle_walkers, special)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, use_case(WALK_GUP, PROT_R, true, NULL), "a reference on what has a count");
	EXPECT_VERDICT(r, use_case(WALK_GUP, PROT_R | PROT_SPECIAL, true, "special-ref"), "a reference on what has none");
	EXPECT_VERDICT(r, use_case(WALK_BARE, PROT_R | PROT_SPECIAL, false, NULL), "read, inside a walk");
	EXPECT_VERDICT(r, use_case(WALK_TABLES, PROT_R, false, "deref-unreferenced"), "a walker that uses no frame reads one");
}

TEST_CASE(oracle_walkers, stale_level)
{
	u64 va = pt_user_start(), pa;
	bool small, large, none;

	ORACLE_CASE(r, 1);
	pa = phys_alloc_huge();
	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, HUGE);
	begin();
	oracle_walk_level(&mm, va + PAGE_SIZE, HUGE);
	large = verdict_is(NULL);
	begin();
	oracle_walk_level(&mm, va, 0);
	small = verdict_is("stale-level");
	pt_unmap(&mm, va, HUGE, NULL);
	begin();
	oracle_walk_level(&mm, va, HUGE);
	none = verdict_is("stale-level");
	mm_destroy(&mm);
	frame_put(pa);
	T_EXPECT(r, large && small && none, "the level that it is %d, another %d, of nothing %d", large, small, none);
	test_set(r, T_PASS, "a level is as the tables say");
}

static void exempt_walk(void *arg)
{
	struct walked at;

	(void)arg;
	oracle_walk_begin(NULL, WALK_TABLES);
	walk_levels(&kernel_mm, (u64)(uintptr_t)&mm, WALK_T_EXEMPT, &at);
}

static void exempt_over(void *arg)
{
	(void)arg;
	oracle_walk_end();
}

/* CPU 1 is inside a walk of the kernel's own tree, which no mm counts among its walkers. */
TEST_CASE(oracle_walkers, exempt)
{
	unsigned walkers;

	ORACLE_CASE(r, 2);
	begin();
	smp_run(1, exempt_walk, NULL);
	smp_join(1, "a walk to begin");
	walkers = oracle_walkers(NULL);
	smp_run(1, exempt_over, NULL);
	smp_join(1, "a walk to end");
	EXPECT_VERDICT(r, verdict_is(NULL), "a walk of the kernel's tree");
	T_EXPECT(r, !walkers, "%u walkers counted", walkers);
}

TEST_CASE(oracle_walkers, notifier)
{
	struct notifier *n = &mm.notifier;
	u64 before, during;

	mm_create(&mm);
	before = notifier_seq(n);
	T_EXPECT(r, !notifier_retry(n, before), "a retry although nothing changed");
	notifier_start(&mm);
	during = notifier_seq(n);
	T_EXPECT(r, notifier_retry(n, before) && notifier_retry(n, during), "no retry while a change goes on");
	notifier_end(&mm);
	T_EXPECT(r, notifier_retry(n, before) && notifier_retry(n, during), "no retry behind a change");
	T_EXPECT(r, !notifier_retry(n, notifier_seq(n)), "a retry behind the change that was seen");
	mm_destroy(&mm);
}
