/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seq: each CPU counts the begins and ends of its outermost walks: odd is inside. The writer waits, without an IPI, until a
 * number that it saw odd has changed: for walks that began before it only, however often the CPU walks meanwhile. An NMI between
 * the outer mark and its fence finds the number odd already: without a fence of its own its walk is unmarked for all others
 * (where an NMI does not empty the buffer). A nested walk that counts too makes an outer walk look like none (T2). A wait for
 * "even" would also wait for later walks.
 */
#define NVAR 3
#define WALKS (3 - nested)
#define SEQ 2 /* the sequence number */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the number */
#define NO_RELEASE 3     /* no release at the end */
#define NO_ACQUIRE 4     /* no acquire behind the last load of the number */
#define NEST_COUNTS 5    /* a walk inside a walk counts */
#define UNTIL_EVEN 6     /* the writer waits for an even number */
#define NO_NEST_FENCE 8  /* no fence at the begin of a walk inside a walk */
#define ONE_LOOK 7       /* the writer does not wait for the number to change */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (word) != SLOT)
#include "tracked.h"

inline begin(t)
{
	load(t, SEQ); /* [seq.begin.load] */
	if
	:: (t & 1) && !without(NEST_COUNTS) ->
		t = 7; /* inside: the outer walk's business, */
		fence_unless(NO_NEST_FENCE) /* [seq.begin.nested-fence] whose mark may still be in the buffer */
	:: else ->
		store(SEQ, t + 1); /* [seq.begin.mark] */
		fence_unless(NO_BEGIN_FENCE) /* [seq.begin.fence] */
	fi
}

inline end_walk(t)
{
	if
	:: t == 7
	:: else ->
		store_release_unless(NO_RELEASE, SEQ, t + 2) /* [seq.end.mark] */
	fi;
	t = 0
}

/* The walk that the writer waits for, if it waits, is the one that was going on when it first looked. */
inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [seq.sync.fence] */
	load(x, SEQ); /* [seq.sync.scan] */
	if
	:: x & 1 ->
		do
		:: load(r, SEQ); /* [seq.sync.wait] */
			hole(without(UNTIL_EVEN) && r != x && (r & 1), WAITED);
			if
			:: (without(UNTIL_EVEN) -> !(r & 1) : r != x) || without(ONE_LOOK) -> break
			:: else
			fi
		od
	:: else
	fi;
	skip;
	fence_load_unless(NO_ACQUIRE) /* [seq.sync.acquire] */
}

#define serve() skip

#include "tracked-run.h"
