/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sticky: a bit a CPU in a mask of the mm. A walk sets it, by an atomic that is a full fence, only if it is clear, and leaves
 * it; sync interrupts the CPUs in the mask; only the CPU itself clears its bit, in the handler. No mutation of a reader's fence:
 * it has none.
 *
 * T16: the bit is cleared by its own CPU, so its walks never test a stale 1; a writer that reads 0 finds the next walk behind a
 * fenced arming. T17: two writers, one of which reads the 0 that the handler left for the other: nothing but the clear tells it
 * that the walks before are over, so their uses must complete before the clear, and it must acquire what it read. The word
 * belongs to the mm: a clear that is still on its way when the answer is in lands in freed memory.
 *
 * CPU 0 walks two slots of one mm (with an NMI: one, and the NMI the other), CPUs 1 and 2 empty one each. With an NMI (nmis) a
 * walk may fall between the fence and the clear: its uses are behind the fence and, in a weak order, not before the clear,
 * unless the clear releases or that walk ends in a fence.
 */
#define NCPU 3
#define NOBJ 2
#define NVAR 5
#define SLOT_A 0 /* slot A */
#define SLOT_B 1 /* slot B */
#define MASK 2   /* the mask */
#define REFS 3   /* the count of references of B */
#define OWN 4    /* the CPU's own copy of its bit */

/* Left out, or done otherwise: */
#define NO_SYNC_FENCE 1   /* no fence between the store to the slot and the load of the mask */
#define PLAIN_ARM 2       /* the bit is set by a plain store */
#define WRITER_CLEARS 3   /* the writer clears the bit itself */
#define NO_FENCE_BEFORE 4 /* the handler has no fence before the clear */
#define NO_FENCE_AFTER 5  /* the handler has no fence between the clear and the answer, and the answer orders nothing */
#define NO_ACQUIRE 6      /* no acquire behind the load of the mask */
#define RELAXED_ARM 7     /* the atomic that sets the bit orders nothing */
#define TWO_COPIES 8      /* walks test a copy of the CPU's own, which the handler clears after the bit */
#define CLEAR_RELEASES 9  /* not left out but added: the clear is a releasing atomic */
#define NMI_FENCES 10     /* added: a walk inside a walk or handler ends in a fence */
#define ANSWER_RELEASES 11 /* no fence between the clear and the answer, but the answer is a releasing store */
#define ONE_WRITER 13     /* one CPU empties both slots, one after the other */
#define FULL_CLEAR 12     /* no fences in the handler, but the clear is a full fence itself */

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) <= SLOT_B : (word) == MASK || (word) == REFS)
bit held, mm_gone, finished;
byte synced;
#define ON_DRAIN(v) hole(v == MASK && mm_gone, MASK_FREED)
#include "memory.h"

#define grab() d_step { !buffered(REFS) -> i_ = mem[REFS] + 1; j_ = i_; publish(REFS, j_); held = 1; j_ = 0; \
	printf("@%d rmw %d %d %d 0\n", __LINE__, me, REFS, mem[REFS]); hole(gone[1], FREED_IN_WALK) }
/* An atomic whose result nobody waits for. */
#define clear_mask() d_step { (weak -> C.n < NBUF : C.n == 0) -> if \
	:: weak -> C.var[C.n] = MASK; C.val[C.n] = 0; C.rel[C.n] = without(CLEAR_RELEASES); C.n++; \
		printf("@%d store %d %d 0 %d\n", __LINE__, me, MASK, without(CLEAR_RELEASES)) \
	:: else -> hole(mm_gone, MASK_FREED); publish(MASK, 0); printf("@%d rmw %d %d 0 2\n", __LINE__, me, MASK) fi }

inline arm()
{
	load(b, (without(TWO_COPIES) -> OWN : MASK)); /* [sticky.begin.test] */
	if
	:: b == 0 ->
		if
		:: without(TWO_COPIES) -> store(OWN, 1)
		:: else
		fi;
		if
		:: without(PLAIN_ARM) -> store(MASK, 1)
		:: else -> rmw_full_unless(RELAXED_ARM, b, MASK, 1) /* [sticky.begin.arm] */
		fi
	:: else
	fi;
	b = 0
}

