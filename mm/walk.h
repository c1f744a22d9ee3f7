/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lockless page-table walkers.
 *
 * One body, instantiated once per (scheme x walker type x mutation), so a reader's loop has no indirect call: begin() and end()
 * of the scheme are inlined. The rules that every walker keeps (seed 000): each level is loaded once and never reloaded; the
 * value that was loaded is the value that is interpreted; interrupts are off from before the first load until after the last use.
 *
 *   bare       uses the frame inside the walk, without a reference: only a sync can protect it
 *   gup        takes a reference or a pin (inc-not-zero), then rechecks the slots, and uses the frame after the walk: needs no sync for a
 *              leaf zap (walk_frame.h)
 *   bare+nmi   bare, with a size walk from an NMI at every step: nesting. Under forced schedules one in two
 *              accesses inside begin() and end() is such a step too
 *   gup+nmi    gup, the same way
 *   size       wants to know how large the leaf is (perf_get_page_size()): uses no frame, but the tables on the way (walk_level.h)
 *   kvm        the same for a secondary MMU, with a retry: the level must still be true when it is used
 *   slot       hands out a pointer to the slot that its caller dereferences later (__find_linux_pte()), inside the walk (walk_slot.h)
 *   slot-real  ... in real mode: interrupts are off before and after
 *   slot+mce   ... with another from a machine check at every step
 *   slot-irq   ... from an interrupt
 *   exempt     walks trees that no writer frees, tracked by nobody: no scheme may need it
 *
 * A walker gives way (arch_relax()) only in its two parks: inside the walk, between the loads and the use of what was loaded, where
 * a stale entry hurts; and outside. The parks last a seeded number of turns; under forced schedules one in many stays inside for very long,
 * as a CPU that stalls.
 */
#ifndef SKEET_WALK_H
#define SKEET_WALK_H

#include <rcu.h>
#include <walk_frame.h>
#include <walk_level.h>
#include <walk_slot.h>

static __always_inline void walk_once(struct walker *w, const enum walk_type type, const unsigned mut,
				      walk_begin_fn *begin, walk_end_fn *end)
{
	switch (type) {
	case WALK_T_BARE:
	case WALK_T_BARE_NMI:
		walk_once_bare(w, type, mut, begin, end);
		break;
	case WALK_T_GUP:
	case WALK_T_GUP_NMI:
		walk_once_gup(w, type, mut, begin, end);
		break;
	case WALK_T_SIZE:
		walk_once_size(w, type, mut, begin, end);
		break;
	case WALK_T_KVM:
		walk_once_kvm(w, type, mut, begin, end);
		break;
	case WALK_T_SLOT:
	case WALK_T_SLOT_REAL:
	case WALK_T_SLOT_MCE:
		walk_once_slot(w, type, mut, begin, end);
		break;
	case WALK_T_SLOT_IRQ:
		walk_from_interrupt(w);
		break;
	case WALK_T_EXEMPT:
		walk_once_exempt(w, mut);
		break;
	case NR_WALK_TYPES:
		break;
	}
	w->walks++;
}

static __always_inline void walk_loop(struct walker *w, const enum walk_type type, const unsigned mut,
				      walk_begin_fn *begin, walk_end_fn *end)
{
	walker_begin(w);
	rcu_enter();
	if (walk_nests(type))
		walk_current[this_cpu()] = w;
	while (!w->stop) {
		rcu_note_quiescent(mut != M_WALK_NO_QS_FENCE);
		if (w->gate)
			walker_enter(w);
		walk_once(w, type, mut, begin, end);
		if (w->gate)
			walker_leave(w);
		walker_park(w, w->park_out);
	}
	if (w->gate)
		walker_gone(w);
	walk_current[this_cpu()] = NULL; /* no walk of an NMI on an idle CPU */
	rcu_leave();
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
	u64 token = begin(mm, mut);
	struct walked at;
	bool done;

	oracle_walk_begin(mm, WALK_GUP);
	done = walk_levels(mm, va, WALK_T_GUP, &at) != PTE_NONE && use(arg, at.e, at.level, at.slot);
	oracle_walk_end();
	end(mm, token, mut);
	return done;
}

