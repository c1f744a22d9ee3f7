/* SPDX-License-Identifier: GPL-2.0-only */
/* What the workloads share whose CPUs come and go: their writers (lazy_storm.c). For verdicts. */
#ifndef SKEET_STORM_H
#define SKEET_STORM_H

#include <workload.h>

/* The second writer's leaves: in the same table, behind all that the pool has. */
#define STORM_SECONDS 2u
static inline unsigned storm_second(unsigned i)
{
	return 64 + i;
}
/* Map them. */
void storm_map_second(struct run *run);
/* Unmap the leaf in slot run->slot + @at: clear, invalidate, sync, free. */
void storm_zap(struct run *run, unsigned at);
/* A sample: that, and more of it by run->spare at the same time; once in four, a page table comes and goes. */
void storm_sample(struct run *run, struct sample *s);

#endif
