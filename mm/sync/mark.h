/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mark of schemes that name the mm: one word a CPU, written by that CPU only: 0, the mm whose tables it walks, or MARK_ANY.
 *
 * (1) T1, the store-buffering pair:   walker                     sync
 *                                     W mark                     W slot
 *                                     full fence                 full fence
 *                                     R slot                     R mark
 * (2) T2, nesting: a walk from an NMI inside a walk must leave the outer mark as it found it. begin() returns the outer mark and
 *     end() stores it back. While the inner walk is of another mm the word must stand for both: MARK_ANY, which every sync takes
 *     for its own.
 * (3) end: a release store orders the last use before the mark goes; pairs with the acquire behind sync()'s reads of the marks.
 */
#ifndef SKEET_MARK_H
#define SKEET_MARK_H

#include <sync.h>

/* A scheme's own mutations count from M_MARK_NR. */
enum { M_NO_BEGIN_FENCE = 1, M_NO_SYNC_FENCE, M_NO_RESTORE, M_NO_ANY, M_NO_RELEASE, M_MARK_NR };

#define MARK_ANY 1ULL

static __always_inline u64 mark_begin(struct percpu_word *marks, struct mm *mm, const unsigned mut)
{
	struct pword *own = &marks[this_cpu()].w;
	u64 outer = pword_load(own); /* [mark.begin.outer] */
	u64 me = (u64)(uintptr_t)mm;

	pword_store(own, outer == 0 || outer == me || mut == M_NO_ANY ? me : MARK_ANY); /* [mark.begin.mark] */
	/* [mark.begin.fence] Orders the mark before every load of the walk; pairs with the fence in mark_scan(). */
	if (mut != M_NO_BEGIN_FENCE)
		fence_full();
	return outer;
}

static __always_inline void mark_end(struct percpu_word *marks, u64 token, const unsigned mut)
{
	struct pword *own = &marks[this_cpu()].w;

	if (mut == M_NO_RELEASE)
		pword_store(own, token);
	else
		/*
		 * [mark.end.mark] Orders the last use before the mark goes; pairs with the acquire behind the reads of the marks in sync().
		 */
		pword_store_release(own, mut == M_NO_RESTORE ? 0 : token);
}

static __always_inline bool mark_hit(u64 mark, u64 me)
{
	return mark == me || mark == MARK_ANY;
}

/* Who walks @mm now: what every sync by marks does first. An acquire behind its reads is left to the caller. */
static __always_inline void mark_scan(struct cpumask *to, const struct percpu_word *marks, const struct mm *mm, const unsigned mut)
{
	/* [mark.sync.fence] Orders the store to the slot before the loads of the marks; pairs with the fence in mark_begin(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	sync_others(to);
	sync_scan(to, marks, mark_hit, (u64)(uintptr_t)mm); /* [mark.sync.scan] */
}

#endif
