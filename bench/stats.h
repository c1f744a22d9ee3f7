/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_STATS_H
#define SKEET_STATS_H

#include <types.h>

struct stats {
	u64 min, p50, p90, p99, p999, max;
	u64 mean_milli, sd_milli; /* thousandths of a tick */
};

/* Sorts @v (n >= 1 values) and summarises it. Percentile: nearest rank. */
void stats_of(u32 *v, u64 n, struct stats *st);
/* Values in units of 1/@by: whole ticks, mean and deviation keep their thousandths. */
void stats_divide(struct stats *st, u64 by);
u64 isqrt(u64 x);

#endif
