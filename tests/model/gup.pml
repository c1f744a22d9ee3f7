/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A GUP-fast walker against the zap of a leaf, without a sync (mm/sync/none.c): the walker raises the frame's count, not from
 * zero, checks that the slot is the same still, and only then uses the frame. The zap clears the slot and drops the owner's
 * reference. Without the recheck it uses a frame that was freed and given out again meanwhile (its count is another owner's); a
 * grab from zero takes a frame that is on the free list.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 2
#define SLOT 0 /* the slot */
#define REFS 1 /* the frame's count */

/* Left out, or done otherwise: */
#define NO_RECHECK 1    /* no recheck of the slot */
#define PLAIN_GET 2     /* the count is raised from zero too */
#define NO_GRAB_FENCE 3 /* raising the count orders nothing */

#define AHEAD(cpu, word) ((cpu) == 0 && (word) == SLOT)
bit again; /* the frame was freed and given out again */
#include "memory.h"

proctype walker(byte me) ON(me)
{
	byte p, q, r;

	irq_off(); /* [walk.irq-off] */
	load(p, SLOT); /* [walk.load] */
	if
	:: p ->
		d_step { ((weak && without(NO_GRAB_FENCE)) -> !buffered(REFS) : C.n == 0 && C.late == 0) ->
			if :: weak && without(NO_GRAB_FENCE) :: else -> forget_older() fi;
			r = mem[REFS]; hole(without(PLAIN_GET) && r == 0, REFERENCE_LOST);
			if :: r -> j_ = r + 1; publish(REFS, j_); j_ = 0;
				printf("@%d rmw %d %d %d 2\n", __LINE__, me, REFS, mem[REFS]) :: else fi /* [walk.grab] */
		}
		q = p;
		if
		:: r && !without(NO_RECHECK) -> load(q, SLOT) /* [walk.recheck] */
		:: else
		fi;
		if
		:: r && q == p -> d_step { printf("@%d got %d\n", __LINE__, me); hole(again, REFERENCE_LOST) }
		:: r && q != p -> rmw_full(r, REFS, mem[REFS] - 1) /* [walk.put] */
		:: else
		fi
	:: else
	fi;
	irq_on() /* [walk.irq-on] */
}

proctype writer(byte me) ON(me)
{
	byte r;

	rmw_full(r, SLOT, 0); /* [zap.xchg] */
	rmw_full(r, REFS, mem[REFS] - 1); /* [zap.put] */
	if
	:: r == 1 -> d_step { again = 1; publish(REFS, 1); printf("@%d gone %d 0\n", __LINE__, me) } /* its next owner's */
	:: else
	fi
}

init {
	atomic {
		machine();
		mem[SLOT] = 1;
		mem[REFS] = 1;
		run walker(0);
		run writer(1);
		run hardware(0);
		run hardware(1)
	}
}
