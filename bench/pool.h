/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mapping that is torn down: 2M leaves of one mm, refilled between rounds, outside every window. Each leaf has a frame of its own,
 * up to POOL_MAX; or all share a few, of which each counts a reference a leaf: then there may be as many leaves as level-1 tables hold.
 */
#ifndef SKEET_POOL_H
#define SKEET_POOL_H

#include <workload.h>

#define POOL_MAX 512
#define POOL_TABLES 512
#define POOL_SPAN_MAX 64

struct pool {
	u64 base;
	unsigned nr;   /* of leaves */
	unsigned span; /* leaves of one sample */
	struct pword *table[POOL_TABLES]; /* slots of the leaves, by level-1 table */
};

/* The most leaves that any pool of this machine can have: by its tables, and by the addresses that belong to an mm alone. */
u64 pool_most(void);
/* Map @want tagged frames as large leaves, or as many as memory holds and POOL_MAX allows; returns how many (0: no memory, printed). */
unsigned pool_fill(struct pool *p, struct mm *mm, unsigned want);
/*
 * Map what @want samples of @wl take, or fewer as above; with frames that leaves share, all, at most pool_most(). Returns for how many
 * samples.
 */
unsigned pool_fill_for(struct pool *p, struct mm *mm, unsigned want, const struct workload *wl);
u64 pool_va(const struct pool *p, unsigned i);
/* The next sample of @run, and its walkers, take the leaves of sample @i. */
void pool_aim(const struct pool *p, unsigned i, struct run *run);
/*
 * Whatever stands at the addresses of this sample goes, tables with the references of their leaves: by the run's method and a sync that
 * waits for everybody.
 */
void pool_drop(struct run *run);
/* The next owner takes the frame that was freed last, writes its own word and gives it back. */
void pool_reuse(void);

#endif
