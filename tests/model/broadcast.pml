/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * broadcast (mm/sync/broadcast.c): an IPI to every other CPU; closed interrupts are the mark. And what every scheme that sends
 * relies on: the store to the slot before the IPI, the walker's last use before its answer, the answer before what the writer
 * does next. The race: the answer comes from a CPU whose use of the table is still on its way, or the writer does not wait for
 * it.
 */
#define NVAR 2
#define WALKS 2

/* Left out, or done otherwise: */
#define SKIP_TARGET 1 /* the walker's CPU is left out */
#define NO_WAIT 2     /* the writer goes on before the answer */
#define NO_RELEASE 3  /* the answer orders nothing */
#define NO_ACQUIRE 4  /* the wait for the answer orders nothing */
#define SEND_EARLY 5  /* the IPI overtakes the store to the slot */

#include "tracked.h"

#define begin(t) skip
#define end_walk(t) skip

inline sync()
{
	if
	:: without(SKIP_TARGET)
	:: else ->
		ipi_send_unless(SEND_EARLY, 0); /* [ipi.send] */
		if
		:: without(NO_WAIT)
		:: else -> ipi_wait_unless(NO_ACQUIRE, 0) /* [ipi.wait] */
		fi
	fi
}

#define serve() skip
#define ANSWER_PLAIN without(NO_RELEASE)

#include "tracked-run.h"
