/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walkers that hand out a slot: __find_linux_pte() of powerpc returns a pte_t * that its caller dereferences later, when the slot may hold
 * something else, a pointer to a table too. Seed 000 took the interrupt away that had kept slots still meanwhile, and gave three rules to
 * the caller instead:
 *
 *   1. load the slot once and never again: what was tested is what is interpreted
 *   2. tolerate that the value is stale by then
 *   3. test the leaf bit of that value before it is taken for a leaf
 *
 * Invariant: a value loaded from a slot is never interpreted as another type (leaf or table) than the one that is encoded in that value.
 * The slot itself lies in a table, which has no count of references: the pointer is good between begin() and end() only, with interrupts
 * off as long (schemes that interrupt take closed interrupts for the mark, or wait for the answer of a CPU that has one). Opening them
 * before the last use while the mark still stands is no less wrong: the interrupt is taken at once and answered, and sync() returns.
 *
 *   slot       in a thread
 *   slot-real  interrupts are off before it begins and stay off behind it (real mode, MSR[EE] = 0): begin() and end() leave them alone
 *   slot+mce   slot, with another at every step from a machine check (an NMI)
 *   slot-irq   in an interrupt that another CPU sent (a callchain of a profiler), nested in whatever was interrupted
 *
 * Source: __find_linux_pte(), find_current_mm_pte() of arch/powerpc, Linux 6.12; begin_lockless_pgtbl_walk(bool irq) of seed 001.
 */
#ifndef SKEET_WALK_SLOT_H
#define SKEET_WALK_SLOT_H

#include <walker.h>

/* Does rule 3 let @e pass? Mutated: whatever is present does. */
static __always_inline bool walk_slot_passes(pte_t e, unsigned level, const unsigned mut)
{
	return mut == M_SLOT_NO_LEAF_TEST ? arch_pte_present(e) : arch_pte_is_leaf(e, level);
}

/* The caller of the walk: dereference the pointer that it was handed and use the frame, inside the walk and without a reference. */
static __always_inline void walk_slot_use(struct walker *w, u64 va, const struct walked *at, const unsigned mut)
{
	pte_t e = pte_load(at->slot);

	oracle_walk_loaded(at->slot, e, va, at->level);
	if (!walk_slot_passes(e, at->level, mut))
		return;
	if (mut == M_SLOT_RELOAD) {
		walk_dwell(w);
		e = pte_load(at->slot);
	}
	oracle_walk_interpret(at->slot, e, at->level);
	/* What is no leaf has been reported: only a mutation gets here with it. */
	if (arch_pte_is_leaf(e, at->level))
		walk_read(w, arch_pte_pa(e, at->level));
}

/*
 * Interrupts are off, and stay so unless mutated (@flags: what they were). @park: mean turns between the walk and the use; 0: walk_dwell().
 */
static __always_inline void walk_slot(struct walker *w, const enum walk_type type, u32 park, u64 flags, const unsigned mut,
				      walk_begin_fn *begin, walk_end_fn *end)
{
	u64 va = *w->target, token = walk_in(w, type, WALK_BARE, mut, begin);
	struct walked at;
	pte_t e = walk_levels(w->mm, va, type, &at);

	if (mut == M_SLOT_IRQ_EARLY)
		walker_open(w, flags);
	if (park)
		walker_park(w, park);
	else
		walk_dwell(w);
	walk_step(type);
	if (e != PTE_NONE && mut != M_SLOT_AFTER_END)
		walk_slot_use(w, va, &at, mut);
	walk_out(w, type, token, mut, end);
	if (e != PTE_NONE && mut == M_SLOT_AFTER_END)
		walk_slot_use(w, va, &at, mut);
}

static __always_inline void walk_once_slot(struct walker *w, const enum walk_type type, const unsigned mut, walk_begin_fn *begin,
					   walk_end_fn *end)
{
	u64 flags = arch_irq_save();

	walk_slot(w, type, 0, flags, mut, begin, end);
	if (type == WALK_T_SLOT_REAL) {
		/* Real mode goes on, unmarked, and walks once more before it leaves. */
		walk_still_closed();
		walker_park(w, w->park_out);
		walk_slot(w, type, 0, flags, mut, begin, end);
		walk_still_closed();
	}
	walker_open(w, flags);
}

/* From a machine check or an interrupt, which closed them. */
static __always_inline void walk_slot_trapped(struct walker *w, const unsigned mut, walk_begin_fn *begin, walk_end_fn *end)
{
	u64 inside = w->inside;

	walk_slot(w, WALK_T_SLOT, w->park_trap, 0, mut, begin, end);
	walk_still_closed();
	w->inside = inside; /* of the walk that was interrupted */
}

#endif