/* What a reader pays for, @n times: the scheme alone, then what it stands around. Returns the ticks. */
enum walk_part {
	WALK_PART_MARK,   /* begin() and end(); interrupts are off */
	WALK_PART_LEVELS, /* ... around a walk of all levels; interrupts are off */
	WALK_PART_GUP,    /* GUP-fast of one page, from closing interrupts to the put: the steps of walk_once_gup() without parks and records */
	NR_WALK_PARTS
};
typedef u64 walk_cost_fn(struct mm *mm, u64 va, u64 n);

static __always_inline u64 walk_cost(struct mm *mm, u64 va, u64 n, const enum walk_part part, const unsigned mut, walk_begin_fn *begin,
				     walk_end_fn *end)
{
	const bool gup = part == WALK_PART_GUP;
	u64 t0 = arch_cycles_start();

	for (u64 i = 0; i < n; i++) {
		u64 flags = gup ? arch_irq_save() : 0;
		u64 token = begin(mm, mut);
		struct walked at;
		bool held = false;

		if (part != WALK_PART_MARK)
			walk_levels(mm, va, WALK_T_BARE, &at);
		if (gup)
			held = walk_pin(&at, 1, mut);
		barrier(); /* compiler: the loop stays a loop also where the scheme marks nothing */
		end(mm, token, mut);
		if (gup)
			arch_irq_restore(flags);
		if (held)
			walk_unpin(&at, 1);
	}
	return arch_cycles_stop() - t0;
}

/*
 * A litmus test of the scheme's protocol: the walker of one round. begin(), the load of the slot, and then inside for at most @dwell
 * turns, looking whether the writer's sync() returns meanwhile. If it does, the walk that loaded the old entry goes on behind it.
 */
struct walk_meeting {
	struct mm *mm;
	const struct pword *slot; /* the writer of round n stores n */
	u64 dwell;
	bool give_way;            /* CPUs take turns */
	volatile u64 synced __cacheline; /* the last round whose sync() has returned; written by the writer */
};

enum walk_saw { SAW_NEW, SAW_OLD, SAW_MISSED, NR_WALK_SAW };
typedef enum walk_saw walk_meet_fn(struct walk_meeting *m, u64 round);

static __always_inline enum walk_saw walk_meet(struct walk_meeting *m, u64 round, const unsigned mut, walk_begin_fn *begin,
					       walk_end_fn *end)
{
	u64 flags = arch_irq_save();
	u64 token = begin(m->mm, mut);
	bool old = pword_load(m->slot) != round, missed = false;

	for (u64 turns = m->dwell; old && !missed && turns; turns--) {
		if (m->give_way)
			arch_relax();
		missed = m->synced == round;
	}
	end(m->mm, token, mut);
	arch_irq_restore(flags);
	return !old ? SAW_NEW : missed ? SAW_MISSED : SAW_OLD;
}

/* The two types whose loop is the same for every scheme: one walks by way of an interrupt's hook, the other is tracked by none. */
void walk_loop_slot_irq(struct walker *w);
void walk_loop_exempt(struct walker *w);

