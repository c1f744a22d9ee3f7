/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_STATS_H
#define SKEET_STATS_H

#include <types.h>

/* The samples in the order in which they were taken, cut into so many parts of (nearly) one size: each saw other seeds. */
#define STATS_PARTS 5

struct stats {
	u64 min, p50, p90, p99, p999, max;
	u64 mean_milli, sd_milli;    /* thousandths of a tick */
	unsigned parts;              /* STATS_PARTS, or 0: fewer samples than that */
	u64 part_milli[STATS_PARTS]; /* mean of each part */
	const u32 *v; /* the samples, sorted, in units of 1/@by; not a copy */
	u64 n, by;
};

/* Of samples that were taken two by two, a value and a base each; in the unit of the samples. */
struct stats_pairs {
	u64 n;    /* pairs that count; 0: no pairs */
	u64 base; /* mean */
	s64 diff; /* mean of value less base */
	u64 sd;   /* of the differences */
};

/**
 * stats_pairs - the differences of pairs
 * @v: values
 * @base: what each was taken beside
 * @n: how many, 1 to STATS_PAIRS_MAX
 * @st: filled in; no pairs (n = 0) if each has an interrupted side
 *
 * A pair of which one side took more than four times that side's median was interrupted, and does not count: the rule is the same for
 * both sides, and does not look at the difference. Context: one caller at a time.
 */
void stats_pairs(const u32 *v, const u32 *base, unsigned n, struct stats_pairs *st);
#define STATS_PAIRS_MAX 4001

/* Summarises @v (n >= 1 values in the order in which they were taken) and sorts it. Percentile: nearest rank. */
void stats_of(u32 *v, u64 n, struct stats *st);
/* The median of @v (n >= 1 values); sorts it. */
u64 stats_median(u32 *v, u64 n);
/* What is left of @gross; where clocks are not exact, noise can take it below zero. */
static inline u32 stats_less(u64 gross, u64 less)
{
	return gross > less ? (u32)(gross - less) : 0;
}
/* Values in units of 1/@by: whole ticks, mean and deviation keep their thousandths. */
void stats_divide(struct stats *st, u64 by);
u64 isqrt(u64 x);

#endif
