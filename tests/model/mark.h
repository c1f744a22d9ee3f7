/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mark that names the mm (mm/sync/mark.h): a word a CPU, that active-mm, poll and poll-then-ipi begin, end and look with.
 *
 * A model defines MARK and what of this it may leave out, and includes this file behind tracked.h.
 */
#define MM 1
#define OTHER_MM 2
#define ANY 3

#ifndef NO_ANY
#define NO_ANY none_
#endif

/* A walk from an NMI is of this mm or of another one, whose tables nobody takes away. */
bit other;
#define NMI_CHOOSES if :: other = 0 :: other = 1 fi
#define NMI_WALKS_OTHER other
#define own_mm (C.nmi && other -> OTHER_MM : MM)

inline begin(t)
{
	load(t, MARK); /* [mark.begin.outer] */
	store(MARK, (t == 0 || t == own_mm || without(NO_ANY) -> own_mm : ANY)); /* [mark.begin.mark] */
	fence_unless(NO_BEGIN_FENCE) /* [mark.begin.fence] */
}

inline end_walk(t)
{
	store_release_unless(NO_RELEASE, MARK, (without(NO_RESTORE) -> 0 : t)); /* [mark.end.mark] */
	t = 0
}

/* x: the mark, or 0 if it is of another mm alone. An acquire behind it is left to the model. */
inline scan()
{
	fence_unless(NO_SYNC_FENCE); /* [mark.sync.fence] */
	load(x, MARK); /* [mark.sync.scan] */
	only_mm()
}

inline only_mm()
{
	if
	:: x == OTHER_MM -> x = 0
	:: else
	fi
}
