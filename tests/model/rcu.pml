/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rcu: the writer asks for a grace period and waits until every CPU has reported a quiescent state, a point outside any walk; a
 * walker marks nothing. The report must say what it claims: the last walk's uses are over before it, the next walk's loads come
 * after the request was seen. Races: a report from inside a walk; a use that completes, or a load that happened, on the wrong
 * side. In-place reuse must wait for the grace period as a free does: that a callback is queued is not enough (NO_GRACE).
 */
#define NVAR 4
#define WALKS 2
#define WANT 2   /* the grace period asked for */
#define REPORT 3 /* the grace period reported */

/* Left out, or done otherwise: */
#define NO_REPORT_FENCE 1 /* no fence between seeing the request and the report */
#define NO_SYNC_FENCE 2   /* no fence between the store to the slot and the request */
#define NO_ACQUIRE 3      /* no acquire behind the load of the report */
#define REPORT_INSIDE 4   /* a CPU may report inside a walk */
#define NO_GRACE 5        /* reused once the callback is queued */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT || (word) == WANT : (word) != SLOT)
#include "tracked.h"

#define begin(t) skip
#define end_walk(t) skip

inline quiescent()
{
	load(x, WANT); /* [rcu.report.load] */
	if
	:: x ->
		fence_unless(NO_REPORT_FENCE); /* [rcu.report.fence] */
		store(REPORT, x) /* [rcu.report.store] */
	:: else
	fi;
	x = 0
}

#define INSIDE if :: without(REPORT_INSIDE) -> quiescent() :: else fi
#define OUTSIDE quiescent()

inline sync()
{
	if
	:: without(NO_GRACE)
	:: else ->
		fence_unless(NO_SYNC_FENCE); /* [rcu.sync.fence] */
		store(WANT, 1); /* [rcu.sync.request] */
		do
		:: load(x, REPORT); /* [rcu.sync.wait] */
			if
			:: x -> break
			:: else
			fi
		od;
		skip;
		fence_load_unless(NO_ACQUIRE) /* [rcu.sync.acquire] */
	fi
}

#define serve() skip

#include "tracked-run.h"
