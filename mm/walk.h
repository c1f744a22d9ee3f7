/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lockless page-table walkers.
 *
 * One body, instantiated once per (scheme x walker type x mutation), so a reader's loop has no indirect call: begin() and end()
 * of the scheme are inlined. The rules that every walker keeps (seed 000): each level is loaded once and never reloaded; the
 * value that was loaded is the value that is interpreted; interrupts are off from before the first load until after the last use.
 *
 *   bare       uses the frame inside the walk, without a reference: only a sync can protect it
 *   gup        takes a reference (inc-not-zero), then rechecks the slot, and uses the frame after the walk: needs no sync for a
 *              leaf zap, because a frame whose last reference went refuses the grab, and a slot that changed drops it again
 *              (Linux: gup_fast_pmd_leaf()). For a leaf of the lowest level the entry that leads to its table is rechecked too: a
 *              collapse takes that away and leaves the leaves as they are (gup_fast_pte_range(), commit 70cbc3cc78a9)
 *   bare+nmi   bare, with a size walk (perf_get_page_size()) from an NMI at every step: nesting. Under forced schedules one in two
 *              accesses inside begin() and end() is such a step too
 *
 * A walker gives way (arch_relax()) only in its two parks: inside the walk, between loading the leaf and using the frame, where
 * a stale entry hurts; and outside. The parks last a seeded number of turns.
 */
#ifndef SKEET_WALK_H
#define SKEET_WALK_H

#include <barrier.h>
#include <cpu.h>
#include <ipi.h>
#include <mm.h>
#include <oracle.h>
#include <phys.h>
#include <pt.h>

/* Mutations of the walk itself, beside those of a scheme (which count from 1). */
enum { M_WALK_NO_RECHECK = 100, M_WALK_PLAIN_GET };

enum walk_type { WALK_T_BARE, WALK_T_GUP, WALK_T_BARE_NMI, NR_WALK_TYPES };

/* What the owner of a mapped frame keeps in its first word; anything else is a reused or freed frame. */
#define FRAME_TAG 0x6d617070656421ULL

struct walker;
typedef void walk_fn(struct walker *w);

/* Calls walkers out of the mm and lets them in again (crew_gather()): rounds, counted. Written by the writer. */
struct walk_gate {
	volatile u64 asked, open;
};

struct walker {
	/* set before the start, constant then */
	struct mm *mm;
	struct mm *nest_mm;         /* what a walk from an NMI walks */
	const volatile u64 *target; /* the VA that the writer takes next: the worst place to walk */
	u64 rng;
	u32 park_in, park_out;      /* mean turns of the two parks */
	bool account;               /* one clock for all CPUs: keep what this walker ran (see walker_turn()) */
	walk_fn *loop;
	void (*nmi_walk)(struct walker *w);
	const struct walk_gate *gate; /* NULL, or it loads the mm for each walk and leaves it again */
	void (*switch_mm)(struct mm *mm);
	volatile u64 stop;

	/* written by the walker, read by the writer */
	volatile u64 turns __cacheline;
	volatile u64 opens;
	volatile u64 cuts;   /* turns in which another walker ran too */
	volatile u64 ran;    /* ticks that this walker ran in its turns */
	volatile u64 walks;
	volatile u64 inside; /* 1 between the begin and the end of a walk: the bench's own record */
	volatile u64 bad;    /* frames seen without their tag: the witness */
	volatile u64 resumed; /* when its turn began; 0 while it gives way */
	volatile u64 gathered; /* the last round of the gate in which it was outside */
};

typedef u64 walk_begin_fn(struct mm *mm, unsigned mut);
typedef void walk_end_fn(struct mm *mm, u64 token, unsigned mut);

