/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * active-mm-v4 (mm/sync/active_mm_v4.c): Yang v4 as posted. Its sync has a load fence where a full one is needed (T1), its end
 * stores none into an outer walk's mark (T2). A flush between slot and sync is a full fence (FLUSHED), which hides T1.
 */
#define NVAR 3
#define WALKS 2
#define MARK 2 /* the mark */

/* Left out, or done otherwise: */
#define FLUSHED 1           /* as posted, behind a TLB flush that drains nobody */
#define FLUSHED_ACQUIRE 2   /* the same, and an acquire behind the load of the mark */
#define CLAIMS 3            /* behind a flush that says that it interrupted the walker, and did not (T5) */

#include "tracked.h"

inline begin(t)
{
	store(MARK, 1); /* [active-mm-v4.begin.mark] */
	fence(); /* [active-mm-v4.begin.fence] */
	t = 0
}

inline end_walk(t)
{
	store_release(MARK, 0) /* [active-mm-v4.end.mark] */
}

inline sync()
{
	if
	:: mutant ->
		fence() /* [flush.fence] */
	:: else
	fi;
	fence_load(); /* [active-mm-v4.sync.fence] */
	if
	:: without(CLAIMS) /* [active-mm-v4.sync.drained] */
	:: else ->
		load(x, MARK); /* [active-mm-v4.sync.scan] */
		if
		:: without(FLUSHED_ACQUIRE) -> fence_load()
		:: else
		fi;
		if
		:: x ->
			ipi_send(0); /* [ipi.send] */
			ipi_wait(0) /* [ipi.wait] */
		:: else
		fi
	fi
}

#define serve() skip

#include "tracked-run.h"
