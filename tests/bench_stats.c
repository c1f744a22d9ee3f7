// SPDX-License-Identifier: GPL-2.0-only
/* The differences of pairs: their mean and deviation, and which pairs do not count. */
#include <test.h>

#include "../bench/stats.h"

/* Four differences of 20 and 40, and two pairs of which one side was interrupted. */
static const u32 slow[] = { 120, 140, 900, 120, 140, 130 };
static const u32 fast[] = { 100, 100, 100, 100, 100, 900 };

static const struct {
	const u32 *v, *base;
	struct stats_pairs want;
} pairs[] = {
	{ slow, fast, { .n = 4, .base = 100, .diff = 30, .sd = 11 } },
	{ fast, slow, { .n = 4, .base = 130, .diff = -30, .sd = 11 } },
	{ fast, fast, { .n = 5, .base = 100, .diff = 0, .sd = 0 } },
};

TEST_CASE(bench_stats, pairs)
{
	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct stats_pairs *want = &pairs[i].want;
		struct stats_pairs got;

		stats_pairs(pairs[i].v, pairs[i].base, ARRAY_SIZE(slow), &got);
		T_EXPECT(r, got.n == want->n && got.base == want->base && got.diff == want->diff && got.sd == want->sd,
			 "row %u: %u pairs, base %u, difference %d, deviation %u", i, (unsigned)got.n, (unsigned)got.base, (int)got.diff,
			 (unsigned)got.sd);
	}
	test_set(r, T_PASS, "differences both ways, without pairs that were interrupted");
}
