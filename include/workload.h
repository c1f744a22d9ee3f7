/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A workload is one file in bench/: what the writer does in one sample, timed, through one const pointer each to the TLB method
 * and to the sync scheme, the same number of calls for every scheme. It never prints, allocates or parses; the runner
 * (bench/run.c) owns CPUs, rounds, statistics and printing.
 */
#ifndef SKEET_WORKLOAD_H
#define SKEET_WORKLOAD_H

#include <lset.h>
#include <sync.h>
#include <tlb.h>
#include <walk.h>

/* What one sample gave, in ticks of arch_cycles(), before overhead and walkers' instructions are subtracted. */
struct sample {
	u64 tlb;    /* invalidate: from just after the store to the slot */
	u64 sync;   /* synchronise */
	u64 rest;   /* clear the slot; drop the reference and free */
	/* CPUs inside a walk when sync starts, of this mm and of any: the oracle's record if there is one, else the bench's. */
	u64 inside, inside_any;
	u64 armed; /* CPUs that began a walk of this mm since the last interrupt of sync_call(): the bench's record */
	u64 ran_tlb, ran_sync; /* what walkers ran inside the two windows */
	u64 ran;    /* of mms that share tables: CPUs beside the writer's where the mm of each sync ran */
	bool cut;   /* a timer of the machine cut a walker's turn at the edge of a window: its account does not fit the window */
};

#define WL_SHARERS_MAX 4

