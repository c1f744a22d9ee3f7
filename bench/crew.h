/* SPDX-License-Identifier: GPL-2.0-only */
/* The other CPUs of a run: which have the mm loaded, which walk, which are halted. */
#ifndef SKEET_CREW_H
#define SKEET_CREW_H

#include <workload.h>

struct crew_plan {
	unsigned loaded;  /* CPUs 0 .. loaded-1 have the mm loaded; 0: nobody (all have run it) */
	walk_fn *other_loop; /* NULL, or what the last walker's CPU does instead */
	unsigned walkers; /* CPUs 1 .. walkers walk */
	unsigned dwell;   /* percent of a walker's turns inside a walk, 1 .. 99 */
	enum walk_type walk;
	u64 seed;
	bool bystander;   /* the CPU behind the walkers, if there is one, runs bystander_loop(): one more that takes turns */
	bool account;     /* one clock for all CPUs: walkers keep what they ran */
	bool two_mms, switches; /* see struct workload */
	void (*leave)(struct walker *w); /* of walkers that switch: see struct walker */
	bool stalls;      /* see struct walker */
	bool preempts;    /* see struct tlb_method, elides */
};

/* Make the mms that share tables with run->mm, if @wl has them. crew_unload() drops them. */
void crew_share(struct run *run, const struct workload *wl);
/* Load what the CPUs of a run of @wl have loaded: of mms that share, each its own (crew_sharer()). By run->switch_mm. */
void crew_load_for(struct run *run, const struct workload *wl, unsigned loaded);
/* CPUs 0 .. @loaded-1 load @mm, and so have run it (mm->ran). 0: every CPU loads it once and leaves it again. By @switch_mm. */
void crew_load(struct mm *mm, unsigned loaded, void (*switch_mm)(struct mm *mm));
/* ... and the other mm goes, if there was one. */
void crew_unload(struct mm *mm);
/* Start the walkers with @scheme's loop on run->target; returns when each has taken a turn. */
void crew_start(struct run *run, const struct crew_plan *plan, const struct sync_scheme *scheme);
void crew_stop(struct run *run);
/* Give way until every walker has taken @turns more turns. */
void crew_turns(const struct run *run, u64 turns);
/* Call every walker out of the mm; returns when all are. crew_release(): they may come again. Walkers that switch only. */
void crew_gather(struct run *run);
void crew_release(struct run *run);
/* What a CPU of the crew does that syncs instead of walking (struct workload, other_loop): an initiator that has changed nothing. */
void crew_sync_loop(struct walker *w);
u64 crew_walks(const struct run *run);
/* Frames that walkers read without their tag: freed or reused under them. The real witness beside the oracle. */
u64 crew_witness(const struct run *run);

#endif
