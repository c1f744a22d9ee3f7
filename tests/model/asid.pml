/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T14 (mm/mm.c): address-space IDs run out and are given out again. At the rollover every CPU's running ID is reserved, and
 * each CPU is marked to flush its own TLB before it runs anything of the new generation. Races: a CPU that runs a reused ID
 * with entries of its old owner; one whose ID was not seen as running and was given away. Two mms, one ID: CPU 0 runs mm 1,
 * leaves it and returns; CPU 1 rolls over for mm 2, then runs on CPU 0 too.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 1 /* no word: all that is shared is under the lock */

/* Left out, or done otherwise: */
#define NO_FLUSH 1      /* not flushed before the first use in a new generation */
#define NO_RESERVE 2    /* the IDs that run are not reserved at the rollover */
#define FLUSH_UNLOCKED 3 /* the mark to flush is set after the lock is dropped */

#define AHEAD(cpu, word) false
byte running[2];    /* the mm that the CPU runs, 0: none */
bit pending[2];     /* it must flush before it runs anything */
byte owner = 1;     /* the mm that has the one ID */
byte entries[2];    /* whose entries the CPU holds under that ID */
bit lock;
#include "memory.h"

/* Load mm m on this CPU; wait until there is an ID for it. */
inline load_mm(m)
{
	d_step { lock == 0 -> lock = 1; printf("@%d lock %d\n", __LINE__, me) } /* [asid.lock] */
	if
	:: owner != m && ((running[1 - me] != owner && running[me] != owner) || without(NO_RESERVE)) ->
		d_step { owner = m; printf("@%d rollover %d %d\n", __LINE__, me, m);
			if :: !without(FLUSH_UNLOCKED) -> pending[0] = 1; pending[1] = 1 :: else fi } /* [asid.rollover] */
	:: else
	fi;
	if
	:: pending[me] && !without(NO_FLUSH) ->
		d_step { entries[me] = 0; pending[me] = 0; printf("@%d flushown %d\n", __LINE__, me) } /* [asid.flush] */
	:: else
	fi;
	if
	:: owner == m -> running[me] = m /* [asid.running] */
	:: else
	fi;
	d_step { lock = 0; printf("@%d unlock %d\n", __LINE__, me) } /* [asid.unlock] */
	if
	:: without(FLUSH_UNLOCKED) && running[me] == m -> pending[1 - me] = 1
	:: else
	fi
}
inline run_mm(m)
{
	if
	:: running[me] == m ->
		d_step {
			printf("@%d access %d %d\n", __LINE__, me, entries[me]);
			hole(running[1 - me] && running[1 - me] != m, TWO_OWNERS);
			hole(entries[me] && entries[me] != m, STALE_TLB);
			entries[me] = m };
		d_step { running[me] = 0; printf("@%d leave %d\n", __LINE__, me) } /* [asid.leave] */
	:: else
	fi
}

proctype user(byte me; byte first) ON(me)
{
	load_mm(first);
	run_mm(first);
	load_mm(3 - first);
	run_mm(3 - first);
	load_mm(first);
	run_mm(first)
}

init {
	atomic {
		machine();
		run user(0, 1);
		run user(1, 2);
	}
}
