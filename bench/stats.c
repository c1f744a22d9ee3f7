/* SPDX-License-Identifier: GPL-2.0-only */
/* Distributions in integers: nearest-rank percentiles, mean and standard deviation in thousandths. */
#include <stdlib.h>

#include "stats.h"

static int cmp_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

u64 isqrt(u64 x)
{
	u64 r = 0, bit = 1ULL << 62;

	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (x >= r + bit) {
			x -= r + bit;
			r = (r >> 1) + bit;
		} else {
			r >>= 1;
		}
	}
	return r;
}

static u64 rank(const u32 *v, u64 n, u64 per_mille)
{
	u64 i = (n * per_mille + 999) / 1000;

	return v[i ? i - 1 : 0];
}

void stats_of(u32 *v, u64 n, struct stats *st)
{
	u64 sum = 0, mean, var = 0;

	qsort(v, n, sizeof(*v), cmp_u32);
	for (u64 i = 0; i < n; i++)
		sum += v[i];
	mean = sum / n;
	for (u64 i = 0; i < n; i++) {
		u64 d = v[i] > mean ? v[i] - mean : mean - v[i];

		var += d * d;
	}
	*st = (struct stats){
		.min = v[0],
		.p50 = rank(v, n, 500),
		.p90 = rank(v, n, 900),
		.p99 = rank(v, n, 990),
		.p999 = rank(v, n, 999),
		.max = v[n - 1],
		.mean_milli = sum * 1000 / n,
		/* Large variances would overflow in millionths: their root is taken first. */
		.sd_milli = n < 2 ? 0 :
			    var < (1ULL << 44) ? isqrt(var * 1000000 / (n - 1)) :
						 isqrt(var / (n - 1)) * 1000,
	};
}

void stats_divide(struct stats *st, u64 by)
{
	u64 *whole[] = { &st->min, &st->p50, &st->p90, &st->p99, &st->p999, &st->max, &st->mean_milli, &st->sd_milli };

	for (unsigned i = 0; i < ARRAY_SIZE(whole); i++)
		*whole[i] = (*whole[i] + by / 2) / by;
}
