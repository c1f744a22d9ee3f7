/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T15 (mm/tlb/bcast.c): an mm moves from CPU-local IDs to a broadcast ID (INVLPGB). While a CPU still runs it under its local
 * ID, an invalidate by the broadcast ID does not reach that CPU's entries: until the transition is over, each flush also
 * interrupts the CPUs that have not gone over yet, and waits for those that are just switching. It is over when a flush finds
 * none. Races: a CPU that chooses its ID, against the writer that gives the broadcast ID, and against the flush that ends the
 * transition.
 *
 * A CPU that is interrupted says first what it runs under and then drops what it holds: an entry that it caches between the two the other
 * way round is not under the broadcast ID when the next flush looks, and its CPU no straggler any more.
 *
 * CPU 0 loads the mm once and translates two pages. CPU 1 gives the ID, then takes the pages away, one flush each.
 */
#define NCPU 2
#define NOBJ 2
#define NVAR 7
#define SLOT_A 0 /* slot A */
#define SLOT_B 1 /* slot B */
#define GLOBAL 2 /* the mm's broadcast ID */
#define RAN 3    /* the CPU in the mask of those where the mm ran */
#define SHOWS 4  /* what the CPU shows */
#define UNDER 5  /* the ID under which the CPU runs it; 0 its own */
#define TRANSITION 6 /* may a CPU run the mm under its own? */
#define SWITCHING 1
#define THE_MM 2

/* Left out, or done otherwise: */
#define NO_STRAGGLERS 1  /* no interrupt to CPUs on a local ID */
#define NO_SWITCH_FENCE 2 /* the atomic before the CPU's load of the ID orders nothing */
#define NO_FLUSH_FENCE 3 /* no fence between the store to the slot and the looks at the CPU */
#define NO_WAIT 4        /* nobody waits for a CPU that is switching */
#define NO_ROOT_FENCE 5  /* no fence between what the CPU runs under and its first translation */
#define NO_HANDLER_FENCE 6 /* no fence between what an interrupted CPU runs under and what it drops */
#define DROP_FIRST 7     /* it drops what it holds, and then says what it runs under */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) <= GLOBAL : (word) == SHOWS || (word) == UNDER || (word) == RAN)
bit local_entry[2], global_entry[2], local_id;
#include "memory.h"

/* The MMU's own load, and the entry, under the ID that the CPU runs by. */
#define translate(s) atomic { \
	if :: p = newest(s) :: (C.older[s] & 2) -> p = 1 fi; \
	if :: p && local_id -> local_entry[s] = 1 :: p && !local_id -> global_entry[s] = 1 :: else fi; p = 0; \
	printf("@%d fill %d %d\n", __LINE__, me, local_entry[s] | global_entry[s]) }
#define access(s) d_step { printf("@%d access %d %d\n", __LINE__, me, local_entry[s] | global_entry[s]); \
	hole((local_entry[s] || global_entry[s]) && gone[s], STALE_TLB) }

proctype user(byte me) ON(me)
{
	byte g, p;

	irq_off();
	store(SHOWS, SWITCHING); /* [bcast.switch.switching] */
	rmw_full_unless(NO_SWITCH_FENCE, g, RAN, 1); /* [bcast.switch.ran] */
	load(g, GLOBAL); /* [bcast.switch.id] */
	store(UNDER, g); /* [bcast.switch.under] */
	fence_unless(NO_ROOT_FENCE); /* [mm.switch.loaded] */
	local_id = !g;
	if
	:: translate(SLOT_A)
	:: translate(SLOT_B)
	:: skip
	fi;
	store_release(SHOWS, THE_MM); /* [bcast.switch.shows] */
	irq_on();
	translate(SLOT_A);
	translate(SLOT_B);
	access(SLOT_A);
	access(SLOT_B)
}

/* on: the CPU runs the mm under the broadcast ID, or is about to. straggles: it runs it under its own. */
inline look()
{
	on = 0;
	straggles = 0;
	load(x, RAN);
	if
	:: x ->
		load(x, SHOWS); /* [bcast.look.shows] */
		fence_load(); /* [bcast.look.fence] */
		load(u, UNDER); /* [bcast.look.under] */
		on = x && u;
		straggles = x == THE_MM && !u
	:: else
	fi;
	x = 0;
	u = 0
}

inline unmap(s)
{
	store(s, 0); /* [zap.slot] */
	fence_unless(NO_FLUSH_FENCE); /* [bcast.flush.fence] */
	load(x, GLOBAL); /* [bcast.flush.id] */
	look();
	if
	:: on -> d_step { C.n == 0 || without(NO_FLUSH_FENCE) -> global_entry[s] = 0; cpu[0].older[s] = 0;
		printf("@%d flushglobal %d\n", __LINE__, me) } /* [bcast.flush.broadcast] */
	:: else
	fi;
	load(x, TRANSITION); /* [bcast.flush.transition] */
	if
	:: x && !without(NO_STRAGGLERS) -> finish()
	:: else
	fi;
	free_object(s) /* [zap.free] */
}

inline finish()
{
	load(x, RAN);
	do
	:: x && !without(NO_WAIT) ->
		load(x, SHOWS); /* [bcast.flush.wait] */
		x = x == SWITCHING
	:: else -> break
	od;
	skip;
	fence_load();
	look();
	if
	:: straggles ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else -> store(TRANSITION, 0) /* [bcast.flush.over] */
	fi
}

proctype writer(byte me) ON(me)
{
	byte x, u;
	bit on, straggles;

	store(TRANSITION, 1); /* [bcast.give.transition] */
	store_release(GLOBAL, 1); /* [bcast.give.id] */
	unmap(SLOT_A);
	unmap(SLOT_B)
}

#define drop_all() d_step { local_entry[0] = 0; local_entry[1] = 0; global_entry[0] = 0; global_entry[1] = 0; cpu[0].older[SLOT_A] = 0; \
	cpu[0].older[SLOT_B] = 0; printf("@%d flushown %d\n", __LINE__, me) }
/* Of its own accord. */
#define speculate() if :: translate(SLOT_A) :: translate(SLOT_B) :: skip fi

proctype irq_handler(byte me) ON_IRQ(me)
{
	byte p;

end:	do
	:: irq_take(); /* [ipi.take] */
		if
		:: without(DROP_FIRST) -> drop_all(); speculate()
		:: else
		fi;
		store(UNDER, 1); /* [bcast.handler.under] */
		local_id = 0;
		speculate();
		if
		:: without(DROP_FIRST)
		:: else ->
			fence_unless(NO_HANDLER_FENCE); /* [bcast.handler.fence] */
			drop_all() /* [bcast.handler.flush] */
		fi;
		irq_answer() /* [ipi.answer] */
	od
}

init {
	atomic {
		machine();
		mem[SLOT_A] = 1;
		mem[SLOT_B] = 1;
		run user(0);
		run irq_handler(0);
		run writer(1);
		run hardware(0);
		run hardware(1)
	}
}
