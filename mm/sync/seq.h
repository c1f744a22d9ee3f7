/* SPDX-License-Identifier: GPL-2.0-only */
/* A number a CPU that is odd inside a walk: what seq and asym mark with. The reasons are in seq.c. */
#ifndef SKEET_SEQ_H
#define SKEET_SEQ_H

#include <sync.h>

/* A scheme's own mutations count from M_SEQ_NR. */
enum { M_NO_BEGIN_FENCE = 1, M_NEST_END, M_NO_RELEASE, M_SEQ_NR };

/* @fenced: constant, by the reader itself? Return: the number that ends this walk, or 0 if another one that goes on will. */
static __always_inline u64 odd_begin(struct pword *own, const bool fenced, const unsigned mut)
{
	u64 v = pword_load(own); /* [odd.begin.load] */

	if ((v & 1) && mut != M_NEST_END) {
		/*
		 * [odd.begin.nested-fence] The same as below for the walk of an NMI: the outer number may still be in the store buffer.
		 */
		if (fenced)
			fence_full();
		return 0;
	}
	pword_store(own, v | 1); /* [odd.begin.mark] */
	/* [odd.begin.fence] Orders the odd number before every load of the walk; pairs with the fence in sync(). */
	if (fenced && mut != M_NO_BEGIN_FENCE)
		fence_full();
	return (v | 1) + 1;
}

static __always_inline void odd_end(struct pword *own, u64 token, const unsigned mut)
{
	if (!token)
		return;
	if (mut == M_NO_RELEASE)
		pword_store(own, token);
	else
		/* [odd.end.mark] Orders the last use before the even number; pairs with the acquire in sync_wait_odd(). */
		pword_store_release(own, token);
}

#endif
