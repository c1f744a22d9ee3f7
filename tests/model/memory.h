/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine under every model: CPUs with a store buffer each, interrupts, NMIs, and two memory orders.
 *
 * tso    A store waits in its CPU's buffer and leaves it in order; the CPU itself reads its newest one. A fence, an atomic and a
 *        taken interrupt or NMI wait until the buffer is empty. Loads happen at their place.
 * weak   In addition (weak != 0):
 *        - stores to different words leave the buffer in any order. A releasing store leaves it last, and only when no use of
 *          this CPU is outstanding;
 *        - a load may return a value that the word had earlier (it was satisfied ahead), but none from before this CPU's last
 *          full fence, load fence, acquire or taken exception: older[] holds the values that have gone since then. Only for words
 *          that AHEAD(cpu, word) names, which keeps the rest small;
 *        - a use of an object (a read through an address that a load gave, so never ahead of that load) may complete late: after
 *          its CPU's later loads and stores, unless a full fence, a load fence or a releasing store stands between;
 *        - a taken exception is no fence: buffered stores and outstanding uses stay so. What follows it was not done ahead of it.
 *        - an atomic orders nothing unless it says so (rmw_full).
 * A store after a load that it depends on (by address or by a branch) is never ahead of it: objects are freed at their place.
 *
 * A model defines, before it includes this file: NCPU; NVAR, the words of memory; NOBJ, the objects (tables, frames) that may be
 * used and freed; AHEAD(cpu, word). One process a CPU is its thread and is declared ON(me); "hardware" does what its buffer and its
 * outstanding uses do by themselves; interrupt and NMI handlers are processes that hold the thread while they run.
 *
 * Each step is one line of a model: its source is the step, the label in its comment names the line of C that it stands for.
 * Every process of a model is started by init, after machine() has read which case this is: mutant, weak, nmis.
 */

/* Holes: what a violated assertion says. */
#define FREED_IN_WALK 1   /* a walker uses a table or frame that was freed or reused */
#define REFERENCE_LOST 2  /* reused although a walker holds a reference that it counts as good */
#define STALE_TLB 3       /* a CPU translates by an entry whose frame or table has another owner */
#define TWO_SIZES 4       /* entries of two sizes are live for one address */
#define STUCK_FAULT 5     /* a write faults again and again */
#define WRITE_LOST 6      /* a write through a stale writable entry after the page was write-protected */
#define MASK_FREED 7      /* the word of the scheme itself is written after its mm was freed */
#define WAITED 8          /* a sync waits for a walk that began after it */
#define TWO_OWNERS 9      /* an ID of an address space is in use for two of them */
#define OUTCOME 10        /* the outcome that a litmus test asks for */

#define hole(bad, id) assert(!(bad) || id == 0)

#define NBUF 4
typedef Cpu {
	byte n;          /* buffered stores, oldest first */
	byte var[NBUF];
	byte val[NBUF];
	bit rel[NBUF];
	byte late;       /* objects with an outstanding use, a bit each */
	byte older[NVAR]; /* values that a load may still return, a bit each */
	bit off;         /* interrupts are closed */
	bit irq, nmi;    /* a handler runs */
	byte want;       /* who asks for an answer, a bit a CPU */
	byte taken;      /* of those, whom the running handler answers */
}
Cpu cpu[NCPU];
byte mem[NVAR];
bit gone[NOBJ];
byte mutant, weak;
byte nmis, nested; /* NMIs still to come; in all */
byte i_, j_; /* of the steps themselves: 0 between them */

#define BIT(b) (1 << (b))
#define C cpu[me]
#define ON(me) provided (!cpu[me].irq && !cpu[me].nmi)
#define ON_IRQ(me) provided (!cpu[me].nmi)
#define without(m) (mutant == m)
#define none_ 255 /* what no case leaves out */

#define machine() c_code { \
	now.mutant = getenv("MODEL_MUTANT") ? atoi(getenv("MODEL_MUTANT")) : 0; \
	now.weak = getenv("MODEL_WEAK") ? atoi(getenv("MODEL_WEAK")) : 0; \
	now.nmis = getenv("MODEL_NMIS") ? atoi(getenv("MODEL_NMIS")) : 0; now.nested = now.nmis; }

#define buffered(v) ((C.n > 0 && C.var[0] == v) || (C.n > 1 && C.var[1] == v) || \
		     (C.n > 2 && C.var[2] == v) || (C.n > 3 && C.var[3] == v))
