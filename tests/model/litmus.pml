/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine itself: the usual litmus tests, which say what memory.h's two orders let happen. OUTCOME is the outcome that a
 * test asks for; "sound" is: it cannot happen. Nothing left out: SB (store buffering) with a full fence on both sides.
 */
#define NCPU 4
#define NOBJ 1
#define NVAR 2
#define X 0 /* x */
#define Y 1 /* y */

/* Left out, or done otherwise: */
#define SB 1          /* x = 1; r = y || y = 1; s = x: both 0 */
#define SB_ONE 2      /* SB with a fence on one side */
#define MP 3          /* x = 1; y = 1 || r = y; s = x: 1, 0 */
#define MP_RELEASE 4  /* MP, y released */
#define MP_ACQUIRE 5  /* MP, acquire behind the load of y */
#define MP_BOTH 6     /* MP with both */
#define CORR 7        /* x = 1 || r = x; s = x: 1, 0 */
#define OWN 8         /* x = 1; r = x: 0 */
#define W2 9          /* x = 1; y = 2 || y = 1; x = 2: x and y are 1 in the end */
#define W2_RELEASE 10 /* the same, the second stores released */
#define IRIW 11       /* x = 1 || y = 1 || r = x; s = y || t = y; u = x, load fences: 1, 0, 1, 0 */
#define USE 12        /* use; x = 1 || r = x, free if 1: the use comes behind it */
#define USE_RELEASE 13 /* the same, x released */
#define SB_ATOMIC 14  /* SB, the stores are atomics that order nothing */

#define AHEAD(cpu, word) true
byte r[4], s[4];
byte done;
#include "memory.h"
#define sb (mutant == 0 || without(SB) || without(SB_ONE) || without(SB_ATOMIC))
#define mp (without(MP) || without(MP_RELEASE) || without(MP_ACQUIRE) || without(MP_BOTH))
#define w2 (without(W2) || without(W2_RELEASE))

proctype first(byte me)
{
	byte x;

	if
	:: sb ->
		if
		:: without(SB_ATOMIC) -> rmw_relaxed(x, X, 1)
		:: else -> store(X, 1)
		fi;
		if
		:: mutant == 0 || without(SB_ONE) -> fence()
		:: else
		fi;
		load(r[me], Y)
	:: mp ->
		store(X, 1);
		if
		:: without(MP_RELEASE) || without(MP_BOTH) -> store_release(Y, 1)
		:: else -> store(Y, 1)
		fi
	:: without(CORR) || without(IRIW) -> store(X, 1)
	:: without(OWN) ->
		store(X, 1);
		load(r[me], X)
	:: w2 ->
		store(X, 1);
		if
		:: without(W2_RELEASE) -> store_release(Y, 2)
		:: else -> store(Y, 2)
		fi
	:: without(USE) ->
		use(0);
		store(X, 1)
	:: without(USE_RELEASE) ->
		use(0);
		store_release(X, 1)
	fi;
	skip;
	d_step { C.n == 0 && C.late == 0 -> done++ }
}

proctype second(byte me)
{
	byte x;

	if
	:: sb ->
		if
		:: without(SB_ATOMIC) -> rmw_relaxed(x, Y, 1)
		:: else -> store(Y, 1)
		fi;
		if
		:: mutant == 0 -> fence()
		:: else
		fi;
		load(r[me], X)
	:: mp ->
		load(r[me], Y);
		if
		:: without(MP_ACQUIRE) || without(MP_BOTH) -> fence_load()
		:: else
		fi;
		load(s[me], X)
	:: without(CORR) ->
		load(r[me], X);
		load(s[me], X)
	:: without(OWN)
	:: w2 ->
		store(Y, 1);
		if
		:: without(W2_RELEASE) -> store_release(X, 2)
		:: else -> store(X, 2)
		fi
	:: without(IRIW) -> store(Y, 1)
	:: without(USE) || without(USE_RELEASE) ->
		load(r[me], X);
		if
		:: r[me] -> free_object(0)
		:: else
		fi
	fi;
	skip;
	d_step { C.n == 0 && C.late == 0 -> done++ }
}

proctype reader(byte me; byte one; byte other)
{
	if
	:: without(IRIW) ->
		load(r[me], one);
		fence_load();
		load(s[me], other)
	:: else
	fi;
	skip;
	d_step { C.n == 0 && C.late == 0 -> done++ }
}

proctype judge()
{
	d_step { done == 4 ->
		hole(sb && r[0] == 0 && r[1] == 0, OUTCOME);
		hole((mp || without(CORR)) && r[1] == 1 && s[1] == 0, OUTCOME);
		hole(without(OWN) && r[0] == 0, OUTCOME);
		hole(w2 && mem[X] == 1 && mem[Y] == 1, OUTCOME);
		hole(without(IRIW) && r[2] && !s[2] && r[3] && !s[3], OUTCOME) }
}

init {
	atomic {
		machine();
		run first(0);
		run second(1);
		run reader(2, X, Y);
		run reader(3, Y, X);
		run judge();
		run hardware(0);
		run hardware(1);
		run hardware(2);
		run hardware(3)
	}
}
