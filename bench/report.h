/* SPDX-License-Identifier: GPL-2.0-only */
/* One line a cell and metric (@r), one a verdict (@v): the only things that tools read. */
#ifndef SKEET_REPORT_H
#define SKEET_REPORT_H

#include "bystander.h"
#include "plan.h"
#include "stats.h"

/* Something that happened in a round, by the clock of the CPU on which it did: ticks from that CPU's first event on. */
struct event {
	const char *name;
	u64 at;
	u32 cpu, peer; /* @peer 0: no other CPU is in it */
};

/* One cell: a point of the matrix. */
struct cell {
	const struct workload *wl;
	const struct sync_scheme *sync;
	const struct tlb_method *tlb; /* NULL: the workload does not invalidate */
	enum walk_type walk;
	unsigned mut; /* of a writer_mutant; 0: none */
	const struct sync_scheme *walkers_of; /* NULL: of @sync */
	unsigned walkers;
	unsigned targets; /* CPUs that one round of interrupts addresses; 0: no such round */
	unsigned initiators; /* CPUs that send such rounds at once; 0: one, and that is not the point */
	bool pair;        /* from CPU @from to CPU @to, and back */
	unsigned from, to;
	u64 clock_error;  /* not 0: stamps of several clocks are in it, which are known to so many ticks */
	unsigned threads; /* that zap at the same time; 0: it has one writer */
	unsigned pages; /* small pages that one invalidate covers; 0: not a range of them */
	const char *range; /* NULL, or what else it covers */
	const struct event *events; /* of one sample, @nr_events of them; not a copy */
	unsigned nr_events;
};

/* Totals over the samples of a cell. */
struct totals {
	u64 n;
	u64 ipi_tlb, ipi_sync, ipi_msg, ipi_recv, tlbi;
	u64 rounds;   /* samples in which the scheme interrupted anybody */
	u64 inside;   /* walkers inside a walk of the mm when sync started */
	u64 inside_any; /* ... of any mm */
	u64 armed;      /* CPUs that walked the mm since sync_call() last interrupted them */
	u64 walks;
	u64 witness;  /* frames that walkers read without their owner's tag */
	u64 bad;      /* rounds in which the oracle reported a violation */
	unsigned bystander; /* its CPU; 0: none */
	struct bystander_count by; /* what it took */
	struct stats_pairs pairs; /* of samples that were taken beside others; thousandths of a tick */
	u64 loaded;   /* CPUs beside the writer's that had the mm loaded when the samples began */
	u64 lazy;     /* ... left out by the flush because they were lazy */
	u64 insns;    /* 1000 times the instructions that the writer's CPU completes for the invalidate and the sync of a sample; 0: not counted */
	u64 caught;   /* flushes of CPUs that came back from lazy, in the samples and between them */
	u64 cut;      /* samples dropped and taken again: see struct sample */
	u64 odd;      /* ... see is_odd() in measure.c */
};

void report_result(const struct plan *p, const struct cell *c, const char *metric, const struct stats *st, u64 gross_milli, u64 ovh,
		   const struct totals *t);
/**
 * report_samples - the line of t->n samples, none of which holds anything but what is measured
 * @v: ticks, @ovh taken out of each; sorted on the way
 * Context: thread.
 */
void report_samples(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 ovh, const struct totals *t);
/* Is @v one of the holes that @catcher names, separated by spaces? */
bool caught_by(const char *catcher, const struct oracle_violation *v);

/* What the oracle said of one cell, and what it should say. */
struct judgement {
	const char *mutation;             /* NULL: none */
	const char *catcher;              /* what must be found, as above; NULL: nothing */
	const char *missing;              /* NULL, or the step whose absence it shows */
	unsigned bound;                   /* iterations within which it must be; 0: as many as there are */
	const struct oracle_violation *v; /* NULL: none was found */
	u64 seed;                         /* of the last schedule */
	u64 iterations;                   /* over all schedules */
	unsigned schedules;
};

/* The schedule of a violation follows it. */
void report_verdict(const struct plan *p, const struct cell *c, const struct judgement *j);

/* How often each outcome of a litmus test came. The last one is what its protocol forbids. */
struct litmus_result {
	const char *litmus, *variant;
	const char *const *outcomes; /* names, NULL behind the last */
	const u64 *counts;
	u64 n;
	const char *kept; /* what keeps the forbidden one away */
	bool allowed; /* nothing does here, so it may come ... */
	bool must;    /* ... and has to, in this image */
};

/* Prints its line; 1 if the forbidden outcome came that may not, or did not come that must. */
int report_litmus(const struct plan *p, const struct litmus_result *l);

#endif
