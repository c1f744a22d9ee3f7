// SPDX-License-Identifier: GPL-2.0-only
/*
 * The modelled store buffer and the delay points: what makes a missing fence visible where the emulator never reorders.
 *
 * Rule (TSO: x86_64, and the host arch). A store of a CPU becomes visible to others later than it was made, but in the order in
 * which it was made (a FIFO); its own CPU sees it at once (forwarding). The FIFO is emptied by a full fence, an atomic, any
 * interrupt or NMI, a serialising instruction, and whatever a real kernel's next step would not overtake: unlock, request word,
 * ICR write, acknowledgement, allocation, free, halt, the pause of a wait loop. Beyond that a store waits for a seeded number of
 * delay points of its own CPU, HOLD_MAX at most; the pause of a delay point or of a walker's park does not empty it. So the store
 * to a slot can stay invisible while a whole walk of another CPU begins, and a walker's mark while the writer looks for it: the
 * two halves of T1. (SDM Vol. 3, 9.2.2, 9.2.3.4 and 9.2.3.5.)
 *
 * Rule (ARCH_TSO 0: arm64). The same, but stores to different words become visible in any order, unless a store fence or a release
 * stands between them; and who sees a store knows what its CPU did before only if it was a release, or behind a full fence: seeing a
 * plain one orders nothing (shadow_order.c). So an end() whose mark goes with a plain store is found out. Three things are kept
 * stricter than the architecture, each in favour of the code that is judged: a trap empties the buffer here too, a plain store does not
 * pass a release before it, and loads are made in order (a missing load fence or acquire is not found). (Arm ARM, B2.3.)
 *
 * Traps. Any interrupt or NMI empties the buffer of its CPU when it comes and when it goes (IRET serialises as well), so the code
 * that it interrupts finds the buffer empty, or as it was. None comes in the middle of a push, of a drain or of a look into the
 * buffer: interrupts are closed there, and an NMI is held back in software (nmi_handle() asks sb_nmi_held()) and served at the end.
 * To the CPU it is as if the NMI had come an instant later. Those that come meanwhile are one, as in hardware, and as there the
 * request words say what is wanted.
 *
 * Delay points. Every accessor is one, before the access: most do nothing, some give the turn away once or twice (arch_relax():
 * under icount the next CPU runs, on the host the scheduler switches), a few for up to LONG_TURNS turns. A handler that came in
 * such a pause may pause once itself, no deeper. The choice comes from cpu.rng, seeded from the run's seed and the CPU's number, so
 * where the machine is deterministic the same seed gives the same schedule.
 *
 * A script (script.c) puts its own schedule in place of both: no pause and no store that leaves by itself while one plays.
 *
 * While neither is on, an accessor is a plain access; buffers are empty then but for what sb_stop() found on other CPUs, and that
 * goes at their next access.
 */
#include <cpu.h>
#include <ipi.h>
#include <percpu.h>

#include "script.h"
#include "shadow.h"
#include "store_buffer.h"

#define HOLD_MAX 128u
#define HOLD_SHORT 8u
#define LONG_TURNS 20u
#define MAX_PAUSES 2u

struct store {
	struct pword *p;
	u64 v;
	u64 made;  /* who sees it knows what its CPU did up to here: order_now(), or less */
	u32 epoch; /* of a weak order: entries of one epoch change places */
};

static struct store_buffer {
	struct store e[SB_SLOTS];
	volatile u64 head, tail; /* counted since boot; e[n % SB_SLOTS] for head <= n < tail is buffered */
	volatile bool closed;    /* a push, a drain or a search of this CPU is under way: enter() */
	volatile bool nmi_held;  /* an NMI came meanwhile */
	u32 hold;                /* delay points until the next entry goes */
	u32 epoch;               /* raised by a store fence and by a release */
	u64 carried;             /* order_now() at the last full fence: what a plain store of a weak order carries */
	u32 pauses;              /* delay points of this CPU that are pausing now: nested by traps */
} __cacheline buffers[NR_CPUS];

struct oracle_run sb_run;
void (*sb_in_push)(void);
void (*sb_in_drain)(void);

static struct store_buffer *own(void)
{
	return &buffers[this_cpu()];
}

static u64 draw(void)
{
	return rng_next(&cpu_area[this_cpu()].rng);
}

/* One in two stays short, the others as long as the scan of a machine with many CPUs takes. */
static u32 draw_hold(void)
{
	u64 r = draw();

	return 1 + (u32)(r >> 8 & 0xffff) % (r & 1 ? HOLD_MAX : HOLD_SHORT);
}

