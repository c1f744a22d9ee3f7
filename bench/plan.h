/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line asks for, checked before anything runs. */
#ifndef SKEET_PLAN_H
#define SKEET_PLAN_H

#include "crew.h"
#include "series.h"

#define PLAN_MAX 64

struct plan {
	const struct series *series; /* NULL: none is asked for */
	const struct workload *wl[PLAN_MAX];
	const struct sync_scheme *sync[PLAN_MAX];
	const struct tlb_method *tlb[PLAN_MAX];
	enum walk_type walk[NR_WALK_TYPES];
	unsigned walkers[PLAN_MAX];
	unsigned nr_wl, nr_sync, nr_tlb, nr_walk, nr_walkers;
	unsigned loaded; /* CPUs with the mm loaded, the writer among them */
	unsigned dwell;  /* percent */
	u64 seed;
	u64 n;           /* samples a cell; 0: the fixed function of workload and CPUs */
	u64 iterations;  /* of a verdict; 0: as many as its workload wants */
	bool bystander;  /* a CPU behind the walkers computes, and its interrupts are counted */
	bool pmu;        /* this CPU counts the instructions that it completes in samples */
	bool account;    /* accel=icount: one clock for all CPUs */
	char accel[16];
	const char *too_many; /* a key with more values than the plan can hold */
};

extern const char *const walk_names[NR_WALK_TYPES];

/*
 * @s: whose lists stand in for the words that are not given; NULL: none's. Returns 0, or prints what cannot be had and why, and returns -1.
 */
int plan_make(struct plan *p, const struct series *s);

#endif
