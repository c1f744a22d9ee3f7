/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T11: UFFDIO_MOVE takes a page away if nobody has pinned it: clear the entry, then read the count of pins. GUP-fast raises
 * the count, then reads the entry again. (Of the move the kernel has only what forced schedules play:
 * tests/schedule_programs.c.) A full fence between store and load on both sides, or the page is moved and pinned. Where the
 * clear is an atomic that orders nothing (arm64: xchg_relaxed), only a weak order shows it; a plain store shows it under TSO.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 2
#define PTE 0  /* the entry */
#define PINS 1 /* the count of pins */

/* Left out, or done otherwise: */
#define NO_MOVE_FENCE 1 /* the atomic that clears the entry orders nothing, and no fence behind it */
#define PLAIN_CLEAR 2   /* cleared by a plain store, no fence behind it */
#define NO_PIN_FENCE 3  /* the atomic that raises the count orders nothing */
#define NO_RECHECK 4    /* the entry is not read again */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == PTE : (word) == PINS)
bit got, moved;
#include "memory.h"

proctype walker(byte me) ON(me)
{
	byte p, q, x;

	irq_off(); /* [walk.irq-off] */
	load(p, PTE); /* [walk.load] */
	if
	:: p ->
		rmw_full_unless(NO_PIN_FENCE, x, PINS, mem[PINS] + 1); /* [walk.grab] */
		q = p;
		if
		:: without(NO_RECHECK)
		:: else -> load(q, PTE) /* [walk.recheck] */
		fi;
		if
		:: q == p -> d_step { got = 1; printf("@%d got %d\n", __LINE__, me); hole(moved, REFERENCE_LOST) }
		:: else -> rmw_full(x, PINS, mem[PINS] - 1) /* [walk.put] */
		fi
	:: else
	fi;
	irq_on() /* [walk.irq-on] */
}

proctype mover(byte me) ON(me)
{
	byte x;

	if
	:: without(NO_MOVE_FENCE) -> rmw_late(PTE, 0)
	:: else -> store(PTE, 0) /* [move.clear] */
	fi;
	fence_unless_either(NO_MOVE_FENCE, PLAIN_CLEAR); /* [move.fence] */
	load(x, PINS); /* [move.pins] */
	if
	:: x -> store(PTE, 1) /* [move.back] */
	:: else -> d_step { moved = 1; printf("@%d gone %d 0\n", __LINE__, me); hole(got, REFERENCE_LOST) } /* [move.take] */
	fi
}

init {
	atomic {
		machine();
		mem[PTE] = 1;
		run walker(0);
		run mover(1);
		run hardware(0);
		run hardware(1)
	}
}
