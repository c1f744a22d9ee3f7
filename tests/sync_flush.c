// SPDX-License-Identifier: GPL-2.0-only
/* Whom the schemes interrupt that look at what the flush has drained: for a mask that is empty, partial, full. */
#include <sync.h>
#include <test.h>
#include <tlb.h>

static struct mm mm;

static u64 sent_behind(const char *scheme, const struct cpumask *drained)
{
	u64 before = sync_count.ipi;

	sync_find(scheme)->sync(&mm, drained);
	return sync_count.ipi - before;
}

struct wanted {
	const char *scheme;
	u64 empty, one, all;
};

static void expect(struct test_result *r, const struct wanted *w)
{
	struct cpumask none, one, all;

	cpumask_clear(&none);
	one = none;
	cpumask_set(&one, nr_cpus - 1);
	sync_others(&all);
	u64 empty = sent_behind(w->scheme, &none), partial = sent_behind(w->scheme, &one), full = sent_behind(w->scheme, &all);

	T_EXPECT(r, empty == w->empty && partial == w->one && full == w->all,
		 "%s: nobody, CPU %u, all drained: sent %lu, %lu, %lu, not %lu, %lu, %lu", w->scheme, nr_cpus - 1, empty, partial, full,
		 w->empty, w->one, w->all);
}

TEST_CASE(sync_flush, targets)
{
	u64 others = nr_cpus - 1;
	const struct wanted wanted[] = {
		{ "broadcast", others, others, others },
		{ "flush-flag", others, 0, 0 },
		{ "flush-drained", others, others - 1, 0 },
		{ "flush-implied", others, others, others },
	};

	if (!others) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(wanted) && r->v != T_FAIL; i++)
		expect(r, &wanted[i]);
	tlb_flush_implies_ipi = true;
	if (r->v != T_FAIL)
		expect(r, &(struct wanted){ "flush-implied", 0, 0, 0 });
	tlb_flush_implies_ipi = false;
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "as each says");
}
