/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * poll, poll-then-ipi: the fenced mark of active-mm, but the writer waits for it to go instead of sending an IPI (THEN_IPI: it
 * looks once more and then sends). Nothing but the mark says that the walk is over, so the mark must be released last and
 * acquired.
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
#define THEN_IPI 6       /* poll-then-ipi */
#define ONE_LOOK 7       /* the writer looks once and goes on */

#include "tracked.h"

inline begin(t)
{
	load(t, MARK); /* [poll.begin.outer] [poll-then-ipi.begin.outer] */
	store(MARK, 1); /* [poll.begin.mark] [poll-then-ipi.begin.mark] */
	fence_unless(NO_BEGIN_FENCE) /* [poll.begin.fence] [poll-then-ipi.begin.fence] */
}

inline end_walk(t)
{
	store_release_unless(NO_RELEASE, MARK, (without(NO_RESTORE) -> 0 : t)); /* [poll.end.mark] [poll-then-ipi.end.mark] */
	t = 0
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [poll.sync.fence] [poll-then-ipi.sync.fence] */
	do
	:: load(x, MARK); /* [poll.sync.scan] [poll-then-ipi.sync.scan] */
		if
		:: x && without(THEN_IPI) ->
			ipi_send(0); /* [ipi.send] */
			ipi_wait(0); /* [ipi.wait] */
			break
		:: x == 0 || without(ONE_LOOK) -> break
		:: else
		fi
	od;
	skip;
	fence_load_unless(NO_ACQUIRE) /* [poll.sync.acquire] [poll-then-ipi.sync.acquire] */
}

#define serve() skip

#include "tracked-run.h"