/* From here to leave() no trap of this CPU comes in. Not nested: nothing in between stores to a protocol word or loads one. */
static u64 enter(struct store_buffer *b)
{
	u64 flags = arch_irq_save();

	b->closed = true;
	barrier();
	return flags;
}

/* Opened first, then asked: an NMI in between serves itself, and with it the one that was held. So none is lost. */
static void leave(struct store_buffer *b, u64 flags)
{
	barrier();
	b->closed = false;
	barrier();
	if (unlikely(b->nmi_held)) {
		b->nmi_held = false;
		nmi_serve();
	}
	arch_irq_restore(flags);
}

bool sb_nmi_held(void)
{
	struct store_buffer *b = own();

	b->nmi_held = b->closed;
	return b->nmi_held;
}

static struct store *entry(struct store_buffer *b, u64 n)
{
	return &b->e[n % SB_SLOTS];
}

/* The oldest store to @p, from the head up to @end; @end: there is none. Between enter() and leave(). */
static u64 oldest(struct store_buffer *b, u64 end, const struct pword *p)
{
	u64 n = b->head;

	while (n < end && entry(b, n)->p != p)
		n++;
	return n;
}

/* Behind the last entry that may become visible next: a weak order chooses among those of the oldest epoch. The buffer is not empty. */
static u64 end_of_choice(struct store_buffer *b)
{
	u64 end = b->head + 1;

	while (!ARCH_TSO && end < b->tail && entry(b, end)->epoch == entry(b, b->head)->epoch)
		end++;
	return end;
}

static void bring_to_head(struct store_buffer *b, u64 at)
{
	struct store chosen = *entry(b, at);

	for (; at > b->head; at--)
		*entry(b, at) = *entry(b, at - 1);
	*entry(b, at) = chosen;
}

/* Of a weak order: any of the choice, but that no two stores to one word change places. Between enter() and leave(). */
static void choose_head(struct store_buffer *b)
{
	u64 end = end_of_choice(b), at = b->head + draw() % (end - b->head);

	bring_to_head(b, oldest(b, at, entry(b, at)->p));
}

/* Between enter() and leave(); the buffer is not empty. */
static void drain_one(struct store_buffer *b)
{
	const struct store *s = entry(b, b->head);

	order_stored(s->p, s->made);
	if (unlikely(sb_in_drain))
		sb_in_drain();
	/* Release: entries become visible in the order in which they are drained also where CPUs really run at once. */
	__atomic_store_n(&s->p->v, s->v, __ATOMIC_RELEASE);
	shadow_event(EV_VISIBLE, (u64)(uintptr_t)s->p, s->v);
	b->head++;
}

static void drain(struct store_buffer *b)
{
	u64 flags;

	if (likely(b->head == b->tail))
		return;
	flags = enter(b);
	while (b->head != b->tail)
		drain_one(b);
	leave(b, flags);
}

/* What a store carries that is no release. */
static u64 plain_carries(const struct store_buffer *b)
{
	return ARCH_TSO ? order_now() : b->carried;
}

static void push(struct store_buffer *b, struct pword *p, u64 v, bool release)
{
	u64 flags = enter(b);

	if (release)
		b->epoch++;
	if (b->tail - b->head == SB_SLOTS)
		drain_one(b);
	if (b->head == b->tail)
		b->hold = draw_hold();
	*entry(b, b->tail) = (struct store){ p, v, release ? order_now() : plain_carries(b), b->epoch };
	if (unlikely(sb_in_push))
		sb_in_push();
	b->tail++;
	leave(b, flags);
}

/* One more delay point went by: the oldest store has waited long enough some time. */
static void age(struct store_buffer *b)
{
	u64 flags;

	if (likely(b->head == b->tail))
		return;
	flags = enter(b);
	/* A trap on the way here may have emptied it. */
	if (b->head != b->tail && !--b->hold) {
		if (!ARCH_TSO)
			choose_head(b);
		drain_one(b);
		b->hold = 1 + draw() % HOLD_SHORT;
	}
	leave(b, flags);
}

static void pause_for(struct store_buffer *b, unsigned turns)
{
	if (b->pauses >= MAX_PAUSES)
		return;
	b->pauses++;
	while (turns-- > 0)
		arch_relax();
	b->pauses--;
}

