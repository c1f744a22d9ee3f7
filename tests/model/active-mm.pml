/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * active-mm (mm/sync/active_mm.c): each CPU publishes the mm that it walks.
 *
 * T1 as in percpu-count. T2: an NMI inside a walk walks too; if its end leaves the mark empty, the rest of the outer walk is
 * unseen, and if it walks another mm, the mark must stand for both meanwhile.
 */
#define NVAR 3
#define WALKS 2
#define MARK 2 /* the mark */
#define MM 1
#define OTHER_MM 2
#define ANY 3

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the mark */
#define NO_RESTORE 3     /* the end stores none, whatever was there */
#define NO_ANY 4         /* a walk of another mm puts its own mark over the outer one */
#define NO_RELEASE 5     /* no release at the end */
#define NO_ACQUIRE 6     /* no acquire behind the load of the mark */

#include "tracked.h"

/* A walk from an NMI is of this mm or of another one, whose tables nobody takes away. */
bit other;
#define NMI_CHOOSES if :: other = 0 :: other = 1 fi
#define NMI_WALKS_OTHER other
#define own_mm (C.nmi && other -> OTHER_MM : MM)

inline begin(t)
{
	load(t, MARK); /* [active-mm.begin.outer] */
	store(MARK, (t == 0 || t == own_mm || without(NO_ANY) -> own_mm : ANY)); /* [active-mm.begin.mark] */
	fence_unless(NO_BEGIN_FENCE) /* [active-mm.begin.fence] */
}

inline end_walk(t)
{
	store_release_unless(NO_RELEASE, MARK, (without(NO_RESTORE) -> 0 : t)); /* [active-mm.end.mark] */
	t = 0
}

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [active-mm.sync.fence] */
	load(x, MARK); /* [active-mm.sync.scan] */
	fence_load_unless(NO_ACQUIRE); /* [active-mm.sync.acquire] */
	if
	:: x == MM || x == ANY ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
