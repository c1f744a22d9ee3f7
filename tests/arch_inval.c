// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every operation that invalidates with every barrier that goes with it (arch/<isa>/inval.c), on the real TLBs, by the round of
 * stale_pages.h: what is complete leaves nothing stale where it reaches, and everything elsewhere; of what is not complete only that is
 * judged which the emulator is known to show (struct inval_op, waits).
 *
 * Neighbours that go with a page are no fault here: arch_tlb, arch_tlbie and arch_sfence ask for them.
 */
#include <console.h>
#include <inval.h>

#include "stale_pages.h"

#define PLACES 8

static struct {
	const struct inval_op *op;
	unsigned barrier;
} pair;

static void nothing(void)
{
}

static void operate(void)
{
	pair.op->issue(set.mm.asid, set.va[TARGET], 1);
	arch_inval_barriers[pair.barrier].complete();
}

/* Pages that are fresh behind it on a CPU that it reaches. */
static unsigned named(void)
{
	return pair.op->walks ? 0 : pair.op->whole ? ALL_PAGES : 1U << TARGET;
}

/* Pages that must be fresh on a CPU, if the operation is @reached there and complete. */
static unsigned gone(bool reached)
{
	return reached ? named() : 0;
}

static bool still_translates(unsigned seen, bool reached)
{
	return seen & gone(reached);
}

/* Where nothing must be fresh everything must be stale. */
static bool lost(unsigned seen, bool reached)
{
	return !gone(reached) && seen != ALL_PAGES;
}

/* What the code of a round evicts is lost at one place, and what it invalidates at every one: so the best of a few counts. */
static bool judge_pair(struct test_result *r, bool here, bool there)
{
	char name[80], where[120];

	there &= nr_cpus > 1;
	inval_pair_name(name, sizeof(name), pair.op, pair.barrier);
	for (unsigned tries = PLACES; tries; tries--, set.moved += 2) {
		if (!settle(nothing)) {
			test_no_stale(r, "without an invalidate: ");
			return false;
		}
		round_of(operate);
		if (still_translates(set.here, here) || still_translates(set.there, there)) {
			test_set(r, T_FAIL, "%s: pages are stale behind it: 0x%x here, 0x%x there", name, set.here, set.there);
			return false;
		}
		if (!lost(set.here, here) && !lost(set.there, there))
			return true;
	}
	ksnprintf(where, sizeof(where), "%s, where it does not reach: ", name);
	test_no_stale(r, where);
	return false;
}

/* Every pair of the machine that is complete, or of those that are not each that is shown; how many, or 0 if one failed. */
static unsigned each_pair(struct test_result *r, bool complete)
{
	unsigned n = 0;

	for (pair.op = arch_inval_ops; pair.op->name; pair.op++) {
		unsigned first = complete ? pair.op->needs : pair.op->first, end = complete ? pair.op->last + 1 : pair.op->waits;

		for (unsigned b = first; b < end && !inval_op_lacks(pair.op); b++, n++) {
			pair.barrier = b;
			if (!judge_pair(r, complete && pair.op->reach != INVAL_OTHERS, complete && pair.op->reach != INVAL_HERE))
				return 0;
		}
	}
	return n;
}

/* NULL, or why nothing of this machine can be judged. */
static const char *lacks_all(void)
{
	if (!ARCH_HAS_TLB)
		return "this arch has no TLB of its own: the oracle's shadow is it";
	for (const struct inval_op *op = arch_inval_ops; op->name; op++)
		if (!inval_op_lacks(op))
			return NULL;
	return inval_op_lacks(arch_inval_ops);
}

TEST_CASE(arch_inval, complete)
{
	unsigned n;

	if (lacks_all()) {
		test_set(r, T_SKIP, "%s", lacks_all());
		return;
	}
	n = each_pair(r, true);
	if (n)
		test_set(r, T_PASS, "%u pairs: fresh where they reach, stale elsewhere%s", n, nr_cpus > 1 ? "" : " (one CPU)");
}

/* The negative controls. */
TEST_CASE(arch_inval, incomplete)
{
	unsigned n, all = 0, shown = 0;

	for (const struct inval_op *op = arch_inval_ops; op->name; op++) {
		all += inval_op_lacks(op) ? 0 : op->needs - op->first;
		shown += inval_op_lacks(op) ? 0 : op->waits;
	}
	if (!all) {
		test_set(r, T_SKIP, "no operation of this machine has too narrow a barrier");
		return;
	}
	if (!shown) {
		test_set(r, T_SKIP, "%u pairs have too narrow a barrier, and TCG carries all of them out before it", all);
		return;
	}
	if (!test_under_tcg()) { /* early is no fault of a machine */
		test_set(r, T_SKIP, "a machine may be done before it is asked (under TCG it is known when)");
		return;
	}
	n = each_pair(r, false);
	if (n)
		test_set(r, T_PASS, "%u of %u pairs whose barrier is too narrow leave every page stale; TCG carries the others out before it", n,
			 all);
}

