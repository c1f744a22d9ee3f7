/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sticky-adapt (mm/sync/sticky_adapt.c): sticky, and a CPU whose bit is taken away too often marks each walk by a word of its
 * own, with a fence, as active-mm does; then sync interrupts it only inside a walk. The mark is 0 while the CPU is sticky.
 *
 * How often is too often is left open here: each handler may turn to marks, each begin of an outermost walk may turn back.
 * The races are those of sticky and of active-mm, and the two turns. To marks, in the handler, behind the clear: who reads
 * "outside" must know that the walks before are over, by that full fence, and that of an NMI between the two is, which only a
 * release says (PLAIN_OUTSIDE). Back: who still reads "outside" must have emptied the slot before the walk loads it, so a
 * fence stands between; and an NMI that finds the mark gone walks without a fence of its own, so nothing may come between the
 * store and that fence: one atomic (STORE_AND_FENCE: it is not).
 */
#define NCPU 3
#define NVAR 4
#define WALKS (2 - nested)
#define MASK 2 /* the mask */
#define MARK 3 /* the mark */
#define SAYS_OUTSIDE 1
#define IN_MM 2
#define IN_OTHER 3
#define IN_ANY 4

/* Left out, or done otherwise: */
#define NO_SYNC_FENCE 1   /* no fence between the store to the slot and the loads of mask and mark */
#define NO_BEGIN_FENCE 2  /* no fence behind the mark */
#define NO_BACK_FENCE 3   /* the way back is a plain store */
#define STORE_AND_FENCE 4 /* it is a plain store and a fence behind it */
#define NO_RESTORE 5      /* the end says "outside", whatever was there */
#define NO_ANY 6          /* a walk of another mm puts its own mark over the outer one */
#define NO_RELEASE 7      /* no release at the end of a marked walk */
#define NO_ACQUIRE 8      /* no acquire behind the loads of mask and mark */
#define PLAIN_OUTSIDE 9   /* no release before the mark with which the handler turns to marks */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (cpu) == 1 && (word) != SLOT && !nested)
#define INITIATOR
#define MAY_GRAB (!nested) /* fewer states */
#include "tracked.h"

/* A walk from an NMI is of this mm or of another one, which has a mask of its own. */
bit other;
#define NMI_CHOOSES if :: other = 0 :: mem[MARK] -> other = 1 fi /* it does nothing else where there is no mark */
#define NMI_WALKS_OTHER other
#define of_other (C.nmi && other)
#define own_mm (of_other -> IN_OTHER : IN_MM)

inline begin(t)
{
	load(t, MARK); /* [sticky-adapt.begin.outer] */
	if
	:: of_other
	:: else ->
		load(x, MASK); /* [sticky-adapt.begin.test] */
		if
		:: x == 0 -> rmw_full(x, MASK, 1) /* [sticky-adapt.begin.arm] */
		:: else
		fi;
		x = 0
	fi;
	if
	:: t == 0
	:: t == SAYS_OUTSIDE -> back(t)
	:: t -> mark(t)
	fi
}

inline mark(t)
{
	store(MARK, (t == SAYS_OUTSIDE || t == own_mm || without(NO_ANY) -> own_mm : IN_ANY)); /* [sticky-adapt.begin.mark] */
	fence_unless(NO_BEGIN_FENCE) /* [sticky-adapt.begin.fence] */
}

inline back(t)
{
	if
	:: without(NO_BACK_FENCE) || without(STORE_AND_FENCE) ->
		store(MARK, 0);
		fence_unless(NO_BACK_FENCE)
	:: else -> rmw_full(t, MARK, 0) /* [sticky-adapt.begin.back] */
	fi;
	t = 0
}

inline end_walk(t)
{
	if
	:: t -> store_release_unless(NO_RELEASE, MARK, (without(NO_RESTORE) -> SAYS_OUTSIDE : t)) /* [mark.end.mark] */
	:: else
	fi;
	t = 0
}

inline serve()
{
	rmw_full(x, MASK, 0); /* [sticky-adapt.handler.clear] */
	x = 0;
	if
	:: store_release_unless(PLAIN_OUTSIDE, MARK, SAYS_OUTSIDE) /* [sticky-adapt.handler.outside] */
	:: skip
	fi
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [sticky-adapt.sync.fence] */
	load(x, MASK); /* [sticky-adapt.sync.scan] */
	if
	:: x ->
		load(r, MARK); /* [sticky-adapt.sync.mark] */
		x = !(r == SAYS_OUTSIDE || r == IN_OTHER);
		r = 0
	:: else
	fi;
	skip;
	fence_load_unless(NO_ACQUIRE); /* [sticky-adapt.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

/* What earlier interrupts left. */
#define TRACKED_START if :: mem[MARK] = 0 :: mem[MARK] = SAYS_OUTSIDE fi

#include "tracked-run.h"
