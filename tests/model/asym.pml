/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asym: the walker's mark has no fence; the writer makes the walker's CPU fence instead, by an interrupt that closed interrupts
 * do not stop (an NMI; membarrier() by other means), then reads the mark, and interrupts or waits as active-mm does. Either the
 * walker's mark is visible after that fence, or its first load is behind it and sees the empty slot. The remote fence must come
 * after the store to the slot and before the load of the mark.
 */
#define NVAR 3
#define WALKS 2
#define MARK 2 /* the mark */

/* Left out, or done otherwise: */
#define NO_REMOTE_FENCE 1  /* the walker's CPU does not fence */
#define FENCE_FIRST 2      /* it fences before the store to the slot */
#define NO_RELEASE 3       /* no release at the end */
#define NO_ACQUIRE 4       /* no acquire behind the load of the mark */
#define NO_WAIT_FENCE 5    /* the mark is read before the walker's CPU has fenced */

#include "tracked.h"

#define BEFORE_STORE if :: without(FENCE_FIRST) -> remote_fence() :: else fi
#define REMOTE_FENCE

inline remote_fence()
{
	ask_fence(0); /* [asym.sync.ask] */
	if
	:: without(NO_WAIT_FENCE)
	:: else -> wait_fence(0) /* [asym.sync.asked] */
	fi
}

inline begin(t)
{
	load(t, MARK); /* [asym.begin.outer] */
	store(MARK, 1) /* [asym.begin.mark] */
}

inline end_walk(t)
{
	store_release_unless(NO_RELEASE, MARK, t); /* [asym.end.mark] */
	t = 0
}

inline sync()
{
	fence(); /* [asym.sync.fence] */
	if
	:: without(NO_REMOTE_FENCE) || without(FENCE_FIRST)
	:: else -> remote_fence()
	fi;
	load(x, MARK); /* [asym.sync.scan] */
	fence_load_unless(NO_ACQUIRE); /* [asym.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
