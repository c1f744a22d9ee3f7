/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SYNC schemes: how a writer makes sure that no lockless walker still uses what it unhooked (axis c). One file each in
 * mm/sync/; a file says on top where the scheme comes from, its invariant, each fence and its partner, and what it
 * declares: the cells in which it is sound.
 *
 * A scheme gives three functions, all taking a constant mutation @mut:
 *   static __always_inline u64 X_begin(struct mm *mm, unsigned mut)  interrupts already off; before the first load
 *   static __always_inline void X_end(struct mm *mm, u64 token, unsigned mut)  after the last use of what was found;
 *                                                                    @token is what the matching begin returned
 *   static __always_inline void X_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
 * sync: thread context, interrupts on, after the store to the slot (and the invalidate, if any). On return no walk that
 * could have loaded the old entry goes on. @drained: CPUs that the flush, after the store to the slot, already interrupted with
 * interrupts on; a scheme may leave them out.
 */
#ifndef SKEET_SYNC_H
#define SKEET_SYNC_H

#include <cpumask.h>
#include <ipi.h>
#include <lset.h>
#include <mm.h>
#include <mutant.h>
#include <percpu.h>
#include <walk.h>

struct sync_count {
	u64 ipi; /* CPUs addressed by the scheme */
	u64 msg; /* hardware writes */
};
extern struct sync_count sync_count; /* written by the CPU that syncs */

/* Declared verdicts of one scheme: bit set = sound. Cells under a draining TLB method are sound for every scheme. */
enum sound_bit {
	SOUND_BARE = 1,      /* munmap-thp, a method that drains nobody, bare walkers */
	SOUND_BARE_NMI = 2,  /* ... with a size walk from an NMI between every two loads */
	SOUND_GUP = 4,       /* ... walkers that take references and recheck */
	SOUND_SLOT = 8,      /* sync right behind a plain store, with the store buffer modelled (slot-store, mm-switch) */
	SOUND_ALL = 15,
	SOUND_SHARED = 16,   /* the walker came by another mm that shares the table (T3) */
	SOUND_ALWAYS = 32,   /* what every scheme is: such a walker needs no sync */
};

/* How a walker that sync() overlooks shows; the third only where the store to the slot was not visible yet when sync() returned. */
#define SYNC_HOLES "walk-after-sync walk-overlooked"
#define SYNC_HOLES_T1 SYNC_HOLES " freed-in-walk"

#define SYNC_RANK_MAX 99

/* How many CPUs one sync interrupts: exactly where CPUs change places at known points (icount), else at most. */
enum sync_law {
	LAW_UNASSERTED, /* a broken scheme misses some */
	LAW_NOBODY,
	LAW_ONLINE,     /* every other online CPU */
	LAW_RAN,        /* every other CPU where the mm ran */
	LAW_ANY_WALK,   /* every other CPU inside a walk, of whichever mm */
	LAW_MM_WALK,    /* every other CPU inside a walk of this mm */
	LAW_MM_WALK_SOME, /* some of these */
	LAW_RAN_IF_WALK,  /* as LAW_RAN if there is one of these, else nobody */
	LAW_ARMED,      /* every other CPU that walked this mm since the scheme last interrupted it */
	LAW_ARMED_SOME,
	LAW_UNLESS_IMPLIED, /* every other online CPU; nobody where each flush interrupts (tlb_flush_implies_ipi) */
	LAW_UNLESS_DRAINED, /* every other online CPU; nobody if this flush drained anybody */
	LAW_UNDRAINED,      /* every other online CPU that this flush did not drain */
};

struct sync_scheme {
	const char *name;
	const char *origin;
	const char *doc;
	unsigned rank;  /* place in a table, 0 .. SYNC_RANK_MAX: controls first */
	unsigned sound; /* enum sound_bit */
	bool trusts_flush; /* sends nothing where the method drains: broken if walkers' CPUs have left the mm (struct workload, alone) */
	bool trusts_any; /* sends nothing if this flush drained anybody: broken if it drained one walker's CPU and left out another's */
	bool calls;     /* its interrupts run a handler of its own: sync_call() */
	bool usual;     /* one of those that run when sync= names none */
	enum sync_law law;
	/* NULL, or the name of the mutation that this instantiation carries, and what must catch it. */
	const char *mutation;
	const char *catcher;  /* the holes that the oracle may find, separated by spaces: any other is not a catch */
	const char *workload; /* where it is caught */
	const char *tlb;      /* ... and where that invalidates, by which method; NULL: the first that reaches others and drains nobody */
	const char *missing;  /* of a mutation, and of a scheme that is broken somewhere: the step that is not there, one plain phrase */
	const char *missing_nested; /* NULL, or the step that walks which nest miss */
	enum walk_type walk;  /* with these walkers */
	unsigned bound;       /* within this many iterations of seed 1 */
	unsigned cpus;        /* with at least so many; fewer do not show it */
	bool weak;            /* only a weak order shows it: TSO keeps that order by itself */
	void (*start)(void);  /* NULL, or forget what an earlier run left outside any mm: before the walkers start */
	void (*switch_mm)(struct mm *mm); /* NULL, or the mutation is one of mm_switch() */
	void (*sync)(struct mm *mm, const struct cpumask *drained);
	walk_fn *walk_loop[NR_WALK_TYPES]; /* NULL: not instantiated */
	walk_cost_fn *cost[NR_WALK_PARTS];
	void (*nmi_walk)(struct walker *w);  /* the size walk that nests into one of bare+nmi, gup+nmi */
	void (*trap_walk)(struct walker *w); /* the walk of slot+mce, slot-irq */
	walk_fault_fn *fault;
	walk_meet_fn *meet; /* its walker in a litmus test */
};
LSET_DECLARE(struct sync_scheme, sync);

