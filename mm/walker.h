/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A lockless page-table walker, and what every type of them shares: its record, its parks, the way in, the way down, the way out. The
 * types are in walk_frame.h, walk_level.h and walk_slot.h; walk.h makes loops of them and says what each type is.
 */
#ifndef SKEET_WALKER_H
#define SKEET_WALKER_H

#include <barrier.h>
#include <cpu.h>
#include <ipi.h>
#include <mm.h>
#include <mutant.h>
#include <oracle.h>
#include <phys.h>
#include <pt.h>
#include <vcpu.h>

/* In the order of walk_names[]. What each does: walk.h. */
enum walk_type {
	WALK_T_BARE,
	WALK_T_GUP,
	WALK_T_BARE_NMI,
	WALK_T_GUP_NMI,
	WALK_T_SIZE,
	WALK_T_KVM,
	WALK_T_SLOT,
	WALK_T_SLOT_REAL,
	WALK_T_SLOT_MCE,
	WALK_T_SLOT_IRQ,
	WALK_T_EXEMPT,
	NR_WALK_TYPES
};

/* Mutations of the walk itself, beside those of a scheme (which count from 1). */
enum walk_mut {
	M_KVM_UNTRACKED = 100,  /* without begin() and end() */
	M_EXEMPT_USER,          /* walks the table of a user, untracked */
	M_GUP_IRQ_ON,           /* walks with interrupts open */
	M_GUP_NO_GRAB,          /* takes no reference at all */
	M_GUP_NO_RECHECK,
	M_GUP_PLAIN_GET,        /* raises the count also from zero */
	M_GUP_RECHECK_FIRST,    /* looks at the slots again, then takes the reference */
	M_GUP_NO_UPPER,         /* looks at the leaf's slot alone, not at the slot that led to its table */
	M_GUP_RELOAD,           /* uses what the slot holds behind the recheck */
	M_GUP_SPECIAL,          /* takes a reference on what has no count */
	M_KVM_NO_RETRY,
	M_KVM_SEQ_ALONE,        /* retries on the sequence number, not on a change that goes on */
	M_SLOT_RELOAD,          /* tests one load of the slot and interprets another */
	M_SLOT_NO_LEAF_TEST,
	M_SLOT_AFTER_END,       /* dereferences the slot pointer behind end() */
	M_WALK_NO_QS_FENCE,     /* passes a quiescent state between two walks without a fence */
	M_SLOT_IRQ_EARLY,       /* opens interrupts before the last use, inside begin() and end() */
};

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
	enum walk_kind nest_kind;   /* ... and what it is judged by: as strictly as the walk that it nests into */
	struct mm *guest;           /* of an exempt walker: a tree that no writer changes */
	const volatile u64 *target; /* the VA that the writer takes next: the worst place to walk */
	u64 rng;
	u32 park_in, park_out;      /* mean turns of the two parks */
	u32 park_trap;              /* ... of the park inside a walk that a trap makes */
	bool account;               /* one clock for all CPUs: keep what this walker ran (see walker_turn()) */
	bool stalls;                /* now and then it stays inside its walk for very long (forced schedules) */
	bool preempts;              /* oracle image: one park in four is time that the hypervisor takes from its CPU (vcpu.h) */
	u32 calls;                  /* of a walker that makes another CPU walk in an interrupt: which */
	walk_fn *loop;
	void (*sync)(struct mm *mm, const struct cpumask *drained); /* of a CPU of the crew that syncs instead of walking */
	void (*nmi_walk)(struct walker *w); /* the walk that an NMI makes, or an interrupt */
	const struct walk_gate *gate; /* NULL, or it loads the mm for each walk and leaves it again */
	void (*switch_mm)(struct mm *mm);
	void (*leave)(struct walker *w); /* NULL, or what it does between two walks instead of loading the kernel's own map */
	volatile u64 stop;

	/* written by the walker, read by the writer */
	volatile u64 turns __cacheline;
	volatile u64 opens;
	volatile u64 cuts;   /* turns in which another walker ran too */
	volatile u64 ran;    /* ticks that this walker ran in its turns */
	volatile u64 walks;
	volatile u64 inside; /* 1 between the begin and the end of a walk: the bench's own record */
	volatile u64 armed, nest_armed; /* the interrupts of sync_call() that its CPU had taken when its last walk began, of mm and of nest_mm; + 1 */
	volatile u64 bad;    /* frames seen without their tag: the witness */
	volatile u64 resumed; /* when its turn began; 0 while it gives way */
	volatile u64 gathered; /* the last round of the gate in which it was outside */
};

typedef u64 walk_begin_fn(struct mm *mm, unsigned mut);
typedef void walk_end_fn(struct mm *mm, u64 token, unsigned mut);

/* The walker of this CPU that an NMI may nest into; NULL outside walks of types that walk_nests(). */
extern struct walker *walk_current[NR_CPUS];
/*
 * The walker of this CPU that is inside begin(), end() or a handler of sync_call(), for the steps there; NULL elsewhere. Oracle image only.
 */