/* The group of cells that is running: all schemes share it. */
struct run {
	struct mm *mm;
	void (*inval)(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
	void (*sync)(struct mm *mm, const struct cpumask *drained);
	struct walker *walkers;
	unsigned nr_walkers;
	bool settle;        /* see run_settle() */
	u64 turn_ovh;       /* ticks of one walker_turn() that its own account does not hold */
	u64 cuts;           /* of all walkers, at run_cut_begin() */
	u64 open_ovh;       /* ... of one walker_open() */
	struct pword *slot; /* of the sample, at level 1 */
	u64 va;
	unsigned span;      /* large leaves of the sample, or their tables: in neighbouring slots */
	volatile u64 target; /* where the walkers walk: the VA that the writer takes next, the worst place */
	struct cpumask drained;
	void (*switch_mm)(struct mm *mm); /* of walkers that switch */
	struct walk_gate gate;
	const struct tlb_method *tlb; /* of a verdict: the cell's, or NULL */
	unsigned spare;     /* of a verdict: the first CPU that has the mm loaded, does not walk and is not the writer's */
	unsigned mut;       /* of a writer_mutant; 0: none */
	struct mm *sharer[WL_SHARERS_MAX]; /* the mms that share tables; the first is mm */
	unsigned sharer_ran[WL_SHARERS_MAX]; /* CPUs beside the writer's where each ran */
};

struct plan;

struct workload {
	const char *name;
	const char *doc;
	bool invalidates;  /* uses the TLB method; CPUs have the mm loaded */
	unsigned spare;    /* CPUs that have the mm loaded and do not walk: smp_run() on run->spare is the workload's own. No figures but by measure() */
	bool switches;     /* each walk loads the mm and leaves it again */
	unsigned most;     /* not 0: so many CPUs in the crew of a verdict, if there are */
	bool verdicts_only; /* its samples are no figures */
	bool raw;          /* one of bench=raw: a cost of the machine, with no scheme in it */
	/* NULL, or what gives the walkers' "leave" (struct walker) with the method @tlb. */
	void (*(*leave)(const struct tlb_method *tlb))(struct walker *w);
	/* NULL, or how many IDs there are in a tagged run (mm_tag()). Judged with methods that say they can. */
	unsigned (*tags)(void);
	void (*begin)(void), (*end)(void); /* NULL, or what comes before the first and behind the last sample of a schedule */
	bool store_buffer; /* verdicts stand on the modelled store buffer */
	unsigned iterations, iterations_nmi; /* of one cell, for a verdict; with walkers of types that nest, which are slower */
	/*
	 * By walker type: what a scheme must declare to be sound here (enum sound_bit; behind a flush that drains every scheme is). 0: not
	 * judged.
	 */
	unsigned needs[NR_WALK_TYPES];
	unsigned frames;   /* not 0: its leaves share so many frames; a frame goes with the last of its leaves */
	unsigned small;    /* not 0: a table of so many small leaves, of one frame, instead of each large leaf */
	unsigned span;     /* neighbouring large leaves, or such tables, that one sample takes; 0: one */
	unsigned syncs;    /* syncs in a sample, each with the scheme's law; 0: one; WL_NO_SYNC */
	/* NULL, or how many leaves are unmapped in one pass, all mapped before: instead of n= samples in rounds. */
	u64 (*leaves)(void);
	bool alone;        /* every other CPU has run the mm and left it: only the writer's has it loaded */
	bool syncs_first;  /* each sync comes before the flush */
	bool mixes_ids;    /* CPUs run the mm under IDs of both kinds: a method with an ID for all (bcast) drains some of them */
	walk_fn *other_loop; /* NULL, or what one of at least two walkers' CPUs does instead of walking, in verdicts */
	unsigned sharers;  /* not 0: so many mms share its tables; the CPUs load them, and walk what they have loaded, in turn */
	bool two_mms;      /* every other walker, and each walk from an NMI, walks an mm that the writer leaves alone */
	void (*prepare)(struct run *run); /* before each sample, outside its windows; may be NULL */
	void (*sample)(struct run *run, struct sample *s);
	void (*finish)(struct run *run);  /* behind each: what it left at its addresses goes, by the run's method; may be NULL */
	/* Instead of samples: a workload that measures by itself. One without a sample has no verdict. */
	int (*measure)(const struct plan *p, const struct workload *wl);
	int (*judge)(const struct plan *p, const struct workload *wl); /* ... and has a verdict of its own kind, in the oracle image */
};
LSET_DECLARE(struct workload, wl);
#define WORKLOAD(ident) LSET_ENTRY(struct workload, wl, ident)

/*
 * CPUs that load the mm before a run and stay, of @loaded that were asked for; 0: all come and go, and the writer's again if it is alone.
 */
static inline unsigned workload_loaded(const struct workload *wl, unsigned loaded)
{
	return wl->invalidates && !wl->switches && !wl->alone ? loaded : 0;
}

#define WL_NO_SYNC ~0u

static inline unsigned workload_syncs(const struct workload *wl)
{
	return wl->syncs == WL_NO_SYNC ? 0 : wl->syncs ? wl->syncs : 1;
}

/* Of a workload that asks no scheme: only a flush that drains makes it sound. */
#define NEEDS_FLUSH ~0u
/* What a workload that gives up leaves needs of a scheme; @bare: SOUND_BARE, or SOUND_SLOT where nothing but the scheme fences. */
#define NEEDS_LEAF(bare) [WALK_T_BARE] = (bare), [WALK_T_BARE_NMI] = (bare) | SOUND_BARE_NMI
/* ... and of slots that are handed out. */
#define NEEDS_SLOT(bare)                                                                           \
	[WALK_T_SLOT] = (bare), [WALK_T_SLOT_REAL] = (bare), [WALK_T_SLOT_MCE] = (bare) | SOUND_BARE_NMI, [WALK_T_SLOT_IRQ] = (bare)

/*
 * A mutation of a writer: one step of a workload left out. Oracle image only; the workload asks run_mutated(), which is constant elsewhere.
 * The fields as in sync.h.
 */
struct writer_mutant {
	const char *mutation; /* WORKLOAD.STEP */
	const char *workload;
	unsigned mut;         /* what run_mutated() says yes to */
	const char *sync;     /* the scheme it runs with; NULL: broadcast */
	const char *tlb;      /* NULL: the first method of the machine that reaches others and drains nobody */
	enum walk_type walk;
	const char *catcher;
	const char *missing; /* the step that is not there, one plain phrase */
	unsigned bound;
	unsigned cpus;
	bool weak;
	const char *walkers;  /* NULL, or the mutation whose walkers walk: of a scheme that marks as little as @sync */
	bool walks;           /* harmless where the invalidate of a leaf takes the walk caches along */
};
LSET_DECLARE(struct writer_mutant, wmut);
/* WRITER_MUTANT(ident, fields...): from <workload_mutant.h>, which comes from the include path of the build. */
#include <workload_mutant.h>

/* @mut is a constant that is not 0. */
static __always_inline bool run_mutated(const struct run *run, unsigned mut)
{
	return oracle_build && run->mut == mut;
}

const struct workload *workload_find(const char *name);

/* Calls that do nothing: what a workload without invalidates makes, and what the overhead of the harness is measured with. */
void run_no_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void run_no_sync(struct mm *mm, const struct cpumask *drained);

/*
 * Where one clock counts for all CPUs, a flush handler that gave way after its acknowledgement has its rest still to run; give way
 * once, inside the flush's window, or that rest would be counted as part of whatever waits next.
 */
static __always_inline void run_settle(const struct run *run)
{
	if (run->settle)
		arch_relax();
}

/* Sum over the walkers of what they ran, with the part of each turn that their own account misses. */
static __always_inline u64 run_walkers_ran(const struct run *run)
{
	u64 sum = 0;

	for (unsigned i = 0; i < run->nr_walkers; i++)
		sum += run->walkers[i].ran + run->walkers[i].turns * run->turn_ovh + run->walkers[i].opens * run->open_ovh;
	return sum;
}

/* Is a walker in the middle of a turn? They change places only where they give way, unless a timer of the machine cuts a turn. */
static __always_inline bool run_walkers_in_turn(const struct run *run)
{
	bool in_turn = false;

	for (unsigned i = 0; i < run->nr_walkers; i++)
		in_turn |= run->walkers[i].account && run->walkers[i].resumed;
	return in_turn;
}

/* Turns of all walkers in which another walker ran too. */
static __always_inline u64 run_walkers_cuts(const struct run *run)
{
	u64 cuts = 0;

	for (unsigned i = 0; i < run->nr_walkers; i++)
		cuts += run->walkers[i].cuts;
	return cuts;
}

/* Before the first window of a sample: does its account start amiss? */
static __always_inline bool run_cut_begin(struct run *run)
{
	run->cuts = run_walkers_cuts(run);
	return run_walkers_in_turn(run);
}

/* At an edge of a window: was a turn cut since run_cut_begin(), or is one cut here? */
static __always_inline bool run_cut(const struct run *run)
{
	return run_walkers_in_turn(run) || run_walkers_cuts(run) != run->cuts;
}

/* Before a sync of @mm. Added up: a sample may sync more than once. */
static __always_inline void run_note_inside_mm(const struct run *run, struct sample *s, const struct mm *mm)
{
	for (unsigned i = 0; i < run->nr_walkers; i++) {
		const struct walker *w = &run->walkers[i];
		u64 inside = w->inside, armed = sync_calls[i + 1].n + 1;

		s->armed += (w->mm == mm && w->armed == armed) || (w->nest_mm == mm && w->nest_armed == armed);
		if (oracle_build)
			continue;
		s->inside_any += inside;
		if (w->mm == mm)
			s->inside += inside;
	}
	if (oracle_build) {
		s->inside += oracle_walkers(mm);
		s->inside_any += oracle_walkers(NULL);
	}
}

static __always_inline void run_note_inside(const struct run *run, struct sample *s)
{
	run_note_inside_mm(run, s, run->mm);
}

#endif
