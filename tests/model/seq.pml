/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seq (mm/sync/seq.c): each CPU counts the begins and ends of its outermost walks: odd is inside. The writer waits, without
 * an IPI, until a number that it saw odd has changed: for walks that began before it only, however often the CPU walks
 * meanwhile. An NMI between the outer mark and its fence finds the number odd already: without a fence of its own its walk is
 * unmarked for all others (where an NMI does not empty the buffer). A nested walk that ends the outer mark makes an outer
 * walk look like none (T2). A wait for "even" would also wait for later walks.
 */
#define NVAR 3
#define WALKS (3 - nested)
#define NUMBER 2 /* the sequence number */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the number */
#define NO_RELEASE 3     /* no release at the end */
#define NO_ACQUIRE 4     /* no acquire behind the last load of the number */
#define NEST_END 5       /* a walk inside a walk makes the number even at its end */
#define UNTIL_EVEN 6     /* the writer waits for an even number */
#define NO_WAIT 7        /* the writer does not wait for the number to change */
#define NO_NEST_FENCE 8  /* no fence at the begin of a walk inside a walk */

#include "tracked.h"
#include "odd.h"

#define fence_mark(m) fence_unless(m)
#include "odd-walk.h"

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [seq.sync.fence] */
	wait_odd()
}

#define serve() skip

#include "tracked-run.h"
