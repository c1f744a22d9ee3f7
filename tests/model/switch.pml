/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T7: a CPU loads the mm while a flusher reads which CPUs did. The CPU sets its bits (ran, loaded; atomics, full fences), then
 * translates; the flusher empties the slot, then reads a mask. If one of the two is not fenced, the flusher sees no bit and the
 * CPU the old entry. The bits of two CPUs share a word: set or cleared by a load and a store, one is lost. Writer as in the
 * workload mm-switch: store, sync (cpumask: the CPUs in ran), flush (an NMI to the CPUs in loaded), free. Each of the other two
 * CPUs loads the mm, translates, walks it in software, and leaves.
 */
#define NCPU 3
#define NOBJ 1
#define NVAR 3
#define SLOT 0   /* the slot */
#define RAN 1    /* the mask of CPUs where the mm ran */
#define LOADED 2 /* the mask of CPUs that have it loaded */

/* Left out, or done otherwise: */
#define NO_FLUSH_FENCE 1  /* no sync, and no fence between the store to the slot and the load of loaded */
#define PLAIN_LOADED 2    /* the bit in loaded is set by a load and a store */
#define PLAIN_LEAVE 3     /* it is cleared by a load and a store */
#define PLAIN_RAN 4       /* the bit in ran is set by a load and a store */
#define NO_SYNC_FENCE 5   /* no fence between the store to the slot and the load of ran */
#define NO_SWITCH_FENCE 6 /* the atomics that set the bits order nothing */
#define SKIP_TARGET 7     /* a CPU in ran is left out of the sync */
#define LEAVE_EARLY 8     /* the bit in loaded is cleared before the root is switched */
#define SKIP_FLUSH 9      /* a CPU in loaded is left out of the flush */
#define FLUSH_ONLY 10     /* no sync, for nobody walks in software */

#define flush_only (without(NO_FLUSH_FENCE) || without(FLUSH_ONLY))

#define AHEAD(cpu, word) ((cpu) == 2 -> (word) != SLOT : (word) == SLOT)
bit tlb[3];
bit away[3]; /* it has left the mm: nothing of it is used or looked up any more */
#include "memory.h"

/* The MMU fills the TLB by itself, at any moment while the root is loaded; a translation is used at any moment too. */
#define translate() atomic { \
	if :: C.n == 0 || weak -> p = newest(SLOT) :: (C.older[SLOT] & 2) && !buffered(SLOT) -> p = 1 fi; \
	tlb[me] = p; p = 0; printf("@%d fill %d %d\n", __LINE__, me, tlb[me]) }
#define access() d_step { printf("@%d access %d %d\n", __LINE__, me, tlb[me]); hole(tlb[me] && gone[0], STALE_TLB) }

inline set_bit(m, v)
{
	if
	:: without(m) ->
		load(x, v);
		store(v, x | BIT(me))
	:: else -> rmw_full_unless(NO_SWITCH_FENCE, x, v, mem[v] | BIT(me))
	fi;
	x = 0
}

proctype user(byte me) ON(me)
{
	byte p, x;

	set_bit(PLAIN_RAN, RAN); /* [mm.switch.ran] */
	set_bit(PLAIN_LOADED, LOADED); /* [mm.switch.loaded] */
	translate(); /* [mm.switch.root] */
	access();
	if
	:: flush_only
	:: else ->
		irq_off(); /* [walk.irq-off] */
		load(p, SLOT); /* [walk.load] */
		if
		:: p -> use(0) /* [walk.use] */
		:: else
		fi;
		irq_on() /* [walk.irq-on] */
	fi;
	if
	:: without(LEAVE_EARLY) -> rmw_full(x, LOADED, mem[LOADED] & ~BIT(me))
	:: else
	fi;
	access();
	/* The switch of root drops what the old one cached. */
	d_step { C.late == 0 || weak -> tlb[me] = 0; away[me] = 1; printf("@%d leave %d\n", __LINE__, me) } /* [mm.switch.leave-root] */
	if
	:: without(PLAIN_LEAVE) ->
		load(x, LOADED);
		store(LOADED, x & ~BIT(me))
	:: without(LEAVE_EARLY)
	:: else -> rmw_full(x, LOADED, mem[LOADED] & ~BIT(me)) /* [mm.switch.leave] */
	fi
}

/* The NMI handler of CPU c, and its answer: between two steps of that CPU. */
#define flush(c) d_step { C.n == 0 && (weak || cpu[c].n == 0) -> tlb[c] = 0; printf("@%d flush %d %d\n", __LINE__, me, c); \
	for (i_ : 0 .. NVAR - 1) { cpu[c].older[i_] = 0 } i_ = 0 }

inline sync()
{
	fence_unless(NO_SYNC_FENCE); /* [cpumask.sync.fence] */
	load(x, RAN); /* [cpumask.sync.scan] */
	if
	:: x & 1 ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi;
	if
	:: (x & 2) && !without(SKIP_TARGET) ->
		ipi_send(1); /* [ipi.send] */
		ipi_wait(1) /* [ipi.wait] */
	:: else
	fi
}

proctype flusher(byte me) ON(me)
{
	byte x;

	store(SLOT, 0); /* [zap.slot] */
	if
	:: flush_only
	:: else -> sync()
	fi;
	skip;
	fence_unless(NO_FLUSH_FENCE); /* [flush.fence] */
	load(x, LOADED); /* [flush.scan] */
	if
	:: x & 1 -> flush(0) /* [flush.reach] */
	:: else
	fi;
	if
	:: (x & 2) && !without(SKIP_FLUSH) -> flush(1) /* [flush.reach] */
	:: else
	fi;
	free_object(0) /* [zap.free] */
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
		run user(0);
		run user(1);
		run irq_handler(0);
		run irq_handler(1);
		run flusher(2);
		run hardware(0);
		run hardware(1);
		run hardware(2)
	}
}
