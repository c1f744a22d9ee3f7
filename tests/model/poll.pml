/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * poll (mm/sync/poll.c): the fenced mark of active-mm, but the writer waits for it to go instead of sending an IPI. Nothing
 * but the mark says that the walk is over, so the mark must be released last and acquired.
 */
#define NVAR 3
#define WALKS 2
#define MARK 2 /* the mark */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the mark */
#define NO_RELEASE 3     /* no release at the end */
#define NO_ACQUIRE 4     /* no acquire behind the load that sees the mark gone */
#define NO_RESTORE 5     /* a walk inside a walk takes the outer mark away */
#define NO_WAIT 6        /* the writer looks once and goes on */

#include "tracked.h"
#include "mark.h"

inline sync()
{
	scan();
	do
	:: x && !without(NO_WAIT) ->
		load(x, MARK); /* [poll.sync.wait] */
		only_mm()
	:: else -> break
	od;
	skip;
	fence_load_unless(NO_ACQUIRE) /* [poll.sync.acquire] */
}

#define serve() skip

#include "tracked-run.h"
