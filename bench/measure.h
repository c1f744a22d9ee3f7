/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_MEASURE_H
#define SKEET_MEASURE_H

#include "report.h"

/* All schemes of @p on one (workload, method, walker type, number of walkers), interleaved. Prints; 1 if a law or a time is wrong. */
int measure_group(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb, enum walk_type walk, unsigned walkers);
/* Interrupts and NMIs that all CPUs have taken so far. */
u64 measure_recv(void);

/* Of 1, 2, 4, ... and @most, as many CPUs as a series goes up to: what follows @n; 0: nothing. */
static inline unsigned measure_next(unsigned n, unsigned most)
{
	if (n >= most)
		return 0;
	return 2 * n < most ? 2 * n : most;
}

#endif