inline look(s)
{
	arm();
	load(p, s); /* [walk.load] */
	if
	:: p ->
		if
		:: use(s) /* [walk.use] */
		:: s == SLOT_B && !nested -> grab() /* [walk.grab] */
		fi
	:: else
	fi;
	p = 0
}

proctype walker(byte me) ON(me)
{
	byte p, b, k;

	do
	:: k < 2 - nested ->
		irq_off(); /* [walk.irq-off] */
		if
		:: look(SLOT_A)
		:: !nested -> look(SLOT_B)
		fi;
		irq_on(); /* [walk.irq-on] */
		k++
	:: else -> break
	od;
	skip;
	fence(); /* it leaves the mm; its bit stays */
	finished = 1
}

proctype nmi_handler(byte me)
{
	byte p, b;

end:	do
	:: nmis ->
		atomic { nmi_take(); nmis-- }
		look(SLOT_B);
		if
		:: without(NMI_FENCES) -> fence()
		:: else
		fi;
		nmi_return()
	od
}

proctype irq_handler(byte me) ON_IRQ(me)
{
	byte x;

end:	do
	:: irq_take(); /* [ipi.take] */
		if
		:: without(WRITER_CLEARS)
		:: else ->
			if
			:: without(CLEAR_RELEASES) || without(FULL_CLEAR)
			:: else -> fence_unless(NO_FENCE_BEFORE) /* [sticky.handler.before] */
			fi;
			if
			:: without(FULL_CLEAR) -> rmw_full(x, MASK, 0); hole(mm_gone, MASK_FREED); x = 0
			:: else -> clear_mask() /* [sticky.handler.clear] */
			fi;
			if
			:: without(TWO_COPIES) -> store(OWN, 0)
			:: else
			fi;
			if
			:: without(ANSWER_RELEASES) || without(FULL_CLEAR)
			:: else -> fence_unless(NO_FENCE_AFTER) /* [sticky.handler.after] */
			fi
		fi;
		irq_answer_plain(!without(ANSWER_RELEASES)) /* [sticky.handler.answer] */
	od
}

inline unmap(s)
{
	store(s, 0); /* [zap.slot] */
	fence_unless(NO_SYNC_FENCE); /* [sticky.sync.fence] */
	load(x, MASK); /* [sticky.sync.scan] */
	if
	:: x && without(WRITER_CLEARS) -> rmw_full(x, MASK, 0)
	:: else
	fi;
	fence_load_unless(NO_ACQUIRE); /* [sticky.sync.acquire] */
	if
	:: x ->
		ipi_send(0); /* [ipi.send] */
		ipi_wait(0) /* [ipi.wait] */
	:: else
	fi;
	if
	:: s == SLOT_B -> load(x, REFS) /* [collapse.refs] */
	:: else -> x = 0
	fi;
	if
	:: x == 0 -> d_step { C.n == 0 -> gone[s] = 1;
		printf("@%d gone %d %d\n", __LINE__, me, s); hole(s == SLOT_B && held, REFERENCE_LOST) } /* [zap.free] */
	:: else
	fi;
	synced++
}

proctype writer(byte me) ON(me)
{
	byte x;

	if
	:: without(ONE_WRITER) && me == 1 ->
		unmap(SLOT_A);
		unmap(SLOT_B)
	:: without(ONE_WRITER) && me == 2
	:: !without(ONE_WRITER) && me == 1 -> unmap(SLOT_A)
	:: !without(ONE_WRITER) && me == 2 -> unmap(SLOT_B)
	fi
}

proctype teardown()
{
end:	synced == 2 && finished && nested == 0 -> mm_gone = 1
}

init {
	atomic {
		machine();
		mem[SLOT_A] = 1;
		mem[SLOT_B] = 1;
		run walker(0);
		run nmi_handler(0);
		run irq_handler(0);
		run writer(1);
		run writer(2);
		run teardown();
		run hardware(0);
		run hardware(1);
		run hardware(2)
	}
}