/* Before the access @kind to @p (NULL: to no word). */
static void delay_point(enum script_access kind, const struct pword *p)
{
	struct store_buffer *b = own();
	u64 r;

	if (unlikely(script_plays)) {
		script_point(kind, p);
		return;
	}
	if (sb_run.delay_points) {
		walk_mark_step();
		r = draw();
		/* A CPU with a store in flight is where orders differ: it gives way more often. */
		if (r % (b->head == b->tail ? 16 : 4) == 0)
			pause_for(b, 1 + (unsigned)(r >> 8 & 0xffff) % (r >> 4 & 7 ? 2 : LONG_TURNS));
	}
	age(b);
}

void sb_delay_point(void)
{
	delay_point(SCRIPT_DELAY, NULL);
}

/*
 * A CPU sees its own newest store. If there is none in the buffer, memory has it, also behind a trap: that leaves the buffer empty.
 */
static bool forward(struct store_buffer *b, const struct pword *p, u64 *v)
{
	bool found = false;
	u64 flags;

	if (likely(b->head == b->tail))
		return false;
	flags = enter(b);
	for (u64 n = b->tail; n != b->head && !found; n--) {
		const struct store *s = entry(b, n - 1);

		found = s->p == p;
		*v = s->v;
	}
	leave(b, flags);
	return found;
}

u64 sb_load(const struct pword *p)
{
	u64 v;

	delay_point(SCRIPT_LOAD, p);
	if (forward(own(), p, &v))
		return v;
	return order_load(p);
}

u64 sb_peek(const struct pword *p)
{
	u64 v;

	return forward(own(), p, &v) ? v : __atomic_load_n(&p->v, __ATOMIC_ACQUIRE);
}

static void store(struct pword *p, u64 v, bool release)
{
	struct store_buffer *b = own();

	delay_point(SCRIPT_STORE, p);
	shadow_event(EV_STORE, (u64)(uintptr_t)p, v);
	if (sb_run.store_buffer) {
		push(b, p, v, release);
		return;
	}
	drain(b);
	__atomic_store_n(&p->v, v, __ATOMIC_RELEASE);
}

void sb_store(struct pword *p, u64 v)
{
	store(p, v, false);
}

void sb_store_release(struct pword *p, u64 v)
{
	store(p, v, true);
}

void sb_store_fence(void)
{
	delay_point(SCRIPT_STORE_FENCE, NULL);
	own()->epoch++;
}

void sb_load_fence(void)
{
	delay_point(SCRIPT_LOAD_FENCE, NULL);
}

void sb_drain(void)
{
	if (unlikely(script_plays))
		script_turn();
	drain(own());
}

static void serialise(struct store_buffer *b)
{
	drain(b);
	b->carried = order_now();
}

void sb_full_fence(void)
{
	delay_point(SCRIPT_FULL_FENCE, NULL);
	serialise(own());
}

/* What others learn from the word of an atomic, and it from what they stored: as from a store and a load. */
void sb_atomic_read(const struct pword *p)
{
	delay_point(SCRIPT_ATOMIC, p);
	serialise(own());
	order_load(p);
}

void sb_atomic_stored(struct pword *p)
{
	order_replaced(p, order_now());
}

void sb_atomic(struct pword *p)
{
	sb_atomic_read(p);
	sb_atomic_stored(p);
}

const struct pword *sb_pending_word(unsigned n)
{
	struct store_buffer *b = own();

	return n < b->tail - b->head ? entry(b, b->head + n)->p : NULL;
}

bool sb_show(const struct pword *p)
{
	struct store_buffer *b = own();
	u64 flags = enter(b), at;
	bool may;

	at = oldest(b, b->tail, p);
	may = at < b->tail && at < end_of_choice(b);
	if (may) {
		bring_to_head(b, at);
		drain_one(b);
	}
	leave(b, flags);
	return may;
}

u64 sb_mark(void)
{
	return own()->tail;
}

bool sb_before(unsigned cpu, u64 mark)
{
	return buffers[cpu].head < mark;
}

unsigned sb_pending(unsigned cpu)
{
	return (unsigned)(buffers[cpu].tail - buffers[cpu].head);
}

void sb_start(const struct oracle_run *run)
{
	sb_drain();
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		u64 r = (run->seed * NR_CPUS + cpu + 1) * 0x9e3779b97f4a7c15ULL | 1;

		/* Neighbouring seeds differ in few bits: let them spread. */
		for (unsigned i = 0; i < 8; i++)
			rng_next(&r);
		cpu_area[cpu].rng = r;
	}
	sb_run = *run;
}

void sb_stop(void)
{
	sb_run.delay_points = false;
	sb_run.store_buffer = false;
	sb_drain();
}
