/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * poll-then-ipi (mm/sync/poll_then_ipi.c): the writer looks at the mark of active-mm for a while, then interrupts. What it
 * has seen gone it knows by the mark alone, as poll; what it has not by the interrupt, as active-mm. How often it looks is
 * left open.
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
#define NO_IPI 6         /* whoever is still there is not interrupted */

#include "tracked.h"
#include "mark.h"

inline sync()
{
	scan();
	do
	:: x ->
		load(x, MARK); /* [poll-then-ipi.sync.look] */
		only_mm()
	:: break
	od;
	skip;
	fence_load_unless(NO_ACQUIRE); /* [poll-then-ipi.sync.acquire] */
	if
	:: x && !without(NO_IPI) ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
