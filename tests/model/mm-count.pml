/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm-count: a count of walkers in the mm, raised and lowered by atomics; sync interrupts everybody if it is not 0 (Bras v1 to
 * v5). The races are those of percpu-count; that the mark is an atomic hides the fence behind it on x86, where every atomic is
 * one.
 */
#define NVAR 3
#define WALKS 2
#define COUNT 2 /* the mm's count of walkers */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* the atomic at the begin orders nothing */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the count */
#define NO_END_FENCE 3   /* the atomic at the end orders nothing */
#define NO_ACQUIRE 4     /* no acquire behind the load of the count */
#define PLAIN_MARK 5     /* raised by a load and a store */

#include "tracked.h"

inline begin(t)
{
	if
	:: without(PLAIN_MARK) ->
		load(t, COUNT);
		store(COUNT, t + 1);
		t = 0
	:: else ->
		rmw_full_unless(NO_BEGIN_FENCE, x, COUNT, mem[COUNT] + 1) /* [mm-count.begin.mark] */
	fi
}

inline end_walk(t)
{
	rmw_full_unless(NO_END_FENCE, x, COUNT, mem[COUNT] - 1); /* [mm-count.end.mark] */
	x = 0
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [mm-count.sync.fence] */
	load(x, COUNT); /* [mm-count.sync.scan] */
	fence_load_unless(NO_ACQUIRE); /* [mm-count.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
