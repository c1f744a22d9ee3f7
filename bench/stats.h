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
};

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
