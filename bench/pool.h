/* SPDX-License-Identifier: GPL-2.0-only */
/* The mapping that is torn down: up to POOL_MAX 2M leaves of one mm, refilled between rounds, outside every window. */
#ifndef SKEET_POOL_H
#define SKEET_POOL_H

#include <workload.h>

#define POOL_MAX 512

struct pool {
	u64 base;
	unsigned nr;
	struct pword *slot[POOL_MAX];
};

/* Map min(@want, POOL_MAX, what memory holds) tagged frames; returns how many (0: no memory, printed). */
unsigned pool_fill(struct pool *p, struct mm *mm, unsigned want);
u64 pool_va(const struct pool *p, unsigned i);
/* The next sample of @run, and its walkers, take leaf @i. */
void pool_aim(const struct pool *p, unsigned i, struct run *run);
/* The next owner takes the frame that was freed last, writes its own word and gives it back. */
void pool_reuse(void);

#endif
