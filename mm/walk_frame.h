/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walkers that use the frame which they find: bare inside the walk, gup by a reference.
 *
 * gup. A frame whose last reference went refuses the grab, so what is grabbed is in use; but by whom? The grab is a full fence, and behind
 * it the slots are loaded once more: if they still hold what led here, then the frame was mapped here when its count was raised, and its
 * owner's drop will see the reference. If one differs, the reference goes back. Both slots count: the leaf's, and the one that led to the
 * leaf's table, because a table that was taken out of the tree keeps its leaves. A large leaf has one slot only.
 *
 *   walker                        writer
 *   R slot
 *   raise count, from > 0         W slot = none
 *   full fence                    full fence (the exchange)
 *   R slot again                  drop its count; 0: free
 *
 * A special leaf (zero frame, device) leads to something that has no count to raise: refused before the grab.
 * Tables have no count either: a walk that takes references still needs a sync before a table is freed.
 * Source: gup_fast_pmd_leaf(), gup_fast_pte_range(), try_grab_folio_fast() of Linux 6.12. A pin (FOLL_PIN) raises the count by
 * GUP_PIN_COUNTING_BIAS; one grab in two is a pin here.
 */
#ifndef SKEET_WALK_FRAME_H
#define SKEET_WALK_FRAME_H

#include <walker.h>

/* Inside the walk, without a reference. */
static __always_inline void walk_use_bare(struct walker *w, const struct walked *at, const enum walk_type type)
{
	walk_dwell(w);
	walk_step(type);
	if (at->e != PTE_NONE)
		walk_read(w, arch_pte_pa(at->e, at->level)); /* [walk.use] */
}

/* Do the slots still hold what the walk loaded? The table of a large leaf is not what is looked for. */
static __always_inline bool walk_unchanged(const struct walked *at, const unsigned mut)
{
	if (at->level == 0 && mut != M_GUP_NO_UPPER && pte_load(at->upper_slot) != at->upper)
		return false;
	return pte_load(at->slot) == at->e;
}

/* Take @n references and recheck; true if the frame may be used. */
static __always_inline bool walk_pin(const struct walked *at, u64 n, const unsigned mut)
{
	u64 pa = arch_pte_pa(at->e, at->level);

	if (at->e == PTE_NONE || (mut != M_GUP_SPECIAL && arch_pte_prot(at->e) & PROT_SPECIAL))
		return false;
	if (mut == M_GUP_NO_GRAB)
		return walk_unchanged(at, mut);
	if (mut == M_GUP_PLAIN_GET)
		pword_add(&frame_of(pa)->ref, (s64)n);
	else if (!frame_try_grab(pa, n)) /* [walk.grab] */
		return false;
	/* [walk.recheck] The grab is a full fence: it orders the raised count before the second loads. Pairs with the writer's clear of the
	 * slot before its drop of the count. */
	if (mut != M_GUP_NO_RECHECK && mut != M_GUP_RECHECK_FIRST && !walk_unchanged(at, mut)) {
		frame_drop(pa, n); /* [walk.put] */
		return false;
	}
	oracle_walk_ref(pa);
	return true;
}

/* The same by a walker, which stays inside its walk before. */
static __always_inline bool walk_grab(struct walker *w, const struct walked *at, u64 n, const unsigned mut)
{
	walk_dwell(w);
	if (mut == M_GUP_RECHECK_FIRST) {
		if (at->e == PTE_NONE || !walk_unchanged(at, mut))
			return false;
		walk_dwell(w);
	}
	return walk_pin(at, n, mut);
}

static __always_inline void walk_unpin(const struct walked *at, u64 n)
{
	u64 pa = arch_pte_pa(at->e, at->level);

	oracle_walk_unref(pa);
	frame_drop(pa, n);
}

/* Behind the walk, interrupts on again. */
static __always_inline void walk_use_held(struct walker *w, const struct walked *at, u64 n, const unsigned mut)
{
	pte_t used = mut == M_GUP_RELOAD ? pte_load(at->slot) : at->e;

	if (arch_pte_present(used))
		walk_read(w, arch_pte_pa(used, at->level));
	if (mut != M_GUP_NO_GRAB)
		walk_unpin(at, n);
}

static __always_inline void walk_once_bare(struct walker *w, const enum walk_type type, const unsigned mut, walk_begin_fn *begin,
					   walk_end_fn *end)
{
	u64 flags = arch_irq_save();
	u64 va = *w->target, token = walk_in(w, type, WALK_BARE, mut, begin);
	struct walked at;

	walk_levels(w->mm, va, type, &at);
	walk_use_bare(w, &at, type);
	walk_out(w, type, token, mut, end);
	walker_open(w, flags);
}

static __always_inline void walk_once_gup(struct walker *w, const enum walk_type type, const unsigned mut, walk_begin_fn *begin,
					  walk_end_fn *end)
{
	const u64 n = rng_next(&w->rng) & 1 ? FRAME_PIN : 1;
	u64 flags = arch_irq_save(); /* [walk.irq-off] */
	u64 va = *w->target, token = walk_in(w, type, WALK_GUP, mut, begin);
	struct walked at;
	bool held;

	if (mut == M_GUP_IRQ_ON)
		arch_irq_restore(flags);
	walk_levels(w->mm, va, type, &at);
	held = walk_grab(w, &at, n, mut);
	walk_out(w, type, token, mut, end);
	walker_open(w, flags); /* [walk.irq-on] */
	if (held)
		walk_use_held(w, &at, n, mut);
}

#endif
