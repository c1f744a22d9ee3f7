/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T4, T5: GUP-fast against a collapse (bench/collapse.c). The walker finds the table, reads an entry, raises the page's
 * count, and checks that the slot of the table is the same still. The collapse clears that slot, flushes, syncs, and takes
 * the page if its count is what it expects (a look, no freeze: the count of a page that it takes is raised again by whoever
 * comes too late); then it installs a huge leaf, and frees the table or keeps it. Without the recheck and without a sync the
 * walker returns a page that was copied away. With the recheck alone it never returns one, but it may read a table that is
 * freed already. T5: the flush is said to interrupt every CPU, and a paravirtual one passes over a CPU that is preempted.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 2
#define SLOT 0 /* the slot of the table: 1 the table, 2 a huge leaf */
#define REFS 1 /* the page's count */

/* Left out, or done otherwise: */
#define NO_SYNC_KEPT 1  /* no sync, and the table is kept */
#define NO_SYNC 2       /* no sync, and the table is freed */
#define NO_RECHECK 3    /* sync, no recheck */
#define NEITHER 4       /* neither sync nor recheck, and the table is kept */
#define FLUSH_IPIS 5    /* no sync, because the flush interrupts the walker */
#define FLUSH_ELIDES 6  /* the same, but the flush passes over a preempted CPU */
#define COUNT_FIRST 7   /* the count is checked before the sync; no recheck */
#define NO_GRAB_FENCE 8 /* raising the count orders nothing; no sync, and the table is kept */

#define syncs (mutant == 0 || without(NO_RECHECK) || without(COUNT_FIRST))
#define rechecks (!without(NO_RECHECK) && !without(NEITHER) && !without(COUNT_FIRST))
#define frees (!without(NO_SYNC_KEPT) && !without(NEITHER) && !without(NO_GRAB_FENCE))

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (word) == REFS)
bit got, taken_away;
#include "memory.h"

proctype walker(byte me) ON(me)
{
	byte p, q, r;

	irq_off(); /* [walk.irq-off] */
	load(p, SLOT); /* [walk.load] */
	if
	:: p == 1 ->
		use(0); /* [walk.use] */
		/* Not from zero: that page is being taken. */
		d_step { ((weak && without(NO_GRAB_FENCE)) -> !buffered(REFS) : C.n == 0 && C.late == 0) ->
			if :: weak && without(NO_GRAB_FENCE) :: else -> forget_older() fi;
			r = mem[REFS];
			if :: r -> j_ = r + 1; publish(REFS, j_); j_ = 0;
				printf("@%d rmw %d %d %d 2\n", __LINE__, me, REFS, mem[REFS]) :: else fi /* [walk.grab] */
		}
		q = 1;
		if
		:: r && rechecks -> load(q, SLOT) /* [walk.recheck] */
		:: else
		fi;
		if
		:: r && q == 1 -> d_step { got = 1; printf("@%d got %d\n", __LINE__, me); hole(taken_away, REFERENCE_LOST) }
		:: r && q != 1 -> rmw_full(r, REFS, mem[REFS] - 1) /* [walk.put] */
		:: else
		fi
	:: else
	fi;
	irq_on() /* [walk.irq-on] */
}

proctype collapser(byte me) ON(me)
{
	byte r, x;

	rmw_full(x, SLOT, 0); /* [collapse.clear] */
	if
	:: without(FLUSH_IPIS) ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: without(FLUSH_ELIDES) -> skip /* [collapse.flush] the CPU is preempted: it flushes when it runs again */
	:: else
	fi;
	if
	:: without(COUNT_FIRST) -> load(r, REFS)
	:: else
	fi;
	if
	:: syncs ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi;
	if
	:: without(COUNT_FIRST)
	:: else -> load(r, REFS) /* [collapse.refs] */
	fi;
	if
	:: r != 1 -> store(SLOT, 1) /* [collapse.back] */
	:: r == 1 ->
		store(SLOT, 2); /* [collapse.install] */
		d_step { C.n == 0 -> taken_away = 1; gone[0] = frees;
			printf("@%d gone %d 0\n", __LINE__, me); hole(got, REFERENCE_LOST) } /* [collapse.free] */
	fi
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
		mem[SLOT] = 1;
		mem[REFS] = 1;
		run walker(0);
		run irq_handler(0);
		run collapser(1);
		run hardware(0);
		run hardware(1)
	}
}