/* The walker of this CPU that an NMI may nest into; NULL outside walks of type bare+nmi. */
extern struct walker *walk_current[NR_CPUS];
/* The walker of this CPU that is inside begin() or end(), for the steps there; NULL elsewhere. Oracle image only. */
extern struct walker *walk_marking[NR_CPUS];
void walk_mark_step(void); /* the oracle's delay points, before the access: an NMI may come here */
/* nmi_hook: run the size walk of the interrupted walker's scheme. */
void walk_nmi(void);

static __always_inline u64 rng_next(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/*
 * Give way once. Where one clock counts for all CPUs (icount), what the walker ran since it was resumed is added up, so that
 * the writer can subtract it from its window; what an interrupt handler ran before the walker went on is not. Not inlined:
 * the part of a turn that the account misses is the same constant for every walker (walker_turn_missed()).
 */
void walker_turn(struct walker *w);
void walker_begin(struct walker *w); /* its first turn */
/* Load the mm, where the walker does that for each walk; leave it, and stay out while the gate is shut. */
void walker_enter(struct walker *w);
void walker_leave(struct walker *w);
/* Interrupts as they were: what was held is taken here, outside the account, for it belongs to who sent it. */
void walker_open(struct walker *w, u64 flags);
/* The constants that the account misses at each, in ticks, measured on this CPU with interrupts on. */
u64 walker_turn_missed(void);
u64 walker_open_missed(void);

/* Stay for 1 .. 2 * @mean - 1 turns. */
static __always_inline void walker_park(struct walker *w, u32 mean)
{
	u64 n = 1 + rng_next(&w->rng) % (2 * (u64)mean - 1);

	while (n-- && !w->stop)
		walker_turn(w);
}

static __always_inline void walk_step(const enum walk_type type)
{
	if (type == WALK_T_BARE_NMI)
		nmi_walk_self();
}

static __always_inline void walk_marks(struct walker *w, const enum walk_type type)
{
	if (oracle_build && type == WALK_T_BARE_NMI)
		walk_marking[this_cpu()] = w;
}

/* The entry by which a walk came to the table that it read last. */
struct walk_above {
	const struct pword *slot;
	pte_t e;
};

/* From the root down to what translates @va: the leaf (with its level and slot, and what stands above it) or PTE_NONE. */
static __always_inline pte_t walk_levels_above(struct mm *mm, u64 va, const enum walk_type type, unsigned *level,
					       const struct pword **slot, struct walk_above *above)
{
	const struct pword *table = phys_to_virt(mm->root_pa);

	/* Written out, as a kernel's walk is: no level is computed at run time where the geometry is constant. */
#pragma GCC unroll 5
	for (unsigned l = ARCH_PT_LEVELS; l-- > 0;) {
		const struct pword *s = table + pt_index(va, l);
		pte_t e = pte_load(s);

		oracle_walk_loaded(s, e, va, l);
		walk_step(type);
		if (!arch_pte_present(e))
			return PTE_NONE;
		if (arch_pte_is_leaf(e, l)) {
			*level = l;
			*slot = s;
			return e;
		}
		*above = (struct walk_above){ s, e };
		table = phys_to_virt(arch_pte_pa(e, l));
	}
	return PTE_NONE;
}

static __always_inline pte_t walk_levels(struct mm *mm, u64 va, const enum walk_type type, unsigned *level,
					 const struct pword **slot)
{
	struct walk_above above = { 0 };

	return walk_levels_above(mm, va, type, level, slot, &above);
}

static __always_inline void walk_read(struct walker *w, u64 pa)
{
	oracle_walk_deref(pa);
	if (*(volatile u64 *)phys_to_virt(pa) != FRAME_TAG)
		w->bad++;
}

/* Inside the walk, without a reference. */
static __always_inline void walk_use_bare(struct walker *w, pte_t e, unsigned level, const enum walk_type type)
{
	walker_park(w, w->park_in);
	walk_step(type);
	if (e != PTE_NONE)
		walk_read(w, arch_pte_pa(e, level));
}

/* Take a reference and recheck; true if the frame may be used. try_grab_folio(), then pmd_val() compared. */
static __always_inline bool walk_grab(struct walker *w, pte_t e, unsigned level, const struct pword *slot,
				      const struct walk_above *above, const unsigned mut)
{
	u64 pa = arch_pte_pa(e, level);

	walker_park(w, w->park_in);
	if (e == PTE_NONE)
		return false;
	if (mut == M_WALK_PLAIN_GET)
		pword_add(&frame_of(pa)->ref, 1);
	else if (!frame_try_get(pa))
		return false;
	/* The grab is a full fence: it orders the raised count before these loads. Pairs with the writer's clear of the slot
	 * before its drop, or its look at, the count. */
	if (mut != M_WALK_NO_RECHECK && (pte_load(slot) != e || (!level && pte_load(above->slot) != above->e))) {
		frame_put(pa);
		return false;
	}
	oracle_walk_ref(pa);
	return true;
}

static __always_inline void walk_once(struct walker *w, const enum walk_type type, const unsigned mut,
				      walk_begin_fn *begin, walk_end_fn *end)
{
	u64 flags = arch_irq_save();
	u64 va = *w->target;
	const struct pword *slot = NULL;
	struct walk_above above = { 0 };
	unsigned level = 0;
	bool held = false;
	u64 token;
	pte_t e;

	walk_marks(w, type);
	token = begin(w->mm, mut);
	walk_marks(NULL, type);
	oracle_walk_begin(w->mm, type == WALK_T_GUP ? WALK_GUP : WALK_BARE);
	w->inside = 1;
	walk_step(type);
	e = walk_levels_above(w->mm, va, type, &level, &slot, &above);
	if (type == WALK_T_GUP)
		held = walk_grab(w, e, level, slot, &above, mut);
	else
		walk_use_bare(w, e, level, type);
	w->inside = 0;
	oracle_walk_end();
	walk_marks(w, type);
	end(w->mm, token, mut);
	walk_marks(NULL, type);
	walker_open(w, flags);
	if (held) {
		u64 pa = arch_pte_pa(e, level);

		walk_read(w, pa);
		oracle_walk_unref(pa);
		frame_put(pa);
	}
	w->walks++;
}

static __always_inline void walk_loop(struct walker *w, const enum walk_type type, const unsigned mut,
				      walk_begin_fn *begin, walk_end_fn *end)
{
	walker_begin(w);
	if (type == WALK_T_BARE_NMI)
		walk_current[this_cpu()] = w;
	while (!w->stop) {
		if (w->gate)
			walker_enter(w);
		walk_once(w, type, mut, begin, end);
		if (w->gate)
			walker_leave(w);
		walker_park(w, w->park_out);
	}
	walk_current[this_cpu()] = NULL;
}

/*
 * The nested walk: which size does the target have now? Uses no frame. perf_get_page_size() under Yang's series. Of another mm, where
 * the workload says so: then a mark must stand for both.
 */
static __always_inline void walk_size(struct walker *w, const unsigned mut, walk_begin_fn *begin, walk_end_fn *end)
{
	const struct pword *slot;
	unsigned level;
	u64 token = begin(w->nest_mm, mut);

	oracle_walk_begin(w->nest_mm, WALK_BARE);
	walk_levels(w->nest_mm, *w->target, WALK_T_BARE, &level, &slot);
	oracle_walk_end();
	end(w->nest_mm, token, mut);
}

/*
 * The walk of a handler that fills a table of translations from the tree (arch_tlb_shared()): as a walk that takes references, it may use
 * what a leaf leads to only if the slot, looked at once more, has not changed; it needs the slot's table until then. @use does that,
 * inside the walk. Interrupts are off as the interrupt left them. Return: there is a leaf, and @use said true.
 */
typedef bool walk_use_fn(void *arg, pte_t e, unsigned level, const struct pword *slot);
typedef bool walk_fault_fn(struct mm *mm, u64 va, walk_use_fn *use, void *arg);
extern walk_fault_fn *walk_fault; /* of the scheme that runs */
/* No scheme runs: such a walk is marked by its closed interrupts alone. */
void walk_fault_unmarked(void);

static __always_inline bool walk_fill(struct mm *mm, u64 va, walk_use_fn *use, void *arg, const unsigned mut, walk_begin_fn *begin,
				      walk_end_fn *end)
{
	const struct pword *slot = NULL;
	unsigned level = 0;
	u64 token = begin(mm, mut);
	bool done;
	pte_t e;

	oracle_walk_begin(mm, WALK_GUP);
	e = walk_levels(mm, va, WALK_T_GUP, &level, &slot);
	done = e != PTE_NONE && use(arg, e, level, slot);
	oracle_walk_end();
	end(mm, token, mut);
	return done;
}

/* What the reader pays: @n marks alone, and @n marks around a four-level walk; interrupts already off. Returns the ticks. */
typedef u64 walk_cost_fn(struct mm *mm, u64 va, u64 n);

static __always_inline u64 walk_cost(struct mm *mm, u64 va, u64 n, const bool walk, const unsigned mut, walk_begin_fn *begin,
				     walk_end_fn *end)
{
	const struct pword *slot;
	unsigned level;
	u64 t0 = arch_cycles_start();

	for (u64 i = 0; i < n; i++) {
		u64 token = begin(mm, mut);

		if (walk)
			walk_levels(mm, va, WALK_T_BARE, &level, &slot);
		barrier(); /* compiler: the loop stays a loop also where the scheme marks nothing */
		end(mm, token, mut);
	}
	return arch_cycles_stop() - t0;
}

#define DEFINE_WALK_LOOPS(ident, m)                                                                \
	static __timed void ident##_##m##_walk_bare(struct walker *w)                              \
	{                                                                                          \
		walk_loop(w, WALK_T_BARE, m, ident##_begin, ident##_end);                          \
	}                                                                                          \
	static __timed void ident##_##m##_walk_gup(struct walker *w)                               \
	{                                                                                          \
		walk_loop(w, WALK_T_GUP, m, ident##_begin, ident##_end);                           \
	}                                                                                          \
	static __timed void ident##_##m##_walk_bare_nmi(struct walker *w)                          \
	{                                                                                          \
		walk_loop(w, WALK_T_BARE_NMI, m, ident##_begin, ident##_end);                      \
	}                                                                                          \
	static __timed u64 ident##_##m##_cost_mark(struct mm *mm, u64 va, u64 n)                   \
	{                                                                                          \
		return walk_cost(mm, va, n, false, m, ident##_begin, ident##_end);                 \
	}                                                                                          \
	static __timed u64 ident##_##m##_cost_walk(struct mm *mm, u64 va, u64 n)                   \
	{                                                                                          \
		return walk_cost(mm, va, n, true, m, ident##_begin, ident##_end);                  \
	}                                                                                          \
	static void ident##_##m##_nmi_walk(struct walker *w)                                       \
	{                                                                                          \
		walk_size(w, m, ident##_begin, ident##_end);                                       \
	}                                                                                          \
	static bool ident##_##m##_fault(struct mm *mm, u64 va, walk_use_fn *use, void *arg)        \
	{                                                                                          \
		return walk_fill(mm, va, use, arg, m, ident##_begin, ident##_end);                 \
	}

#define WALK_LOOPS_INIT(ident, m)                                                                  \
	.walk_loop = { ident##_##m##_walk_bare, ident##_##m##_walk_gup, ident##_##m##_walk_bare_nmi }, \
	.cost_mark = ident##_##m##_cost_mark, .cost_walk = ident##_##m##_cost_walk,                \
	.nmi_walk = ident##_##m##_nmi_walk, .fault = ident##_##m##_fault

#endif
