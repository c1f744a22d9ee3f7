// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pairs of accesses on which protocols of this tree stand, alone: each with all of its barriers, and with one of them left out.
 *
 *   sb       the tracker (T1): W slot, fence, R mark | W mark, fence, R slot
 *   mask     the same with a mark that an atomic sets, as the bit of a mask is; the atomic is the fence of its side
 *   pin      a page that is moved while it is pinned (T11): clear the entry, R pin count | R entry, pin, fence, R entry again.
 *            The clear is a plain store, an exchange that orders nothing (what arm64's ptep_get_and_clear() is), one with a fence
 *            behind it, or a full one (what every atomic of x86 is). A locked exchange of TSO cannot be relaxed
 *   publish  a new table (message passing): fill it, fence, W entry | R entry, R what it leads to. The left side is pt_table_filled()
 *            of mm/pt.h itself; the right side has the address dependency that every walker has
 *
 * What can go wrong is the store buffer's doing (a store passes a later load: every machine) in the first three, and a weak
 * order's (a store passes a store) in the last. (Linux: Documentation/litmus-tests, tools/memory-model.)
 */
#include <pt.h>

#include "litmus.h"

#define SIDE(name, call)                                                                           \
	static unsigned name(struct litmus_words *w, u64 round)                                    \
	{                                                                                          \
		return call;                                                                       \
	}                                                                                          \
	_Static_assert(1, "a side")

/* --- sb: x is the slot, y the mark --- */

static __always_inline unsigned store_look(struct litmus_words *w, u64 round, const bool fence)
{
	pword_store(&w->x.w, round);
	/*
	 * Orders the store to the slot before the load of the mark; pairs with the fence in mark_walk(), or with the atomic in add_walk().
	 */
	if (fence)
		fence_full();
	return pword_load(&w->y.w) == round;
}

static __always_inline unsigned mark_walk(struct litmus_words *w, u64 round, const bool fence)
{
	pword_store(&w->y.w, round);
	/* Orders the mark before the load of the slot; pairs with the fence in store_look(). */
	if (fence)
		fence_full();
	return pword_load(&w->x.w) != round;
}

SIDE(slot_fence, store_look(w, round, true));
SIDE(slot_plain, store_look(w, round, false));
SIDE(mark_fence, mark_walk(w, round, true));
SIDE(mark_plain, mark_walk(w, round, false));

/* --- mask: y is the mask, which adds up so that no bit has to be cleared --- */

static __always_inline unsigned add_walk(struct litmus_words *w, u64 round, const bool atomic)
{
	/* Full fence: orders the bit before the load of the slot; pairs with the fence in store_look(). */
	if (atomic)
		pword_add(&w->y.w, 1);
	else
		pword_store(&w->y.w, pword_load(&w->y.w) + 1);
	return pword_load(&w->x.w) != round;
}

SIDE(add_atomic, add_walk(w, round, true));
SIDE(add_plain, add_walk(w, round, false));

/* --- pin: x is the entry, cleared in this round if it is the round's number; y counts pins --- */

enum clear { CLEAR_STORE, CLEAR_RELAXED, CLEAR_FENCED, CLEAR_FULL };

static __always_inline unsigned clear_look(struct litmus_words *w, u64 round, const enum clear how)
{
	if (how == CLEAR_STORE)
		pword_store(&w->x.w, round);
	else if (how == CLEAR_FULL)
		pword_xchg(&w->x.w, round);
	else
		pword_xchg_relaxed(&w->x.w, round);
	/* Orders the clear before the load of the count (smp_mb() of folio_try_share_anon_rmap_pte()); pairs with the atomic in pin(). */
	if (how == CLEAR_FENCED)
		fence_full();
	return pword_load(&w->y.w) == round;
}

static unsigned pin(struct litmus_words *w, u64 round)
{
	if (pword_load(&w->x.w) == round)
		return 0;
	/* Full fence: orders the count before the second look at the entry; pairs with the fence in clear_look(). */
	pword_add(&w->y.w, (s64)(round - w->pins));
	w->pins = round;
	return pword_load(&w->x.w) != round;
}

SIDE(clear_store, clear_look(w, round, CLEAR_STORE));
SIDE(clear_relaxed, clear_look(w, round, CLEAR_RELAXED));
SIDE(clear_fenced, clear_look(w, round, CLEAR_FENCED));
SIDE(clear_full, clear_look(w, round, CLEAR_FULL));

/* --- publish: x leads to one of two tables; the other is filled anew, its word being the round --- */

static __always_inline unsigned fill_hook(struct litmus_words *w, u64 round, const unsigned mut)
{
	struct pword *table = &w->table[round % 2].w;

	pword_store(table, round);
	pt_table_filled(mut);
	pword_store(&w->x.w, (u64)(uintptr_t)table);
	return 0;
}

enum { FOUND_NEW, FOUND_OLD, FOUND_STALE };

static unsigned follow(struct litmus_words *w, u64 round)
{
	u64 at = pword_load(&w->x.w);

	if (at != (u64)(uintptr_t)&w->table[round % 2].w)
		return FOUND_OLD;
	/* Ordered by the address that was loaded; pairs with pt_table_filled(). */
	return pword_load((const struct pword *)(uintptr_t)at) == round ? FOUND_NEW : FOUND_STALE;
}

SIDE(hook_fence, fill_hook(w, round, MUT_NONE));
SIDE(hook_plain, fill_hook(w, round, M_TABLE_NO_FENCE));

/* --- the tests --- */

#define TRACKER_OUTCOMES .outcomes = { "new", "new+mark", "old+mark", "missed" }, .outcome = { { 0, 3 }, { 1, 2 } }

static const struct litmus_family sb = { .name = "sb", TRACKER_OUTCOMES };
static const struct litmus_family mask = { .name = "mask", TRACKER_OUTCOMES };
static const struct litmus_family pins = {
	.name = "pin",
	.outcomes = { "moved", "stopped", "pinned", "moved+pinned" },
	.outcome = { { 0, 3 }, { 1, 2 } },
};
static const struct litmus_family publish = {
	.name = "publish",
	.outcomes = { "new", "old", "stale" },
	.outcome = { { [FOUND_NEW] = 0, [FOUND_OLD] = 1, [FOUND_STALE] = 2 } },
};

const struct litmus litmus_pairs[] = {
	{ &sb, "fences", slot_fence, mark_fence, ORDER_KEPT, NULL },
	{ &sb, "no-begin-fence", slot_fence, mark_plain, ORDER_LOST, NULL },
	{ &sb, "no-sync-fence", slot_plain, mark_fence, ORDER_LOST, NULL },
	{ &mask, "atomic", slot_fence, add_atomic, ORDER_KEPT, NULL },
	{ &mask, "no-atomic", slot_fence, add_plain, ORDER_LOST, NULL },
	{ &mask, "no-sync-fence", slot_plain, add_atomic, ORDER_LOST, NULL },
	{ &pins, "xchg", clear_full, pin, ORDER_KEPT, NULL },
	{ &pins, "xchg-relaxed+fence", clear_fenced, pin, ORDER_KEPT, NULL },
	{ &pins, "xchg-relaxed", clear_relaxed, pin, ORDER_TSO, NULL },
	{ &pins, "store", clear_store, pin, ORDER_LOST, NULL },
	{ &publish, "fence", hook_fence, follow, ORDER_KEPT, NULL },
	{ &publish, "no-fence", hook_plain, follow, ORDER_TSO, NULL },
};
const unsigned nr_litmus_pairs = ARRAY_SIZE(litmus_pairs);
