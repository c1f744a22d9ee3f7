/* SPDX-License-Identifier: GPL-2.0-only */
/* One line a cell and metric (@r), one a verdict (@v): the only things that tools read. */
#ifndef SKEET_REPORT_H
#define SKEET_REPORT_H

#include "plan.h"
#include "stats.h"

/* One cell: a point of the matrix. */
struct cell {
	const struct workload *wl;
	const struct sync_scheme *sync;
	const struct tlb_method *tlb; /* NULL: the workload does not invalidate */
	enum walk_type walk;
	unsigned mut; /* of a writer_mutant; 0: none */
	unsigned walkers;
	unsigned pages; /* small pages that one invalidate covers; 0: not a range of them */
	const char *range; /* NULL, or what else it covers */
};

/* Totals over the samples of a cell. */
struct totals {
	u64 n;
	u64 ipi_tlb, ipi_sync, ipi_msg, ipi_recv, tlbi;
	u64 inside;   /* walkers inside a walk of the mm when sync started */
	u64 inside_any; /* ... of any mm */
	u64 armed;      /* CPUs that walked the mm since sync_call() last interrupted them */
	u64 walks;
	u64 witness;  /* frames that walkers read without their owner's tag */
	u64 bad;      /* rounds in which the oracle reported a violation */
	u64 cut;      /* samples dropped and taken again: see struct sample */
	u64 odd;      /* ... see is_odd() in measure.c */
};

void report_result(const struct plan *p, const struct cell *c, const char *metric, const struct stats *st, u64 gross_milli, u64 ovh,
		   const struct totals *t);
/* Is @v one of the holes that @catcher names, separated by spaces? */
bool caught_by(const char *catcher, const struct oracle_violation *v);
/* @catcher: what must be found; NULL: nothing. The schedule of a violation follows it. */
void report_verdict(const struct plan *p, const struct cell *c, const char *mutation, const char *catcher,
		    const struct oracle_violation *v, u64 seed, u64 iterations, unsigned schedules);

#endif
