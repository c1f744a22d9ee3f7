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

/* Left out, or done otherwise: */
#define NO_BEGIN_FENCE 1 /* no fence behind the mark */
#define NO_SYNC_FENCE 2  /* no fence between the store to the slot and the load of the mark */
#define NO_RESTORE 3     /* the end stores none, whatever was there */
#define NO_ANY 4         /* a walk of another mm puts its own mark over the outer one */
#define NO_RELEASE 5     /* no release at the end */
#define NO_ACQUIRE 6     /* no acquire behind the load of the mark */

#include "tracked.h"
#include "mark.h"

inline sync()
{
	scan();
	fence_load_unless(NO_ACQUIRE); /* [active-mm.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

#define serve() skip

#include "tracked-run.h"
