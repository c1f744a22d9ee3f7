/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T3 (bench/unshare.c): a page table that mms A, B and C share. Whoever unshares it clears its own slot and counts down under
 * a lock; the last one leaves it to A alone, which then reuses it in place. A walker of C that entered before C unshared may
 * still be inside. A sync may be saved for all but the last unsharer only if the last one's reaches walkers of every former
 * sharer: one that asks for walkers of its own mm (B's) does not see C's. Two CPUs unshare, in either order; CPU 0 walks C,
 * marked as in active-mm.
 */
#define NCPU 3
#define NOBJ 1
#define NVAR 3
#define SLOT_C 0 /* C's slot */
#define SLOT_B 1 /* B's slot */
#define MARK 2   /* the walker's mark */
#define MM_B 1
#define MM_C 2

/* Left out, or done otherwise: */
#define BROADCAST_EACH 1 /* every unsharer interrupts everybody */
#define FLUSH_IPIS 2     /* every unsharer's TLB flush interrupts the CPUs that have its mm loaded */
#define OWN_MM_LAST 3    /* only the last unsharer syncs, for walkers of its own mm */
#define ANY_MM_LAST 4    /* only the last unsharer syncs, for walkers of any mm */
#define NOBODY 5         /* nobody syncs */
#define OWN_MM_EACH 6    /* every unsharer syncs, for walkers of its own mm */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT_C : (word) == MARK)
byte sharers, lock;
#include "memory.h"

proctype walker(byte me) ON(me)
{
	byte p;

	irq_off(); /* [walk.irq-off] */
	store(MARK, MM_C); /* [mark.begin.mark] */
	fence(); /* [mark.begin.fence] */
	load(p, SLOT_C); /* [walk.load] */
	if
	:: p -> use(0) /* [walk.use] */
	:: else
	fi;
	store_release(MARK, 0); /* [mark.end.mark] */
	irq_on() /* [walk.irq-on] */
}

inline scan(mark)
{
	fence(); /* [mark.sync.fence] */
	load(x, MARK); /* [mark.sync.scan] */
	fence_load(); /* [active-mm.sync.acquire] */
	if
	:: x && (mark == 0 || x == mark) ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi
}

inline everybody()
{
	ipi_send(0); /* [ipi.send] */
	ipi_wait(0) /* [ipi.wait] */
}

proctype unsharer(byte me; byte s; byte mm) ON(me)
{
	byte x;
	bit last;

	d_step { lock == 0 -> lock = 1; forget_older(); printf("@%d lock %d\n", __LINE__, me) } /* [share.lock] */
	rmw_full(x, s, 0); /* [share.unshare] */
	d_step { C.n == 0 -> sharers--; last = sharers == 1; printf("@%d sharers %d %d\n", __LINE__, me, sharers) } /* [share.count] */
	if
	:: mutant == 0 && last -> everybody()
	:: without(BROADCAST_EACH) -> everybody()
	:: without(FLUSH_IPIS) && mm == MM_C -> everybody()
	:: without(OWN_MM_LAST) && last -> scan(mm)
	:: without(ANY_MM_LAST) && last -> scan(0)
	:: without(OWN_MM_EACH) -> scan(mm)
	:: else
	fi;
	skip;
	d_step { C.n == 0 && C.late == 0 -> lock = 0; printf("@%d unlock %d\n", __LINE__, me) } /* [share.unlock] */
}

/* A, once it is alone. */
proctype reuser(byte me)
{
	d_step { sharers == 1 && lock == 0 -> gone[0] = 1; printf("@%d gone %d 0\n", __LINE__, me) } /* [share.reuse] */
}

proctype irq_handler(byte me) ON_IRQ(me)
{
end:	do
	:: irq_take(); /* [ipi.take] */
		irq_answer() /* [ipi.answer] */
	od
}

init {
	atomic {
		machine();
		mem[SLOT_B] = 1;
		mem[SLOT_C] = 1;
		sharers = 3;
		run walker(0);
		run irq_handler(0);
		run unsharer(1, SLOT_C, MM_C);
		run unsharer(2, SLOT_B, MM_B);
		run reuser(2);
		run hardware(0);
		run hardware(1);
		run hardware(2)
	}
}
