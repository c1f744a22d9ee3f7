/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of tracked.h. */
#define grab() d_step { !buffered(REFS) -> i_ = mem[REFS] + 1; j_ = i_; publish(REFS, j_); held = 1; j_ = 0; \
	printf("@%d rmw %d %d %d 0\n", __LINE__, me, REFS, mem[REFS]); hole(gone[0], FREED_IN_WALK) }
#define reuse() d_step { C.n == 0 -> gone[0] = 1; printf("@%d gone %d 0\n", __LINE__, me); hole(held, REFERENCE_LOST) }

#ifndef ANSWER_PLAIN
#define ANSWER_PLAIN 0
#endif
#ifndef EMPTY
#define EMPTY skip
#endif
#ifndef INSIDE
#define INSIDE skip
#endif
#ifndef OUTSIDE
#define OUTSIDE skip
#endif
#ifndef FIRST
#define FIRST skip
#endif
#ifndef LAST
#define LAST skip
#endif
#ifndef MAY_GRAB
#define MAY_GRAB true
#endif
#ifndef SYNCED
#define SYNCED skip
#endif
#ifndef NMI_MAY
#define NMI_MAY true
#endif
#ifndef BEFORE_STORE
#define BEFORE_STORE skip
#endif
#ifndef NMI_WALKS_OTHER
#define NMI_WALKS_OTHER 0
#define NMI_CHOOSES
#endif

#ifdef REMOTE_FENCE
proctype fence_handler(byte me)
{
end:	do
	:: d_step { fence_asked && !C.nmi && C.n == 0 && C.late == 0 -> forget_older(); fence_asked = 0;
		printf("@%d fence %d\n", __LINE__, me) } /* [nmi.fence] */
	od
}
#endif

inline look(p)
{
	load(p, SLOT); /* [walk.load] */
	if
	:: p ->
		INSIDE;
		if
		:: use(0) /* [walk.use] */
		:: MAY_GRAB -> grab() /* [walk.grab] */
		fi
	:: else -> EMPTY
	fi
}

proctype walker(byte me) ON(me)
{
	byte p, t, k, x;

	FIRST;
	do
	:: k < WALKS ->
		irq_off(); /* [walk.irq-off] */
		begin(t);
		look(p);
		end_walk(t);
		irq_on(); /* [walk.irq-on] */
		OUTSIDE;
		k++
	:: else -> break
	od;
	skip;
	LAST
}

proctype nmi_handler(byte me)
{
	byte p, t, x;

end:	do
	:: nmis ->
		atomic { nmi_take(); nmis--; NMI_CHOOSES }
		if
		:: NMI_MAY ->
			begin(t);
			if
			:: NMI_WALKS_OTHER
			:: else -> look(p)
			fi;
			end_walk(t)
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
		serve();
		irq_answer_plain(ANSWER_PLAIN) /* [ipi.answer] */
	od
}

proctype writer(byte me) ON(me)
{
	byte r, x;

	BEFORE_STORE;
	store(SLOT, 0); /* [zap.slot] */
	sync();
	load(r, REFS); /* [collapse.refs] */
	if
	:: r == 0 -> reuse() /* [zap.free] */
	:: else
	fi;
	SYNCED
}

#ifdef INITIATOR
/* A second one, which has emptied nothing: what it does to the marks is seen by the writer. */
proctype initiator(byte me) ON(me)
{
	byte r, x;

	sync();
	SYNCED
}
#endif

#ifndef TRACKED_START
#define TRACKED_START skip
#endif
init {
	atomic {
		machine();
		mem[SLOT] = 1;
		TRACKED_START;
		run walker(0);
		run nmi_handler(0);
		run irq_handler(0);
		run writer(1);
#ifdef REMOTE_FENCE
		run fence_handler(0);
#endif
#ifdef INITIATOR
		run initiator(2);
		run hardware(2);
#endif
		run hardware(0);
		run hardware(1)
	}
}
