// SPDX-License-Identifier: GPL-2.0-only
/*
 * RCU's calls and the batches of tables: what is called runs when the walks are over that were going on, and not before. The walkers are
 * records on the last CPU: a walk stays open from open_walk() to close_walk(), whatever that CPU does.
 */
#include <rcu.h>
#include <smp.h>
#include <table_batch.h>
#include <walk.h>

#include "mm_fixture.h"
#include "oracle_test.h"

#define NEEDS_WALKER(r)                                                                            \
	do {                                                                                       \
		if (nr_cpus < 2) {                                                                 \
			test_set(r, T_SKIP, "needs 2 CPUs");                                       \
			return;                                                                    \
		}                                                                                  \
	} while (0)

static struct mm mm;
static u64 va;

static void open_fn(void *arg)
{
	struct walked at;

	(void)arg;
	rcu_enter();
	oracle_walk_begin(&mm, WALK_BARE);
	walk_levels(&mm, va, WALK_T_BARE, &at);
}

static void close_fn(void *arg)
{
	(void)arg;
	oracle_walk_end();
	rcu_leave();
}

static void next_fn(void *arg)
{
	struct walked at;

	(void)arg;
	oracle_walk_end();
	rcu_note_quiescent(true);
	oracle_walk_begin(&mm, WALK_BARE);
	walk_levels(&mm, va, WALK_T_BARE, &at);
}

static void on_walker(void (*fn)(void *arg))
{
	smp_run(nr_cpus - 1, fn, NULL);
	smp_join(nr_cpus - 1, "a test's walker");
}

struct call {
	struct rcu_head head; /* first */
	unsigned runs;
};

static void ran(struct rcu_head *head)
{
	((struct call *)head)->runs++;
}

static void polls(unsigned n)
{
	while (n-- > 0)
		rcu_poll();
}

TEST_CASE(mm_rcu, nobody_walks)
{
	struct call a = { .runs = 0 };

	rcu_call(&a.head, ran);
	T_EXPECT(r, a.runs == 0, "rcu_call() ran it by itself");
	rcu_barrier();
	T_EXPECT(r, a.runs == 1, "ran %u times", a.runs);
	T_EXPECT(r, !rcu_poll(), "something is left behind the barrier");
	test_set(r, T_PASS, "once, behind the barrier");
}

TEST_CASE(mm_rcu, waits_for_the_walk)
{
	static struct call a, b;

	NEEDS_WALKER(r);
	a.runs = b.runs = 0;
	mm_create(&mm);
	va = test_va(1);
	on_walker(open_fn);
	rcu_call(&a.head, ran);
	polls(3);
	T_EXPECT(r, a.runs == 0, "ran although a walk went on");
	/* The next walk began before this call, and a's grace period does not wait for it. */
	on_walker(next_fn);
	rcu_call(&b.head, ran);
	polls(1);
	T_EXPECT(r, a.runs == 1 && b.runs == 0, "behind one quiescent state: %u and %u", a.runs, b.runs);
	polls(3);
	T_EXPECT(r, b.runs == 0, "the call made during a grace period did not wait for the next");
	on_walker(close_fn);
	rcu_barrier();
	T_EXPECT(r, b.runs == 1, "ran %u times behind the barrier", b.runs);
	mm_destroy(&mm);
	test_set(r, T_PASS, "each waits for its own");
}

/* A table that is unhooked while a walk is inside; returns what the oracle says when it has been given back. */
static const char *give_back(bool late_call, bool walk_ends_first)
{
	static struct call other;
	struct table_batch *batch = NULL;
	struct pword *slot;
	const char *found;
	u64 pa, table;

	mm_create(&mm);
	va = test_va(1);
	pa = phys_alloc_page();
	pt_map(&mm, va, pa, PROT_R, 0);
	slot = pt_slot(&mm, va, 1, false);
	test_oracle_start();
	if (late_call) {
		rcu_call(&other.head, ran);
		rcu_poll();
	}
	on_walker(open_fn);
	table = arch_pte_pa(pte_load(slot), 1);
	pt_unmap(&mm, va, 0, NULL);
	pte_store(&mm, slot, va, 1, PTE_NONE);
	test_inval_here(&mm, &(struct tlb_range){ .va = va, .nr = 1, .level = 0, .tables = true }, NULL);
	table_batch_add(&batch, table);
	table_batch_flush(&batch);
	polls(4);
	if (walk_ends_first)
		on_walker(close_fn);
	rcu_mut = MUT_NONE;
	if (!walk_ends_first)
		on_walker(close_fn);
	rcu_barrier();
	found = test_oracle_stop();
	frame_put(pa);
	mm_destroy(&mm);
	return found;
}

TEST_CASE(mm_rcu, batch)
{
	unsigned before = phys_tables();
	const char *found;

	NEEDS_WALKER(r);
	found = give_back(false, true);
	T_EXPECT(r, !found, "%s", found);
	T_EXPECT(r, phys_tables() == before, "%u tables are left", phys_tables() - before);
	test_set(r, T_PASS, "free behind the walk");
}

TEST_CASE(mm_rcu, batch_early)
{
	ORACLE_CASE(r, 2);
	rcu_mut = M_RCU_SKIP_CPU;
	T_EXPECT(r, give_back(false, false), "a CPU left out of the grace period: silent");
	rcu_mut = M_RCU_JOIN_LATE;
	T_EXPECT(r, give_back(true, false), "a call that joins a grace period under way: silent");
	test_set(r, T_PASS, "freed in a walk, twice");
}

TEST_CASE(mm_rcu, batch_without_memory)
{
	unsigned before = phys_tables();
	struct table_batch *batch = NULL;
	u64 tables[3];

	for (unsigned i = 0; i < 3; i++)
		tables[i] = phys_alloc_table();
	table_batch_fail = 2;
	for (unsigned i = 0; i < 3; i++) {
		table_batch_add(&batch, tables[i]);
		T_EXPECT(r, phys_tables() == before + (i < 2 ? 2 - i : 1), "table %u: %u left", i, phys_tables() - before);
	}
	T_EXPECT(r, batch, "the third found no page");
	table_batch_flush(&batch);
	rcu_barrier();
	T_EXPECT(r, phys_tables() == before, "%u tables are left", phys_tables() - before);
	test_set(r, T_PASS, "two one by one, one in a batch");
}