const struct sync_scheme *sync_find(const char *name); /* schemes only, without mutations */
/* Interrupt exactly @to (may be empty) and wait: counted. The last step of every scheme that sends. */
void sync_ipi(const struct cpumask *to);
/*
 * Run @fn(@arg) on exactly @to (may be empty), in interrupt context there, and wait: counted as sync_ipi(). All that @fn does stands
 * between sync_called() and sync_answer(): so the bench knows of a scheme's interrupts by itself (LAW_ARMED), and in the oracle image an
 * NMI may come at each of its accesses, as in begin() and end().
 */
void sync_call(const struct cpumask *to, void (*fn)(void *arg), void *arg);
static __always_inline void sync_called(void)
{
	sync_calls[this_cpu()].n++;
	if (oracle_build)
		walk_marking[this_cpu()] = walk_current[this_cpu()];
}
static __always_inline void sync_answer(void)
{
	if (oracle_build)
		walk_marking[this_cpu()] = NULL;
}
/* Without an interrupt: until @cond, which is about @cpu. Gives way, and has a deadline. Interrupts on. */
#define sync_wait(cpu, cond)                                                                       \
	do {                                                                                       \
		unsigned late_ = 0;                                                                \
		wait_until(cond, sync_wait_late(cpu, &late_));                                     \
	} while (0)
void sync_wait_late(unsigned cpu, unsigned *late);
/**
 * sync_wait_odd - wait until every word that is odd now has changed
 * @to: whose words; without the caller
 * @words: one a CPU, odd while its CPU is inside what is waited for, and never the same odd number again
 *
 * All are read before the first is waited for, so it lasts as long as the longest. The caller has fenced what it waits for before (T1).
 * Ends in an acquire: what the CPUs did before their words changed or were even; pairs with their release stores. Interrupts on.
 */
void sync_wait_odd(const struct cpumask *to, const struct percpu_word *words);
/**
 * sync_scan - keep those CPUs of @to whose word says that they are inside a walk
 * @to: candidates in, targets out
 * @words: the scheme's per-CPU words
 * @hit: constant; does this value say so? Called for values that are not 0 only (0 always means: outside)
 * @arg: for @hit
 *
 * Reads the words from the first candidate to the last of each 64 CPUs, in a line: six instructions a CPU that is outside any
 * walk, fewer than picking out the bits of the mask. The caller has fenced the store to the slot before (T1).
 */
static __always_inline void sync_scan(struct cpumask *to, const struct percpu_word *words, bool (*hit)(u64 v, u64 arg), u64 arg)
{
	for (unsigned i = 0, n = nr_cpu_words; i < n; i++) {
		const struct percpu_word *base = &words[i * 64], *w, *last;
		u64 candidates = to->w[i], walking = 0;

		if (!candidates)
			continue;
		last = base + bit_highest(candidates);
		for (w = base + bit_lowest(candidates); w <= last; w++) {
			u64 v = pword_load(&w->w);

			if (unlikely(v != 0)) {
				u64 bit = 1ULL << (w - base);

				if ((candidates & bit) && hit(v, arg))
					walking |= bit;
			}
		}
		to->w[i] = walking;
	}
}
/* Every online CPU but this one. */
static __always_inline void sync_others(struct cpumask *to)
{
	cpumask_copy(to, &cpu_online_mask);
	cpumask_unset(to, this_cpu());
}
/* Make each of @to (may be empty) execute a full fence, in a walk or not, and wait: counted as sync_ipi(). */
void sync_fence_cpus(const struct cpumask *to);
/* For mutations: as sync_ipi(), but return before the last has answered. */
void sync_ipi_early(const struct cpumask *to);

/* begin() and end() of a scheme that marks nothing. */
#define SYNC_NO_MARK(ident)                                                                        \
	static __always_inline u64 ident##_begin(struct mm *mm, unsigned mut)                      \
	{                                                                                          \
		(void)mm, (void)mut;                                                               \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void ident##_end(struct mm *mm, u64 token, unsigned mut)            \
	{                                                                                          \
		(void)mm, (void)token, (void)mut;                                                  \
	}                                                                                          \
	_Static_assert(1, #ident)

#define SYNC_INSTANCE_(ident, m, ...)                                                              \
	static __timed void ident##_##m##_sync_fn(struct mm *mm, const struct cpumask *drained)            \
	{                                                                                          \
		ident##_sync(mm, drained, m);                                                      \
	}                                                                                          \
	LSET_ENTRY(struct sync_scheme, sync, ident##_##m) = {                                      \
		.sync = ident##_##m##_sync_fn,                                                     \
		__VA_ARGS__                                                                        \
	}
/* The scheme itself: SYNC_SCHEME(ident, .name = ..., .origin = ..., .doc = ..., .sound = ...); */
#define SYNC_SCHEME(ident, ...) SYNC_SCHEME_(ident, 0, __VA_ARGS__) /* MUT_NONE, as a part of names */
#define SYNC_SCHEME_(ident, m, ...)                                                                \
	DEFINE_WALK_LOOPS(ident, m)                                                                \
	SYNC_INSTANCE_(ident, m, WALK_LOOPS_INIT(ident, m), __VA_ARGS__)
/*
 * Mutations exist in the oracle image only; <sync_mutant.h> comes from the include path of the build.
 *   SYNC_MUTANT(ident, M_..., fields...)          of a scheme: with walkers of type bare, gup or bare+nmi
 *   SYNC_WALK_MUTANT(ident, M_..., T, fields...)  of a walker of type WALK_T_##T under a scheme, or of a scheme that only it shows
 */
#include <sync_mutant.h>

#endif
