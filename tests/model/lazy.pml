/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T8 (mm/tlb/gen.c): a lazy CPU runs no user code but keeps the root, and its MMU may still walk ahead through a cached table
 * pointer. A flush passes over it and counts the mm's generation up; when the CPU stops being lazy it compares the
 * generations and catches up. That is enough for leaves, which only user code uses, and not for tables: a flush that unhooks
 * a table must wake it. And the race of leaving: the CPU says that it is no longer lazy, then reads the generation; the
 * flusher raises it, then reads who is lazy. A full fence on both sides, or both miss each other.
 */
#define NCPU 2
#define NOBJ 2 /* 0 the frame of a leaf, 1 a table */
#define NVAR 3
#define SLOT 0 /* the slot */
#define LAZY 1 /* is the CPU lazy */
#define GEN 2  /* the mm's generation */

/* Left out, or done otherwise: */
#define SKIP_TABLES 1   /* a flush that unhooked a table passes over a lazy CPU too */
#define NO_CATCH_UP 2   /* the CPU does not compare generations when it stops being lazy */
#define NO_EXIT_FENCE 3 /* no fence between no longer lazy and the load of the generation */
#define NO_FLUSH_FENCE 4 /* the atomic that raises the generation orders nothing */
#define PLAIN_GEN 5     /* the generation is raised by a load and a store */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == GEN : (word) == LAZY)
bit leaf, table; /* what CPU 0 holds: an entry of the leaf; a table in its walk cache */
byte have;       /* the generation that it has caught up with */
bit tables;      /* the writer unhooks a table, not a leaf */
#include "memory.h"

/* Ahead of any program, while the root is loaded. */
proctype mmu(byte me)
{
end:	do
	:: d_step { table && gone[1] -> printf("@%d access %d 1\n", __LINE__, me); hole(gone[1], STALE_TLB) }
	od
}

proctype user(byte me) ON(me)
{
	byte x;

	store(LAZY, 0); /* [gen.exit.clear] */
	fence_unless(NO_EXIT_FENCE); /* [gen.exit.fence] */
	load(x, GEN); /* [gen.exit.load] */
	if
	:: x != have && !without(NO_CATCH_UP) ->
		d_step { leaf = 0; table = 0; have = x; printf("@%d flushown %d\n", __LINE__, me) } /* [gen.exit.flush] */
	:: else
	fi;
	d_step { leaf -> printf("@%d access %d 0\n", __LINE__, me); hole(gone[0], STALE_TLB) } unless { !leaf }
}

proctype writer(byte me) ON(me)
{
	byte x;

	if
	:: tables = 0
	:: tables = 1
	fi;
	store(SLOT, 0); /* [zap.slot] */
	if
	:: without(PLAIN_GEN) -> store(GEN, 1)
	:: else -> rmw_full_unless(NO_FLUSH_FENCE, x, GEN, 1) /* [gen.flush.raise] */
	fi;
	load(x, LAZY); /* [gen.flush.scan] */
	if
	:: x == 0 || (tables && !without(SKIP_TABLES)) ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi;
	free_object(tables) /* [zap.free] */
}

proctype irq_handler(byte me) ON_IRQ(me)
{
end:	do
	:: irq_take(); /* [ipi.take] */
		d_step { leaf = 0; table = 0; printf("@%d flushown %d\n", __LINE__, me) } /* [gen.handler.leave] */
		irq_answer() /* [ipi.answer] */
	od
}

init {
	atomic {
		machine();
		mem[SLOT] = 1;
		mem[LAZY] = 1;
		leaf = 1;
		table = 1;
		run user(0);
		run mmu(0);
		run irq_handler(0);
		run writer(1);
		run hardware(0);
		run hardware(1)
	}
}