extern struct walker *walk_marking[NR_CPUS];
/* By CPU: interrupts of sync_call() taken; written by that CPU. */
struct sync_calls {
	volatile u64 n;
} __cacheline;
extern struct sync_calls sync_calls[NR_CPUS];
void walk_mark_step(void); /* the oracle's delay points, before the access: an NMI may come here */
/* nmi_hook: run the nested walk of the interrupted walker's scheme. */
void walk_nmi(void);
/* irq_walk_hook: the walk that another CPU's walker asked this CPU for. */
void walk_irq(void);
/* Ask CPU w->calls for it, and wait until it is over. */
void walk_from_interrupt(struct walker *w);
/* Panics unless interrupts are closed: real mode found its way out of a walk with them open. */
void walk_still_closed(void);

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
void walker_gone(struct walker *w); /* the same for good */
/* Interrupts as they were: what was held is taken here, outside the account, for it belongs to who sent it. */
void walker_open(struct walker *w, u64 flags);
/* The constants that the account misses at each, in ticks, measured on this CPU with interrupts on. */
u64 walker_turn_missed(void);
u64 walker_open_missed(void);

/* Stay for 1 .. 2 * @mean - 1 turns. */
static __always_inline void walker_park(struct walker *w, u32 mean)
{
	u64 n = 1 + rng_next(&w->rng) % (2 * (u64)mean - 1);

	if (oracle_build && w->preempts && rng_next(&w->rng) % 4 == 0) {
		vcpu_stall(4 * n, &w->stop);
		return;
	}
	while (n-- && !w->stop)
		walker_turn(w);
}

/* One walk in so many stalls, and stays so many times as long as others: a writer waits for 12 turns at most before it goes on. */
#define STALL_ONE_IN 256
#define STALL_FACTOR 24

/* The park inside the walk, between the loads and the use of what was loaded: where a stale entry hurts. */
static __always_inline void walk_dwell(struct walker *w)
{
	bool stall = oracle_build && w->stalls && !(rng_next(&w->rng) % STALL_ONE_IN);

	walker_park(w, stall ? w->park_in * STALL_FACTOR : w->park_in);
}

/* Does an NMI make a walk of its own at every step of this type's? */
static __always_inline bool walk_nests(const enum walk_type type)
{
	return type == WALK_T_BARE_NMI || type == WALK_T_GUP_NMI || type == WALK_T_SLOT_MCE;
}

static __always_inline void walk_step(const enum walk_type type)
{
	if (walk_nests(type))
		nmi_walk_self();
}

static __always_inline void walk_marks(struct walker *w, const enum walk_type type)
{
	if (oracle_build && walk_nests(type))
		walk_marking[this_cpu()] = w;
}

/* The way in, interrupts off. @kind: what the walk uses without a reference. Returns the token for walk_out(). */
static __always_inline u64 walk_in(struct walker *w, const enum walk_type type, const enum walk_kind kind, const unsigned mut,
				   walk_begin_fn *begin)
{
	u64 token = 0;

	walk_marks(w, type);
	if (mut != M_KVM_UNTRACKED)
		token = begin(w->mm, mut);
	walk_marks(NULL, type);
	oracle_walk_begin(w->mm, kind);
	w->inside = 1;
	w->armed = sync_calls[this_cpu()].n + 1;
	walk_step(type);
	return token;
}

/* The way out, behind the last use of what was found. Interrupts stay as they are. */
static __always_inline void walk_out(struct walker *w, const enum walk_type type, u64 token, const unsigned mut, walk_end_fn *end)
{
	w->inside = 0;
	oracle_walk_end();
	walk_marks(w, type);
	if (mut != M_KVM_UNTRACKED)
		end(w->mm, token, mut);
	walk_marks(NULL, type);
}

/* Where a walk came to: a leaf, the slot that it was loaded from, and what led to that slot's table. */
struct walked {
	pte_t e;
	unsigned level;
	const struct pword *slot;
	pte_t upper;
	const struct pword *upper_slot;
};

/* From the root of @mm down to what translates @va. Returns the leaf, with *@at filled in, or PTE_NONE. */
static __always_inline pte_t walk_levels(struct mm *mm, u64 va, const enum walk_type type, struct walked *at)
{
	const struct pword *table = phys_to_virt(mm->root_pa);

	*at = (struct walked){ .e = PTE_NONE };
	/* Written out, as a kernel's walk is: no level is computed at run time where the geometry is constant. */
#pragma GCC unroll 5
	for (unsigned l = ARCH_PT_LEVELS; l-- > 0;) {
		const struct pword *s = table + pt_index(va, l);
		pte_t e = pte_load(s); /* [walk.load] */

		oracle_walk_loaded(s, e, va, l);
		walk_step(type);
		if (!arch_pte_present(e))
			return PTE_NONE;
		if (arch_pte_is_leaf(e, l)) {
			at->e = e;
			at->level = l;
			at->slot = s;
			return e;
		}
		at->upper = e;
		at->upper_slot = s;
		table = phys_to_virt(arch_pte_pa(e, l));
	}
	return PTE_NONE;
}

static __always_inline void walk_read(struct walker *w, u64 pa)
{
	oracle_walk_deref(pa);
	if (*(volatile u64 *)phys_to_virt(pa) != FRAME_TAG)
		w->bad++;
}

#endif
