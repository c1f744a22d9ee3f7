/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * percpu-count (mm/sync/percpu_count.c): each CPU counts the walks that it is inside.
 *
 * T1 both ways: the writer reads a count of 0 while the slot's old value is still what others see, and a walk that begins then
 * is not waited for; or a walker's loads go ahead of its mark. A full fence between store and load on both sides closes it. The
 * end the other way round: a use that completes after the count is back (only a weak order lets it).
 */
#define NVAR 3
#define WALKS 2
#define COUNT 2 /* the count of walks */

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the count */
#define NO_MARK 3        /* walks are not counted */
#define NO_END_FENCE 4   /* no fence between the last use and the decrement */
#define NO_ACQUIRE 5     /* no acquire behind the load of the count */
#define MARK_LATE 6      /* counted after the load of the slot */
#define END_EARLY 7      /* counted back before the last use */

#include "tracked.h"


inline count_up(t)
{
	load(t, COUNT);
	store(COUNT, t + 1); /* [percpu-count.begin.mark] */
	fence_unless(NO_BEGIN_FENCE); /* [percpu-count.begin.fence] */
	t = 0
}

inline count_down(t)
{
	fence_unless(NO_END_FENCE); /* [percpu-count.end.fence] */
	load(t, COUNT);
	store(COUNT, t - 1); /* [percpu-count.end.mark] */
	t = 0
}

inline begin(t)
{
	if
	:: without(NO_MARK) || without(MARK_LATE)
	:: else -> count_up(t)
	fi
}

inline end_walk(t)
{
	if
	:: without(NO_MARK) || without(END_EARLY)
	:: else -> count_down(t)
	fi
}

/* Where a walk has loaded the slot and not used it yet, or found it empty. */
#define INSIDE if :: without(MARK_LATE) -> count_up(t) :: without(END_EARLY) -> count_down(t) :: else fi
#define EMPTY INSIDE

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [percpu-count.sync.fence] */
	load(x, COUNT); /* [percpu-count.sync.scan] */
	fence_load_unless(NO_ACQUIRE); /* [percpu-count.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