#define WALK_LOOP_(ident, m, T)                                                                    \
	static __timed void ident##_##m##_walk_##T(struct walker *w)                               \
	{                                                                                          \
		walk_loop(w, WALK_T_##T, m, ident##_begin, ident##_end);                           \
	}

#define WALK_COST_(ident, m, P)                                                                    \
	static __timed __cacheline u64 ident##_##m##_cost_##P(struct mm *mm, u64 va, u64 n)        \
	{                                                                                          \
		return walk_cost(mm, va, n, WALK_PART_##P, m, ident##_begin, ident##_end);         \
	}

/* What every instantiation of a scheme has, so that it can run under any TLB method. */
#define DEFINE_WALK_FAULT(ident, m)                                                                \
	static bool ident##_##m##_fault(struct mm *mm, u64 va, walk_use_fn *use, void *arg)        \
	{                                                                                          \
		return walk_fill(mm, va, use, arg, m, ident##_begin, ident##_end);                 \
	}

/* What a mutation of a scheme has: the types that use a frame, and the walk that nests into them. */
#define DEFINE_WALK_LOOPS_FEW(ident, m)                                                            \
	DEFINE_WALK_FAULT(ident, m)                                                                \
	WALK_LOOP_(ident, m, BARE)                                                                 \
	WALK_LOOP_(ident, m, GUP)                                                                  \
	WALK_LOOP_(ident, m, BARE_NMI)                                                             \
	static void ident##_##m##_nmi_walk(struct walker *w)                                       \
	{                                                                                          \
		walk_size_nested(w, m, ident##_begin, ident##_end);                                \
	}                                                                                          \
	static enum walk_saw ident##_##m##_meet(struct walk_meeting *w, u64 round)                 \
	{                                                                                          \
		return walk_meet(w, round, m, ident##_begin, ident##_end);                         \
	}

/* What a scheme has. */
#define DEFINE_WALK_LOOPS(ident, m)                                                                \
	DEFINE_WALK_LOOPS_FEW(ident, m)                                                            \
	WALK_LOOP_(ident, m, GUP_NMI)                                                              \
	WALK_LOOP_(ident, m, SIZE)                                                                 \
	WALK_LOOP_(ident, m, KVM)                                                                  \
	WALK_LOOP_(ident, m, SLOT)                                                                 \
	WALK_LOOP_(ident, m, SLOT_REAL)                                                            \
	WALK_LOOP_(ident, m, SLOT_MCE)                                                             \
	static void ident##_##m##_trap_walk(struct walker *w)                                      \
	{                                                                                          \
		walk_slot_trapped(w, m, ident##_begin, ident##_end);                               \
	}                                                                                          \
	WALK_COST_(ident, m, MARK)                                                                 \
	WALK_COST_(ident, m, LEVELS)                                                               \
	WALK_COST_(ident, m, GUP)

/* The fields of struct sync_scheme. A type that is not there stays NULL: who asks for it gets an error (verdict.c). */
#define WALK_LOOP_INIT_(ident, m, T) [WALK_T_##T] = ident##_##m##_walk_##T
#define WALK_LOOPS_FEW_(ident, m)                                                                  \
	WALK_LOOP_INIT_(ident, m, BARE), WALK_LOOP_INIT_(ident, m, GUP), WALK_LOOP_INIT_(ident, m, BARE_NMI)
#define WALK_LOOPS_FEW_INIT(ident, m)                                                              \
	.walk_loop = { WALK_LOOPS_FEW_(ident, m) },                                                \
	.nmi_walk = ident##_##m##_nmi_walk, .fault = ident##_##m##_fault, .meet = ident##_##m##_meet
#define WALK_LOOPS_INIT(ident, m)                                                                  \
	.walk_loop = { WALK_LOOPS_FEW_(ident, m), WALK_LOOP_INIT_(ident, m, GUP_NMI), WALK_LOOP_INIT_(ident, m, SIZE), \
		       WALK_LOOP_INIT_(ident, m, KVM), WALK_LOOP_INIT_(ident, m, SLOT), WALK_LOOP_INIT_(ident, m, SLOT_REAL), \
		       WALK_LOOP_INIT_(ident, m, SLOT_MCE), [WALK_T_SLOT_IRQ] = walk_loop_slot_irq, \
		       [WALK_T_EXEMPT] = walk_loop_exempt },                                       \
	.cost = { [WALK_PART_MARK] = ident##_##m##_cost_MARK, [WALK_PART_LEVELS] = ident##_##m##_cost_LEVELS, \
		  [WALK_PART_GUP] = ident##_##m##_cost_GUP },                                      \
	.nmi_walk = ident##_##m##_nmi_walk, .trap_walk = ident##_##m##_trap_walk, .fault = ident##_##m##_fault, \
	.meet = ident##_##m##_meet

#endif
