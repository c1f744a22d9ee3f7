/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T10 (bench/dontneed.c, mm/pt.c): MADV_DONTNEED of a huge leaf against a fault at the same address, both with mmap_lock for
 * reading. The zap clears the leaf under the page-table lock; the fault, as soon as it gets the lock, installs a table with a
 * small leaf. If the zap leaves the flush for after the unlock, a third CPU still translates by the huge entry and loads the
 * small one: two sizes for one address.
 */
#define NCPU 3
#define NOBJ 1
#define NVAR 2
#define PMD 0 /* the slot: 1 a huge leaf, 2 a table */
#define PTE 1 /* its slot for the small leaf: 0 what the memory held before, 1 none, 2 the leaf */

/* Left out, or done otherwise: */
#define FLUSH_LATE 1 /* the flush comes after the unlock */
#define NO_WMB 2     /* the table is published before it is empty */

#define AHEAD(cpu, word) false
bit huge = 1, small, lock;
#include "memory.h"

/* Two translations at most. */
proctype mmu(byte me)
{
	byte k;

	do
	:: k < 2 -> d_step {
		if
		:: mem[PMD] == 1 -> huge = 1; printf("@%d fill %d 2\n", __LINE__, me)
		:: mem[PMD] == 2 && mem[PTE] == 2 -> small = 1; printf("@%d fill %d 1\n", __LINE__, me)
		:: mem[PMD] == 2 && mem[PTE] == 0 -> hole(1, STALE_TLB)
		:: else
		fi;
		hole(huge && small, TWO_SIZES);
		k++ }
	:: k == 2 -> break
	od
}

inline flush()
{
	d_step { C.n == 0 -> huge = 0; small = 0; printf("@%d flush %d 0\n", __LINE__, me) } /* [dontneed.flush] */
}
inline take_lock()
{
	d_step { lock == 0 -> lock = 1; forget_older(); printf("@%d lock %d\n", __LINE__, me) } /* [ptl.lock] */
}
inline drop_lock()
{
	d_step { C.n == 0 && C.late == 0 -> lock = 0; printf("@%d unlock %d\n", __LINE__, me) } /* [ptl.unlock] */
}

proctype zapper(byte me) ON(me)
{
	take_lock();
	store(PMD, 0); /* [dontneed.clear] */
	if
	:: without(FLUSH_LATE)
	:: else -> flush()
	fi;
	skip;
	drop_lock();
	if
	:: without(FLUSH_LATE) -> flush()
	:: else
	fi
}

proctype faulter(byte me) ON(me)
{
	byte x;

	take_lock();
	load(x, PMD); /* [fault.load] */
	if
	:: x == 0 ->
		store(PTE, 1); /* [fault.zero] */
		store_fence_unless(NO_WMB); /* [fault.fence] */
		store(PMD, 2); /* [fault.populate] */
		store(PTE, 2) /* [fault.fill] */
	:: else
	fi;
	skip;
	drop_lock()
}

init {
	atomic {
		machine();
		mem[PMD] = 1;
		run mmu(0);
		run zapper(1);
		run faulter(2);
		run hardware(1);
		run hardware(2)
	}
}
