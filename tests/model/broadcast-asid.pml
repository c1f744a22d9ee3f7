/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T15: an mm moves from CPU-local IDs to a broadcast ID (INVLPGB). While a CPU still runs it under its local ID, an invalidate
 * by the broadcast ID does not reach that CPU's entries: until the transition is over, each flush also interrupts the CPUs that
 * have not switched yet. The race is between a CPU that is just loading the mm, which chooses its ID, and the writer that sets
 * the broadcast ID.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 3
#define SLOT 0   /* the slot */
#define GLOBAL 1 /* the mm's broadcast ID */
#define LOADED 2 /* the CPU has the mm loaded */

/* Left out, or done otherwise: */
#define NO_STRAGGLERS 1  /* no interrupt to CPUs on a local ID */
#define NO_SWITCH_FENCE 2 /* no fence between loaded and the load of the ID */
#define NO_FLUSH_FENCE 3 /* no fence between the broadcast ID and the look at who has the mm loaded */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) != LOADED : (word) == LOADED)
bit local_entry, global_entry, local_id;
#include "memory.h"

/* The MMU's own load, and the entry, under the ID that the CPU runs by. */
#define translate() atomic { \
	if :: p = newest(SLOT) :: (C.older[SLOT] & 2) -> p = 1 fi; \
	if :: p && local_id -> local_entry = 1 :: p && !local_id -> global_entry = 1 :: else fi; p = 0; \
	printf("@%d fill %d %d\n", __LINE__, me, local_entry | global_entry) }

proctype user(byte me) ON(me)
{
	byte g, p;

	store(LOADED, 1); /* [broadcast-asid.switch.loaded] */
	fence_unless(NO_SWITCH_FENCE); /* [broadcast-asid.switch.fence] */
	load(g, GLOBAL); /* [broadcast-asid.switch.load] */
	local_id = !g;
	translate();
	d_step {
		printf("@%d access %d %d\n", __LINE__, me, local_entry | global_entry); hole((local_entry || global_entry) && gone[0], STALE_TLB) }
}

proctype writer(byte me) ON(me)
{
	byte x;

	store(GLOBAL, 1); /* [broadcast-asid.transition.set] */
	store_release(SLOT, 0); /* [zap.slot] */
	fence_unless(NO_FLUSH_FENCE); /* [broadcast-asid.flush.fence] */
	/* Complete only when no translation that began before it goes on. */
	d_step { C.n == 0 || without(NO_FLUSH_FENCE) -> global_entry = 0; cpu[0].older[SLOT] = 0;
		printf("@%d flushglobal %d\n", __LINE__, me) } /* [broadcast-asid.flush.broadcast] */
	load(x, LOADED); /* [broadcast-asid.flush.scan] */
	if
	:: x && !without(NO_STRAGGLERS) ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi;
	free_object(0) /* [zap.free] */
}

proctype irq_handler(byte me) ON_IRQ(me)
{
end:	do
	:: irq_take(); /* [ipi.take] */
		d_step { local_entry = 0; local_id = 0; printf("@%d flushown %d\n", __LINE__, me) } /* [broadcast-asid.handler.switch] */
		irq_answer() /* [ipi.answer] */
	od
}

init {
	atomic {
		machine();
		mem[SLOT] = 1;
		run user(0);
		run irq_handler(0);
		run writer(1);
		run hardware(0);
		run hardware(1)
	}
}