#define newest(v) ((C.n > 3 && C.var[3] == v) -> C.val[3] : ((C.n > 2 && C.var[2] == v) -> C.val[2] : \
		   ((C.n > 1 && C.var[1] == v) -> C.val[1] : ((C.n > 0 && C.var[0] == v) -> C.val[0] : mem[v]))))
/* What stands before the i-th buffered store lets it by. */
#define passes(i) (!C.rel[i] && (i < 1 || C.var[0] != C.var[i]) && \
		   (i < 2 || C.var[1] != C.var[i]) && (i < 3 || C.var[2] != C.var[i]))
#define may_leave(i) (C.n > i && (!C.rel[i] || C.late == 0) && (i == 0 || (weak && passes(i))))

/* Word v becomes x for everyone. */
#define publish(v, x) \
	for (i_ : 0 .. NCPU - 1) { \
		if :: weak && i_ != me && AHEAD(i_, v) && mem[v] != x -> cpu[i_].older[v] = cpu[i_].older[v] | BIT(mem[v]) :: else fi \
	} \
	mem[v] = x; C.older[v] = 0; i_ = 0
#define forget_older() for (i_ : 0 .. NVAR - 1) { C.older[i_] = 0 } i_ = 0

#define leave(i) d_step { may_leave(i) -> j_ = C.var[i]; printf("@%d drain %d %d %d\n", __LINE__, me, j_, C.val[i]); \
	ON_DRAIN(j_); publish(j_, C.val[i]); \
	for (i_ : i .. NBUF - 2) { C.var[i_] = C.var[i_ + 1]; C.val[i_] = C.val[i_ + 1]; C.rel[i_] = C.rel[i_ + 1] } \
	C.n--; C.var[NBUF - 1] = 0; C.val[NBUF - 1] = 0; C.rel[NBUF - 1] = 0; i_ = 0; j_ = 0 }
#define complete(o) d_step { C.late & BIT(o) -> C.late = C.late & ~BIT(o); \
	printf("@%d late %d %d\n", __LINE__, me, o); hole(gone[o], FREED_IN_WALK) }
#ifndef ON_DRAIN
#define ON_DRAIN(v) skip
#endif

proctype hardware(byte me)
{
end:	do
	:: leave(0)
	:: leave(1)
	:: leave(2)
	:: leave(3)
	:: complete(0)
#if NOBJ > 1
	:: complete(1)
#endif
	od
}

/* --- the steps of a CPU --- */
#define push(v, x, r) d_step { C.n < NBUF -> C.var[C.n] = v; C.val[C.n] = x; C.rel[C.n] = r; C.n++; \
	printf("@%d store %d %d %d %d\n", __LINE__, me, v, x, r) }
#define store(v, x) push(v, x, 0)
/* Under tso every store releases. */
#define store_release(v, x) push(v, x, weak)
/* Released unless @m is left out. */
#define store_release_unless(m, v, x) push(v, x, (weak && !without(m)))

#define load(r, v) atomic { \
	if :: r = newest(v) \
	   :: (C.older[v] & 1) && !buffered(v) -> r = 0 :: (C.older[v] & 2) && !buffered(v) -> r = 1 \
	   :: (C.older[v] & 4) && !buffered(v) -> r = 2 :: (C.older[v] & 8) && !buffered(v) -> r = 3 \
	   :: (C.older[v] & 16) && !buffered(v) -> r = 4 :: (C.older[v] & 32) && !buffered(v) -> r = 5 \
	   :: (C.older[v] & 64) && !buffered(v) -> r = 6 :: (C.older[v] & 128) && !buffered(v) -> r = 7 fi; \
	C.older[v] = 0; printf("@%d load %d %d %d %d\n", __LINE__, me, v, r, newest(v)) }

#define fence_unless(m) d_step { without(m) || (C.n == 0 && C.late == 0) -> \
	if :: !without(m) -> forget_older(); \
		printf("@%d fence %d\n", __LINE__, me) :: else -> printf("@%d nofence %d\n", __LINE__, me) fi }
#define fence_unless_either(m, m2) d_step { without(m) || without(m2) || (C.n == 0 && C.late == 0) -> \
	if :: !(without(m) || without(m2)) -> forget_older(); \
		printf("@%d fence %d\n", __LINE__, me) :: else -> printf("@%d nofence %d\n", __LINE__, me) fi }
/* Stores before it leave before those behind it. Nothing under tso. */
#define store_fence_unless(m) d_step { !weak || without(m) || C.n == 0 -> \
	if :: !without(m) -> printf("@%d fence_store %d\n", __LINE__, me) :: else -> printf("@%d nofence %d\n", __LINE__, me) fi }
