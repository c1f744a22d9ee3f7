/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm-count (mm/sync/mm_count.c): a count of walkers in the mm, raised and lowered by atomics; sync interrupts where the mm
 * ran if it is not 0 (Bras v1 to v5). The races are those of percpu-count; that the mark is an atomic hides the fence behind
 * it on x86, where every atomic is one. A third CPU walks something else of the mm: raised by a load and a store, its count
 * and the walker's come over each other.
 */
#define NCPU 3
#define NVAR 3
#define WALKS 2
#define COUNT 2 /* the mm's count of walkers */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* the atomic at the begin orders nothing */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the count */
#define NO_END_FENCE 3   /* the atomic at the end orders nothing */
#define NO_ACQUIRE 4     /* no acquire behind the load of the count */
#define PLAIN_MARK 5     /* raised by a load and a store, with a fence behind them */
#define NO_MARK 6        /* not raised */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (cpu) == 1 && (word) != SLOT)
#include "tracked.h"

inline begin(t)
{
	if
	:: without(NO_MARK)
	:: without(PLAIN_MARK) ->
		load(t, COUNT);
		store(COUNT, t + 1);
		fence();
		t = 0
	:: else ->
		rmw_full_unless(NO_BEGIN_FENCE, x, COUNT, mem[COUNT] + 1); /* [mm-count.begin.mark] */
		x = 0
	fi
}

inline end_walk(t)
{
	if
	:: without(NO_MARK)
	:: else ->
		rmw_full_unless(NO_END_FENCE, x, COUNT, mem[COUNT] - 1); /* [mm-count.end.mark] */
		x = 0
	fi
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [mm-count.sync.fence] */
	load(x, COUNT); /* [mm-count.sync.scan] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else -> fence_load_unless(NO_ACQUIRE) /* [mm-count.sync.acquire] */
	fi
}

#define serve() skip

proctype other(byte me) ON(me)
{
	byte t, x;

	begin(t);
	end_walk(t)
}
/* Not with an NMI, to keep that small. */
#define TRACKED_START if :: nested == 0 -> run other(2); run hardware(2) :: else fi

#include "tracked-run.h"
