/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * T9: x86's generations (mm/tlb/gen.c). A flush raises the mm's generation and asks a CPU to come up to it: wholly, or for
 * one page. The CPU skips a request that it is past, and may do the part only if it is exactly one behind and nobody has
 * raised the generation since; then it says that it is up to date with the mm. Two requests may be taken in either order: if
 * the second is done in part and then called up to date, the first is skipped, and its entry stays.
 */
#define NCPU 3
#define NOBJ 2 /* the frames of pages A and B */
#define NVAR 1
#define GEN 0 /* the mm's generation */

/* Left out, or done otherwise: */
#define PART_ALWAYS 1  /* a partial flush whatever the generations */
#define NO_MM_CHECK 2  /* a partial flush if it is one behind, without a look at the mm's generation */
#define NO_FLUSH 3     /* behind, but not flushed */

#define AHEAD(cpu, word) false
byte have = 1;
bit entry[2] = { 1, 1 };
byte asked[3];
#include "memory.h"

proctype user(byte me) ON(me)
{
end:	do
	:: d_step { entry[0] && gone[0] -> printf("@%d access %d 0\n", __LINE__, me); hole(1, STALE_TLB) }
	:: d_step { entry[1] && gone[1] -> printf("@%d access %d 1\n", __LINE__, me); hole(1, STALE_TLB) }
	od
}

proctype flusher(byte me; byte page) ON(me)
{
	byte g;

	rmw_full(g, GEN, mem[GEN] + 1); /* [gen.flush.raise] */
	asked[me] = g + 1;
	ipi_send(0); /* [ipi.send] */
	ipi_wait(0); /* [ipi.wait] */
	free_object(page) /* [zap.free] */
}

proctype irq_handler(byte me) ON_IRQ(me)
{
	byte from, g;

end:	do
	:: d_step { C.want && !C.irq -> C.irq = 1; printf("@%d irq %d\n", __LINE__, me) } /* [ipi.take] */
		if
		:: C.want & 2 -> from = 1
		:: C.want & 4 -> from = 2
		fi;
		if
		:: asked[from] <= have /* [gen.handler.skip] */
		:: else ->
			load(g, GEN); /* [gen.handler.load] */
			if
			:: without(NO_FLUSH)
			:: !without(NO_FLUSH) && (without(PART_ALWAYS) || (asked[from] == have + 1 && (asked[from] == g || without(NO_MM_CHECK)))) ->
				d_step { entry[from - 1] = 0; printf("@%d flushpart %d %d\n", __LINE__, me, from - 1) } /* [gen.handler.part] */
			:: else ->
				d_step { entry[0] = 0; entry[1] = 0; printf("@%d flushown %d\n", __LINE__, me) } /* [gen.handler.all] */
			fi;
			have = g /* [gen.handler.store] */
		fi;
		d_step { C.taken = BIT(from); C.want = C.want & ~C.taken; C.taken = 0; C.irq = 0; from = 0; g = 0;
			printf("@%d answer %d\n", __LINE__, me) } /* [ipi.answer] */
	od
}

init {
	atomic {
		machine();
		mem[GEN] = 1;
		run user(0);
		run irq_handler(0);
		run flusher(1, 0);
		run flusher(2, 1);
		run hardware(1);
		run hardware(2)
	}
}