/* --- operations --- */

/* Of @op for 1, 2 and 64 pages: of the whole always the same, of pages one each, or fewer where one operation takes several. */
static bool operations_fit(const struct inval_op *op, const u64 ops[3])
{
	if (op->whole)
		return ops[0] && ops[0] == ops[1] && ops[0] == ops[2];
	return ops[0] == 1 && (ops[1] == 2 ? ops[2] == 64 : ops[1] == 1 && ops[2] <= 32);
}

TEST_CASE(arch_inval, operations)
{
	unsigned n = 0;

	if (lacks_all()) {
		test_set(r, T_SKIP, "%s", lacks_all());
		return;
	}
	set_up();
	mm_switch(&set.mm);
	for (const struct inval_op *op = arch_inval_ops; op->name; op++) {
		u64 ops[3];

		if (inval_op_lacks(op))
			continue;
		for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
			ops[i] = op->issue(set.mm.asid, set.va[TARGET], (u64[]){ 1, 2, 64 }[i]);
		arch_inval_barriers[op->last].complete();
		n++;
		if (operations_fit(op, ops))
			continue;
		test_set(r, T_FAIL, "%s: %lu, %lu, %lu operations for 1, 2, 64 pages", op->name, ops[0], ops[1], ops[2]);
		break;
	}
	tear_down();
	if (r->v == T_NONE)
		test_set(r, T_PASS, "%u operations", n);
}

/* --- several initiators of the hardware's broadcast --- */

static struct {
	volatile u64 ready, done; /* CPUs */
	unsigned stale[NR];
} many;

static void arrive(volatile u64 *at, const char *what)
{
	unsigned late = 0;

	/* Full: what this CPU did so far before it is seen here, and that before what it does next. */
	__atomic_fetch_add(at, 1, __ATOMIC_SEQ_CST);
	wait_until(__atomic_load_n(at, __ATOMIC_SEQ_CST) == NR, wait_late(what, &late));
}

/* Each CPU invalidates a page of its own, then looks at all. */
static void one_of_many(void *arg)
{
	unsigned me = this_cpu();

	(void)arg;
	if (me) {
		mm_switch(&set.mm);
		stale();
		set.phase++;
		await(NR); /* CPU 0 has changed the entries */
	}
	arrive(&many.ready, "all initiators");
	pair.op->issue(set.mm.asid, set.va[me], 1);
	arch_inval_barriers[pair.op->needs].complete();
	arrive(&many.done, "all initiators' ends");
	many.stale[me] = stale();
	if (me)
		mm_switch(NULL);
}

static void many_at_once(void)
{
	many.ready = many.done = 0;
	set_up();
	mm_switch(&set.mm);
	stale();
	for (unsigned cpu = 1; cpu < NR; cpu++) {
		smp_run(cpu, one_of_many, NULL);
		await(cpu);
	}
	re_point();
	set.phase = NR;
	one_of_many(NULL);
	for (unsigned cpu = 1; cpu < NR; cpu++)
		smp_join(cpu, "an initiator of a broadcast");
	tear_down();
}

TEST_CASE(arch_inval, at_once)
{
	unsigned n = 0;

	if (nr_cpus < NR) {
		test_set(r, T_SKIP, "needs %u CPUs", NR);
		return;
	}
	if (inval_lacks_bcast()) {
		test_set(r, T_SKIP, "%s", inval_lacks_bcast());
		return;
	}
	for (pair.op = arch_inval_ops; pair.op->name; pair.op++) {
		if (pair.op->reach != INVAL_EVERYWHERE || pair.op->walks || inval_op_lacks(pair.op))
			continue;
		many_at_once();
		for (unsigned cpu = 0; cpu < NR; cpu++)
			T_EXPECT(r, !many.stale[cpu], "%s by %u CPUs at once: CPU %u still translates 0x%x", pair.op->name, NR, cpu,
				 many.stale[cpu]);
		n++;
	}
	test_set(r, T_PASS, "%u operations by %u CPUs at once, a page each: every CPU has lost every page", n, NR);
}
