/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rcu (mm/sync/rcu.c, mm/rcu.c, mm/rcu.h): a walker marks nothing. A CPU's number is even while it is idle and odd while it
 * may walk, and changes at each quiescent state, a point outside any walk; the writer waits until a number that it saw odd
 * has changed.
 *
 * Races: T1 when a CPU stops being idle, and at each quiescent state: a number that is still the old one for the writer,
 * while the next walk has loaded the slot; a look at the numbers before the slot is empty for others, which sees a CPU idle
 * that can still load the old entry. A use that completes behind the number that says that the walk is over. In-place reuse
 * must wait for the grace period as a free does: that a callback is queued is not enough (NO_GRACE).
 *
 * An NMI may walk wherever its CPU is not idle, also in the middle of a quiescent state: that is an atomic, so that the NMI
 * comes before the new number or finds it visible. With a releasing store and a fence behind it (STORE_AND_FENCE) the NMI's
 * walk comes between the two.
 */
#define NVAR 3
#define WALKS 2
#define NUMBER 2 /* the number */

/* Left out, or done otherwise: */
#define NO_QUIESCENT_FENCE 1 /* no fence behind the number of a quiescent state */
#define NO_SYNC_FENCE 2      /* no fence between the store to the slot and the look at the number */
#define NO_ACQUIRE 3         /* no acquire behind the last load of the number */
#define REPORT_INSIDE 4      /* a quiescent state inside a walk */
#define NO_GRACE 5           /* reused once the callback is queued */
#define NO_ENTER_FENCE 6     /* no fence behind the number of a CPU that stops being idle */
#define NO_LEAVE_RELEASE 7   /* no release before that of one that begins to idle */
#define STORE_AND_FENCE 8    /* a quiescent state is a releasing store, and a fence behind it */
#define NMI_IDLE 9           /* an NMI walks on a CPU that is idle too */

bit may_walk; /* between rcu_enter() and rcu_leave() */
#include "tracked.h"
#include "odd.h"

#define begin(t) skip
#define end_walk(t) skip
#define NMI_MAY (may_walk || without(NMI_IDLE))

inline enter()
{
	load(t, NUMBER);
	store(NUMBER, t + 1); /* [rcu.enter.mark] */
	fence_unless(NO_ENTER_FENCE); /* [rcu.enter.fence] */
	t = 0;
	may_walk = 1
}

inline quiescent()
{
	if
	:: without(NO_QUIESCENT_FENCE) || without(STORE_AND_FENCE) ->
		load(t, NUMBER);
		store_release(NUMBER, t + 2);
		fence_unless(NO_QUIESCENT_FENCE)
	:: else -> rmw_full(t, NUMBER, mem[NUMBER] + 2) /* [rcu.quiescent.mark] */
	fi;
	t = 0
}

inline idle()
{
	may_walk = 0;
	load(t, NUMBER);
	store_release_unless(NO_LEAVE_RELEASE, NUMBER, t + 1); /* [rcu.leave.mark] */
	t = 0
}

#define FIRST enter()
#define INSIDE if :: without(REPORT_INSIDE) -> quiescent() :: else fi
#define OUTSIDE if :: quiescent() :: idle(); enter() :: skip fi
#define LAST idle()

inline sync()
{
	if
	:: without(NO_GRACE)
	:: else ->
		fence_unless(NO_SYNC_FENCE); /* [rcu.sync.fence] */
		wait_odd()
	fi
}

#define serve() skip

#include "tracked-run.h"
