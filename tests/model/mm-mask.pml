/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm-mask and global-mask (mm/sync/walk_mask.h): a walker sets its CPU's bit in a mask (of the mm; of all) and clears it at
 * the end; sync interrupts the CPUs in the mask. As mm-count, and T2: a walk from an NMI must leave the bit as it found it.
 * With one mm the two are the same protocol; with shared tables they are not (share.pml).
 */
#define NVAR 3
#define WALKS 2
#define MASK 2 /* the mask */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* the atomic that sets the bit orders nothing */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the mask */
#define NO_END_FENCE 3   /* the atomic that clears the bit orders nothing */
#define NO_ACQUIRE 4     /* no acquire behind the load of the mask */
#define NO_RESTORE 5     /* a walk inside a walk clears the bit of the outer one */
#define PLAIN_MARK 6     /* set by a load and a store */

#include "tracked.h"

inline begin(t)
{
	if
	:: without(PLAIN_MARK) ->
		load(t, MASK);
		store(MASK, 1)
	:: else ->
		rmw_full_unless(NO_BEGIN_FENCE, t, MASK, 1) /* [walk-mask.begin.mark] */
	fi
}

inline end_walk(t)
{
	if
	:: t == 0 || without(NO_RESTORE) ->
		rmw_full_unless(NO_END_FENCE, x, MASK, 0); /* [walk-mask.end.mark] */
		x = 0
	:: else
	fi;
	t = 0
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [walk-mask.sync.fence] */
	load(x, MASK); /* [walk-mask.sync.scan] */
	fence_load_unless(NO_ACQUIRE); /* [walk-mask.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
