/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T13: a flush of this CPU only, after an upgrade (read-only to writable). Another CPU that still holds the read-only entry
 * faults, finds nothing to do, and must flush its own entry, or it faults for ever. For a downgrade it is no flush at all: a
 * write by the other CPU's old entry comes after the page was declared read-only (DOWNGRADE). The fault and its flush are no
 * C: the kernel here has no code of a user that could fault.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 1
#define PTE 0 /* the entry: 1 read-only, 2 writable */

/* Left out, or done otherwise: */
#define NO_SPURIOUS_FLUSH 1 /* a fault that finds nothing to do does not flush */
#define DOWNGRADE 2         /* the other way round, with the same local flush */
#define DOWNGRADE_ALL 3     /* the other way round, with a flush of all CPUs */

#define AHEAD(cpu, word) false
byte tlb = 1;
bit shared; /* nobody may write to the page any more */
#include "memory.h"
#define down (without(DOWNGRADE) || without(DOWNGRADE_ALL))

proctype user(byte me) ON(me)
{
	byte faults;

	do
	:: tlb == 0 -> d_step { tlb = mem[PTE]; printf("@%d fill %d %d\n", __LINE__, me, tlb) }
	:: d_step { tlb == 2 -> printf("@%d write %d\n", __LINE__, me); hole(shared, WRITE_LOST) }; break
	:: tlb == 1 ->
		if
		:: down -> break
		:: else ->
			mem[PTE] == 2; /* the handler waits for the lock of who changes the entry */
			d_step { faults++; printf("@%d fault %d\n", __LINE__, me); hole(faults > 2, STUCK_FAULT) } /* its handler */
			if
			:: without(NO_SPURIOUS_FLUSH)
			:: else -> d_step { tlb = 0; printf("@%d flushown %d\n", __LINE__, me) } /* and its flush */
			fi
		fi
	od
}

proctype changer(byte me) ON(me)
{
	store(PTE, (down -> 1 : 2)); /* [local.change] */
	fence(); /* [local.publish] */
	/* Its own entry, which nobody here looks at. */
	printf("@%d flushown %d\n", __LINE__, me); /* [local.flush] */
	if
	:: without(DOWNGRADE_ALL) -> d_step { tlb = 0; printf("@%d flush %d 0\n", __LINE__, me) }
	:: else
	fi;
	if
	:: down -> shared = 1
	:: else
	fi
}

init {
	atomic {
		machine();
		if
		:: down -> mem[PTE] = 2; tlb = 2
		:: else -> mem[PTE] = 1
		fi;
		run user(0);
		run changer(1);
		run hardware(1)
	}
}
