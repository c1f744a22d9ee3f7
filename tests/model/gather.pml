/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T6: unhook, invalidate, sync, free: in this order. CPU 0 translates and walks at any moment. Freed before the invalidate, a
 * stale TLB entry leads to another's frame; invalidated or synced before the entry is unhooked, it is loaded again in between.
 */
#define NCPU 2
#define NOBJ 1
#define NVAR 1
#define SLOT 0 /* the slot */

/* Left out, or done otherwise: */
#define INVAL_FIRST 1 /* invalidated before it is unhooked */
#define FREE_FIRST 2  /* freed before the invalidate */
#define SYNC_FIRST 3  /* synced before it is unhooked */
#define NO_INVAL 4    /* not invalidated */
#define NO_SYNC 5     /* not synced */

#define AHEAD(cpu, word) ((cpu) == 0)
bit tlb;
#include "memory.h"

proctype mmu(byte me) ON(me)
{
end:	do
	:: d_step { mem[SLOT] && !tlb -> tlb = 1; printf("@%d fill %d 1\n", __LINE__, me) }
	:: d_step { tlb && gone[0] -> printf("@%d access %d 1\n", __LINE__, me); hole(1, STALE_TLB) }
	od
}

proctype walker(byte me) ON(me)
{
	byte p;

	irq_off(); /* [walk.irq-off] */
	load(p, SLOT); /* [walk.load] */
	if
	:: p -> use(0) /* [walk.use] */
	:: else
	fi;
	irq_on() /* [walk.irq-on] */
}

inline invalidate()
{
	/* By the hardware's broadcast or an NMI: nobody is drained. */
	d_step { C.n == 0 && (weak || cpu[0].n == 0) -> tlb = 0; cpu[0].older[SLOT] = 0;
		printf("@%d flush %d 0\n", __LINE__, me) } /* [gather.invalidate] */
}
inline drain()
{
	ipi_send(0); /* [ipi.send] */
	ipi_wait(0) /* [ipi.wait] */
}

proctype writer(byte me) ON(me)
{
	if
	:: without(INVAL_FIRST) -> invalidate()
	:: without(SYNC_FIRST) -> drain()
	:: else
	fi;
	store(SLOT, 0); /* [gather.unhook] */
	if
	:: without(FREE_FIRST) -> free_object(0)
	:: else
	fi;
	if
	:: without(INVAL_FIRST) || without(NO_INVAL)
	:: else -> invalidate()
	fi;
	if
	:: without(SYNC_FIRST) || without(NO_SYNC)
	:: else -> drain() /* [gather.sync] */
	fi;
	if
	:: without(FREE_FIRST)
	:: else -> free_object(0) /* [gather.free] */
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
		run mmu(0);
		run walker(0);
		run irq_handler(0);
		run writer(1);
		run hardware(0);
		run hardware(1)
	}
}
