/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asym (mm/sync/asym.c): the walker's mark, seq's number, has no fence; the writer makes the walker's CPU fence instead, by
 * an interrupt that closed interrupts do not stop (an NMI; membarrier() by other means), then reads the number and waits as
 * seq does. Either the walker's number is visible after that fence, or its first load is behind it and sees the empty slot.
 * The remote fence must come after the store to the slot and before the load of the number; a fence of the writer's own is no
 * help (NO_REMOTE_FENCE).
 */
#define NVAR 3
#define WALKS (3 - nested)
#define NUMBER 2 /* the sequence number */

/* Left out, or done otherwise: */
#define NO_REMOTE_FENCE 1  /* the writer fences, the walker's CPU does not */
#define FENCE_FIRST 2      /* it fences before the store to the slot */
#define NO_RELEASE 3       /* no release at the end */
#define NO_ACQUIRE 4       /* no acquire behind the last load of the number */
#define NO_WAIT_FENCE 5    /* the number is read before the walker's CPU has fenced */
#define NO_WAIT 6          /* the writer does not wait for the number to change */
#define NEST_END 7         /* a walk inside a walk makes the number even at its end */

#include "tracked.h"
#include "odd.h"

#define fence_mark(m) skip
#include "odd-walk.h"

#define BEFORE_STORE if :: without(FENCE_FIRST) -> remote_fence() :: else fi
#define REMOTE_FENCE

inline remote_fence()
{
	ask_fence(0); /* [nmi.send] */
	if
	:: without(NO_WAIT_FENCE)
	:: else -> wait_fence(0) /* [ipi.wait] */
	fi
}

inline sync()
{
	if
	:: without(NO_REMOTE_FENCE) -> fence()
	:: without(FENCE_FIRST)
	:: else -> remote_fence()
	fi;
	wait_odd()
}

#define serve() skip

#include "tracked-run.h"
