// SPDX-License-Identifier: GPL-2.0-only
/* Distributions in integers: nearest-rank percentiles, mean and standard deviation in thousandths. */
#include <stdlib.h>
#include <string.h>

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

static u64 sum_of(const u32 *v, u64 n)
{
	u64 sum = 0;

	for (u64 i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

static void parts_of(const u32 *v, u64 n, struct stats *st)
{
	st->parts = n < STATS_PARTS ? 0 : STATS_PARTS;
	for (unsigned i = 0; i < st->parts; i++) {
		u64 from = n * i / STATS_PARTS, to = n * (i + 1) / STATS_PARTS;

		st->part_milli[i] = sum_of(v + from, to - from) * 1000 / (to - from);
	}
}

static u64 sd_milli(const u32 *v, u64 n, u64 mean)
{
	u64 var = 0;

	if (n < 2)
		return 0;
	for (u64 i = 0; i < n; i++) {
		u64 d = v[i] > mean ? v[i] - mean : mean - v[i];

		var += d * d;
	}
	/* A large variance would overflow in millionths: its root is taken first. */
	return var < (1ULL << 44) ? isqrt(var * 1000000 / (n - 1)) : isqrt(var / (n - 1)) * 1000;
}

void stats_of(u32 *v, u64 n, struct stats *st)
{
	u64 sum = sum_of(v, n);

	parts_of(v, n, st);
	qsort(v, n, sizeof(*v), cmp_u32);
	st->min = v[0];
	st->p50 = rank(v, n, 500);
	st->p90 = rank(v, n, 900);
	st->p99 = rank(v, n, 990);
	st->p999 = rank(v, n, 999);
	st->max = v[n - 1];
	st->v = v;
	st->n = n;
	st->by = 1;
	st->mean_milli = sum * 1000 / n;
	st->sd_milli = sd_milli(v, n, sum / n);
}

u64 stats_median(u32 *v, u64 n)
{
	qsort(v, n, sizeof(*v), cmp_u32);
	return rank(v, n, 500);
}

/* What no sample takes that ran undisturbed. */
static u64 undisturbed(const u32 *v, unsigned n)
{
	static u32 sorted[STATS_PAIRS_MAX];

	memcpy(sorted, v, n * sizeof(*v));
	return 4 * stats_median(sorted, n);
}

void stats_pairs(const u32 *v, const u32 *base, unsigned n, struct stats_pairs *st)
{
	u64 most = undisturbed(v, n), most_base = undisturbed(base, n), var = 0;
	s64 sum = 0;

	*st = (struct stats_pairs){ 0 };
	for (unsigned i = 0; i < n; i++)
		if (v[i] <= most && base[i] <= most_base) {
			st->n++;
			st->base += base[i];
			sum += (s64)v[i] - base[i];
		}
	if (!st->n)
		return;
	st->base /= st->n;
	st->diff = sum / (s64)st->n;
	for (unsigned i = 0; i < n; i++)
		if (v[i] <= most && base[i] <= most_base) {
			s64 d = (s64)v[i] - base[i] - st->diff;

			var += (u64)(d * d);
		}
	st->sd = st->n > 1 ? isqrt(var / (st->n - 1)) : 0;
}

static void divide(u64 *v, u64 by)
{
	*v = (*v + by / 2) / by;
}

void stats_divide(struct stats *st, u64 by)
{
	u64 *whole[] = { &st->min, &st->p50, &st->p90, &st->p99, &st->p999, &st->max, &st->mean_milli, &st->sd_milli };

	for (unsigned i = 0; i < ARRAY_SIZE(whole); i++)
		divide(whole[i], by);
	for (unsigned i = 0; i < st->parts; i++)
		divide(&st->part_milli[i], by);
	st->by *= by;
}