#define fence() d_step { C.n == 0 && C.late == 0 -> forget_older(); printf("@%d fence %d\n", __LINE__, me) }
/* Loads before it happen before what follows it. Nothing under tso. */
#define fence_load_unless(m) d_step { without(m) || C.late == 0 -> \
	if :: !without(m) -> forget_older(); \
		printf("@%d fence_load %d\n", __LINE__, me) :: else -> printf("@%d nofence %d\n", __LINE__, me) fi }
#define fence_load() d_step { C.late == 0 -> forget_older(); printf("@%d fence_load %d\n", __LINE__, me) }

/* Atomics: old value in r. Full: orders everything; under tso every atomic is. */
#define rmw_(r, v, x, how) r = mem[v]; publish(v, (x)); printf("@%d rmw %d %d %d %d\n", __LINE__, me, v, mem[v], how)
#define rmw_full(r, v, x) d_step { C.n == 0 && C.late == 0 -> forget_older(); rmw_(r, v, x, 2) }
#define rmw_relaxed(r, v, x) d_step { (weak -> !buffered(v) : C.n == 0) -> rmw_(r, v, x, 0) }
/* Full unless @m is left out; then, where atomics order nothing by themselves, it does not either. */
#define rmw_full_unless(m, r, v, x) d_step { ((weak && without(m)) -> !buffered(v) : (C.n == 0 && C.late == 0)) -> \
	if :: !(weak && without(m)) -> forget_older() :: else fi; rmw_(r, v, x, (without(m) -> 0 : 2)) }
/* One whose result nobody waits for: where atomics order nothing, it is as late as a store. */
#define rmw_late(v, x) d_step { (weak -> C.n < NBUF : C.n == 0) -> if \
	:: weak -> C.var[C.n] = v; C.val[C.n] = x; C.rel[C.n] = 0; C.n++; printf("@%d store %d %d %d 0\n", __LINE__, me, v, x) \
	:: else -> publish(v, x); printf("@%d rmw %d %d %d 2\n", __LINE__, me, v, x) fi }

/* Objects. A use reads through an address that a load gave. */
#define use(o) d_step { if :: weak -> C.late = C.late | BIT(o); printf("@%d use %d %d\n", __LINE__, me, o) \
	:: else -> printf("@%d used %d %d\n", __LINE__, me, o); hole(gone[o], FREED_IN_WALK) fi }
/* Free, or reuse in place. The allocator's lock does not let the stores before it be overtaken. */
#define free_object(o) d_step { C.n == 0 -> gone[o] = 1; printf("@%d gone %d %d\n", __LINE__, me, o) }

/* --- interrupts --- */
#define irq_off() d_step { C.off = 1; printf("@%d off %d\n", __LINE__, me) }
#define irq_on() d_step { C.off = 0; printf("@%d on %d\n", __LINE__, me) }
/* The write to the interrupt controller does not overtake the stores before it. */
#define ipi_send(c) ipi_send_unless(none_, c)
#define ipi_send_unless(m, c) d_step { without(m) || C.n == 0 -> cpu[c].want = cpu[c].want | BIT(me); \
	printf("@%d send %d %d\n", __LINE__, me, c) }
#define ipi_wait(c) ipi_wait_unless(none_, c)
#define ipi_wait_unless(m, c) d_step { !(cpu[c].want & BIT(me)) -> if :: without(m) :: else -> forget_older() fi; \
	printf("@%d answered %d %d\n", __LINE__, me, c) }

#define irq_take() d_step { C.want && !C.off && !C.irq && !C.nmi && (weak || C.n == 0) -> \
	C.irq = 1; C.taken = C.want; forget_older(); printf("@%d irq %d\n", __LINE__, me) }
/* The acknowledgement is a releasing store. */
#define irq_answer() d_step { C.n == 0 && C.late == 0 -> C.want = C.want & ~C.taken; C.taken = 0; C.irq = 0; \
	printf("@%d answer %d\n", __LINE__, me) }
/* One that orders nothing of its own, where @plain. */
#define irq_answer_plain(plain) d_step { (weak && plain) || (C.n == 0 && C.late == 0) -> C.want = C.want & ~C.taken; C.taken = 0; C.irq = 0; \
	printf("@%d answer %d\n", __LINE__, me) }

#define nmi_take() d_step { !C.nmi && (weak || C.n == 0) -> C.nmi = 1; forget_older(); printf("@%d nmi %d\n", __LINE__, me) }
#define nmi_return() d_step { C.nmi = 0; printf("@%d nmiret %d\n", __LINE__, me) }
