/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sticky (mm/sync/sticky.c): a bit a CPU in a mask of the mm. A walk sets it, by an atomic that is a full fence, only if it
 * is clear, and leaves it; sync interrupts the CPUs in the mask; only the CPU itself clears its bit, in the handler, by an
 * atomic of the same kind. No mutation of a reader's fence: it has none.
 *
 * T16: the bit is cleared by its own CPU, so its walks never test a stale 1; a writer that reads 0 finds the next walk behind
 * a fenced arming. T17: two writers, one of which reads the 0 that the handler left for the other: nothing but the clear
 * tells it that the walks before are over, so their uses must complete before the clear, and it must acquire what it read.
 * The word belongs to the mm: a clear that is still on its way when the answer is in lands in freed memory.
 *
 * CPU 1 empties the slot and syncs, CPU 2 syncs. With an NMI (nmis) and an atomic that orders nothing, between two fences
 * (FENCED_CLEAR), a walk may fall between the first fence and the clear: its uses are behind the fence and, in a weak order,
 * not before the clear, unless the clear releases or that walk ends in a fence.
 */
#define NCPU 3
#define NVAR 4
#define WALKS (2 - nested)
#define MASK 2 /* the mask */
#define OWN 3  /* the CPU's own copy of its bit */

/* Left out, or done otherwise: */
#define NO_SYNC_FENCE 1   /* no fence between the store to the slot and the load of the mask */
#define PLAIN_ARM 2       /* the bit is set by a plain store */
#define RELAXED_ARM 3     /* the atomic that sets the bit orders nothing */
#define NO_ACQUIRE 4      /* no acquire behind the load of the mask */
#define WRITER_CLEARS 5   /* the writer clears the bit itself, before its interrupt */
#define CLEARS_LAST 6     /* the writer clears the bit itself, behind the answer */
#define TWO_COPIES 7      /* walks test a copy of the CPU's own, which the handler clears after the bit */
#define FENCED_CLEAR 8    /* the atomic that clears the bit orders nothing, nor the answer; a fence before each */
#define NO_FENCE_BEFORE 9 /* the same without the first fence */
#define NO_FENCE_AFTER 10 /* the same without the second fence */
#define ANSWER_RELEASES 11 /* the same without the second fence, but the answer is a releasing store */
#define CLEAR_RELEASES 12 /* the same without the first fence, but the clear is a releasing atomic */
#define NMI_FENCES 13     /* FENCED_CLEAR, and a walk inside a walk or handler ends in a fence */

#define clear_is_full (mutant < FENCED_CLEAR)

#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (cpu) == 1 && ((word) == MASK || (word) == REFS))
bit mm_gone, finished;
byte synced;
#define ON_DRAIN(v) hole(v == MASK && mm_gone, MASK_FREED)
#define INITIATOR
#define MAY_GRAB (!nested) /* fewer states */
#include "tracked.h"

/* An atomic whose result nobody waits for. */
#define clear_mask() d_step { (weak -> C.n < NBUF : C.n == 0) -> if \
	:: weak -> C.var[C.n] = MASK; C.val[C.n] = 0; C.rel[C.n] = without(CLEAR_RELEASES); C.n++; \
		printf("@%d store %d %d 0 %d\n", __LINE__, me, MASK, without(CLEAR_RELEASES)) \
	:: else -> hole(mm_gone, MASK_FREED); publish(MASK, 0); printf("@%d rmw %d %d 0 2\n", __LINE__, me, MASK) fi }

inline begin(t)
{
	load(x, (without(TWO_COPIES) -> OWN : MASK)); /* [sticky.begin.test] */
	if
	:: x == 0 ->
		if
		:: without(PLAIN_ARM) -> store(MASK, 1)
		:: else -> rmw_full_unless(RELAXED_ARM, x, MASK, 1) /* [sticky.begin.arm] */
		fi;
		if
		:: without(TWO_COPIES) -> store(OWN, 1)
		:: else
		fi
	:: else
	fi;
	x = 0
}

inline end_walk(t)
{
	if
	:: without(NMI_FENCES) && C.nmi -> fence()
	:: else
	fi
}

inline relaxed_clear()
{
	if
	:: without(CLEAR_RELEASES)
	:: else -> fence_unless(NO_FENCE_BEFORE)
	fi;
	clear_mask();
	if
	:: without(ANSWER_RELEASES)
	:: else -> fence_unless(NO_FENCE_AFTER)
	fi
}

inline serve()
{
	if
	:: without(WRITER_CLEARS) || without(CLEARS_LAST)
	:: clear_is_full && !without(WRITER_CLEARS) && !without(CLEARS_LAST) ->
		rmw_full(x, MASK, 0); /* [sticky.handler.clear] */
		hole(mm_gone, MASK_FREED);
		x = 0
	:: !clear_is_full -> relaxed_clear()
	fi;
	if
	:: without(TWO_COPIES) -> store(OWN, 0)
	:: else
	fi
}
#define ANSWER_PLAIN (!clear_is_full && !without(ANSWER_RELEASES))

inline sync()
{
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
		ipi_wait(0); /* [ipi.wait] */
		if
		:: without(CLEARS_LAST) -> rmw_full(x, MASK, 0)
		:: else
		fi
	:: else
	fi
}

/* The walker leaves the mm, and its bit stays; when all are through, the mm goes. */
#define LAST fence(); finished = 1
#define SYNCED synced++

proctype teardown()
{
end:	synced == 2 && finished && nested == 0 -> mm_gone = 1
}
#define TRACKED_START run teardown()

#include "tracked-run.h"
