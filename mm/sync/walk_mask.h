/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mask of CPUs inside a walk, written by the walkers: of an mm (mm_mask.c), or one for all (global_mask.c).
 *
 * begin() sets the CPU's bit by an atomic; the token says whether this walk set it. Only that walk clears it: a walk from an NMI inside
 * another finds the bit set and leaves it so. An NMI before the atomic sets and clears the bit by itself, one behind it finds it set.
 *
 * The store-buffering pair (T1):      walker                     sync
 *                                     set the bit                W slot
 *                                     full fence (the atomic)    full fence
 *                                     R slot                     R mask
 */
#ifndef SKEET_WALK_MASK_H
#define SKEET_WALK_MASK_H

#include <sync.h>

enum { M_NO_SYNC_FENCE = 1, M_PLAIN_SET, M_NEST_CLEAR };

static __always_inline u64 walk_mask_begin(struct pword *mask, const unsigned mut)
{
	struct pword *word = &mask[this_cpu() / 64];
	u64 bit = 1ULL << (this_cpu() % 64), old;

	if (mut == M_PLAIN_SET) {
		old = pword_load(word);
		pword_store(word, old | bit);
	} else {
		/* [walk-mask.begin.mark] Full fence: the bit before every load of the walk; pairs with the fence in walk_mask_sync(). */
		old = pword_or(word, bit);
	}
	return !(old & bit);
}

static __always_inline void walk_mask_end(struct pword *mask, u64 token, const unsigned mut)
{
	/*
	 * [walk-mask.end.mark] Full fence: the last use before the bit goes; pairs with the interrupt, or the fence behind the loads in
	 * walk_mask_sync().
	 */
	if (token || mut == M_NEST_CLEAR)
		pword_and(&mask[this_cpu() / 64], ~(1ULL << (this_cpu() % 64)));
}

static __always_inline void walk_mask_sync(const struct pword *mask, const unsigned mut)
{
	struct cpumask to;

	/* [walk-mask.sync.fence] Orders the store to the slot before the loads of the mask; pairs with the atomic in walk_mask_begin(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	mm_mask_others(&to, mask); /* [walk-mask.sync.scan] */
	/*
	 * [walk-mask.sync.acquire] Acquire: a bit read as clear before the free of what its walk used; pairs with the atomic in
	 * walk_mask_end().
	 */
	fence_load();
	sync_ipi(&to);
}

#endif
