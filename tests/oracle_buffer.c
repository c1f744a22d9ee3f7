// SPDX-License-Identifier: GPL-2.0-only
/* The modelled store buffer: what the order of this ISA (ARCH_TSO) allows must show, what it forbids must not. */
#include <ipi.h>
#include <percpu.h>
#include <pword.h>
#include <smp.h>

#include <oracle/store_buffer.h>

#include "oracle_test.h"

#define ROUNDS 400u
/* So often again if the two CPUs never met: an emulator's on a busy host may take turns for long. */
#define TRIES 16u
#define MESSAGES 2000u
/* More delay points than the oldest of 8 stores, and then each of the others, may wait for. */
#define LONG_ENOUGH 192u

static struct percpu_word x, y;

static void begin(u64 seed, bool delays, bool buffer)
{
	oracle_start(&(struct oracle_run){ .seed = seed, .delay_points = delays, .store_buffer = buffer });
}

static void reset_words(void)
{
	x.w.v = 0;
	y.w.v = 0;
}

/* --- store buffering: both CPUs store their word and load the other's --- */

static struct {
	struct cpu_barrier start, end;
	bool fence;
	volatile u64 saw[2];
} sb;

static void sb_side(unsigned me, struct pword *mine, const struct pword *other)
{
	for (u64 i = 1; i <= ROUNDS; i++) {
		barrier_wait(&sb.start);
		pword_store(mine, i);
		if (sb.fence)
			fence_full(); /* orders the store before the load; pairs with the same fence of the other side */
		sb.saw[me] = pword_load(other);
		fence_load(); /* orders nothing that matters here: a delay point before the barrier empties the buffer */
		barrier_wait(&sb.end);
	}
}

static void sb_other(void *arg)
{
	(void)arg;
	sb_side(1, &y.w, &x.w);
}

/* Rounds in which neither side saw the other's store. */
static unsigned sb_run_rounds(u64 seed, bool fence, bool buffer)
{
	unsigned none = 0;

	sb.start = (struct cpu_barrier){ .n = 2 };
	sb.end = (struct cpu_barrier){ .n = 2 };
	sb.fence = fence;
	reset_words();
	begin(seed, true, buffer);
	smp_run(1, sb_other, NULL);
	for (u64 i = 1; i <= ROUNDS; i++) {
		barrier_wait(&sb.start);
		pword_store(&x.w, i);
		if (fence)
			fence_full(); /* orders the store before the load; pairs with the same fence in sb_side() */
		sb.saw[0] = pword_load(&y.w);
		fence_load(); /* as in sb_side() */
		barrier_wait(&sb.end);
		none += sb.saw[0] < i && sb.saw[1] < i;
	}
	smp_join(1, "the other side of store buffering");
	oracle_stop();
	return none;
}

TEST_CASE(oracle_buffer, store_load)
{
	unsigned bare = 0, fenced, plain, tries = 0;

	ORACLE_CASE(r, 2);
	while (!bare && tries < TRIES)
		bare = sb_run_rounds(++tries, false, true);
	fenced = sb_run_rounds(1, true, true);
	plain = sb_run_rounds(1, true, false);
	T_EXPECT(r, bare > 0, "without a fence neither CPU missed the other's store in %u rounds", tries * ROUNDS);
	T_EXPECT(r, fenced == 0 && plain == 0, "both missed it in %u rounds although both had a full fence", fenced + plain);
	test_set(r, T_PASS, "0/0 in %u of %u rounds without a fence, in none with", bare, tries * ROUNDS);
}

/* --- message passing: stores stay in order, loads too --- */

enum order { PLAIN, FENCE, RELEASE };

static struct {
	struct cpu_barrier start;
	enum order order;
	u64 wrong, between; /* messages whose flag was seen before the data; after it */
} mp;

static void send_messages(void *arg)
{
	(void)arg;
	barrier_wait(&mp.start);
	for (u64 i = 1; i <= MESSAGES; i++) {
		pword_store(&x.w, i);
		if (mp.order == RELEASE) {
			pword_store_release(&y.w, i);
			continue;
		}
		if (mp.order == FENCE)
			fence_store(); /* orders the data before the flag; the reader's loads are in order here */
		pword_store(&y.w, i);
	}
}

static void pass_messages(enum order order)
{
	u64 flag = 0, data;

	mp = (typeof(mp)){ .start = { .n = 2 }, .order = order };
	reset_words();
	begin(1, true, true);
	smp_run(1, send_messages, NULL);
	barrier_wait(&mp.start);
	while (flag < MESSAGES) {
		flag = pword_load(&y.w);
		data = pword_load(&x.w);
		mp.wrong += data < flag;
		mp.between += data > flag;
		arch_relax();
	}
	smp_join(1, "the sender of messages");
	oracle_stop();
}

TEST_CASE(oracle_buffer, store_store)
{
	u64 wrong;

	ORACLE_CASE(r, 2);
	pass_messages(FENCE);
	T_EXPECT(r, mp.wrong == 0, "behind a store fence a flag was seen before its data %lu times", mp.wrong);
	pass_messages(RELEASE);
	T_EXPECT(r, mp.wrong == 0, "a release was seen before the data %lu times", mp.wrong);
	pass_messages(PLAIN);
	wrong = mp.wrong;
	T_EXPECT(r, !ARCH_TSO || wrong == 0, "TSO, and a flag was seen before its data %lu times", wrong);
	/* Where the CPUs really run at once, one may be through before the other looks. */
	test_set(r, mp.between && (ARCH_TSO || wrong) ? T_PASS : T_SKIP, "%u messages: %lu seen half way, %lu out of order without a fence",
		 MESSAGES, mp.between, wrong);
}

/* --- one CPU --- */

TEST_CASE(oracle_buffer, forwarding)
{
	u64 hidden, forwarded, after;

	ORACLE_CASE(r, 1);
	reset_words();
	begin(1, false, true);
	pword_store(&x.w, 1);
	hidden = *(volatile u64 *)&x.w.v;
	forwarded = pword_load(&x.w);
	pword_store(&x.w, 2);
	forwarded += pword_load(&x.w);
	fence_full(); /* the partner is the reading of memory below */
	after = *(volatile u64 *)&x.w.v;
	oracle_stop();
	T_EXPECT(r, hidden == 0, "the store was visible at once");
	T_EXPECT(r, forwarded == 3, "the CPU did not see its own newest store");
	T_EXPECT(r, after == 2, "a full fence left the buffer with something: memory has %lu", after);
}

TEST_CASE(oracle_buffer, atomic_drains)
{
	u64 old, seen;

	ORACLE_CASE(r, 1);
	reset_words();
	begin(1, false, true);
	pword_store(&x.w, 5);
	old = pword_xchg(&x.w, 6);
	pword_store(&y.w, 1);
	pword_drain();
	seen = *(volatile u64 *)&y.w.v;
	oracle_stop();
	T_EXPECT(r, old == 5 && x.w.v == 6, "the exchange returned %lu and left %lu", old, x.w.v);
	T_EXPECT(r, seen == 1, "pword_drain() left a store behind");
}

TEST_CASE(oracle_buffer, fifo_bounded)
{
	static struct pword w[2 * SB_SLOTS];
	unsigned pending, holes = 0, left;

	ORACLE_CASE(r, 1);
	begin(1, false, true);
	for (unsigned i = 0; i < ARRAY_SIZE(w); i++)
		w[i].v = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(w); i++)
		pword_store(&w[i], 1);
	pending = sb_pending(this_cpu());
	for (unsigned i = 1; i < ARRAY_SIZE(w); i++)
		holes += w[i].v && !w[i - 1].v;
	for (unsigned i = 0; i < LONG_ENOUGH; i++)
		pword_load(&x.w);
	left = sb_pending(this_cpu());
	oracle_stop();
	T_EXPECT(r, pending > 0 && pending <= SB_SLOTS, "%u stores buffered", pending);
	T_EXPECT(r, !ARCH_TSO || holes == 0, "a later store became visible before an earlier one");
	T_EXPECT(r, left == 0, "%u stores are still hidden after %u delay points", left, LONG_ENOUGH);
}

/* --- a trap in the middle of a push or a drain --- */

static struct {
	bool closed;             /* interrupts, in the middle */
	unsigned early, served;  /* walks of NMIs: in the middle, and in all */
	u64 x_before, x, y, own; /* what memory had in the middle; what the handler found in memory; its own store, loaded again */
} mid;

/* What a handler finds and does. Its own store must be visible when it is through. */
static void nmi_stores(void)
{
	mid.served++;
	mid.x = *(volatile u64 *)&x.w.v;
	mid.y = *(volatile u64 *)&y.w.v;
	pword_store(&y.w, 7);
	mid.own = pword_load(&y.w);
}

static void count_nmi(void)
{
	mid.served++;
}

/* Two real NMIs, taken here and held back: they are one. */
static void nmis_in_the_middle(void)
{
	sb_in_push = NULL;
	sb_in_drain = NULL;
	mid.closed = !arch_irqs_enabled();
	nmi_walk_self();
	nmi_walk_self();
	mid.early = mid.served;
	mid.x_before = *(volatile u64 *)&x.w.v;
}

/* Two stores and a drain, the NMIs in the middle of the one that @hook says. */
static void trap_between(struct test_result *r, void (**hook)(void), u64 first, u64 second)
{
	void (*saved)(void) = nmi_hook;
	bool open, missed;
	unsigned served;
	u64 x_after, y_after;

	mid = (typeof(mid)){ 0 };
	reset_words();
	begin(1, false, true);
	nmi_hook = nmi_stores;
	pword_store(&x.w, first);
	*hook = nmis_in_the_middle;
	pword_store(&x.w, second);
	if (hook == &sb_in_drain)
		pword_drain();
	/* Memory as the end of the push or drain, and of the handler behind it, left it. */
	x_after = *(volatile u64 *)&x.w.v;
	y_after = *(volatile u64 *)&y.w.v;
	open = arch_irqs_enabled();
	served = mid.served;
	nmi_hook = count_nmi;
	nmi_walk_self();
	missed = *hook;
	*hook = NULL;
	nmi_hook = saved;
	oracle_stop();
	T_EXPECT(r, !missed, "the middle was never reached");
	T_EXPECT(r, mid.closed && open, "interrupts were open in the middle, or are still closed");
	T_EXPECT(r, mid.early == 0 && mid.x_before == 0, "an NMI came in: %u walks, memory had %lu", mid.early, mid.x_before);
	T_EXPECT(r, served == 1, "%u NMIs were served instead of one", served);
	T_EXPECT(r, mid.served == 2, "an NMI behind it was held back too");
	T_EXPECT(r, mid.x == second && mid.y == 0, "behind the stores of %lu and %lu the handler found %lu", first, second, mid.x);
	T_EXPECT(r, mid.own == 7, "the handler did not see its own store");
	T_EXPECT(r, x_after == second && y_after == 7, "memory has %lu and %lu instead of %lu and 7", x_after, y_after, second);
}

TEST_CASE(oracle_buffer, trap_in_push)
{
	ORACLE_CASE(r, 1);
	trap_between(r, &sb_in_push, 1, 2);
}

TEST_CASE(oracle_buffer, trap_in_drain)
{
	ORACLE_CASE(r, 1);
	trap_between(r, &sb_in_drain, 1, 2);
	/* The word becomes what it was: whoever looks only at its value takes it for untouched. */
	trap_between(r, &sb_in_drain, 1, 0);
}

/* --- a schedule replays --- */

static u64 schedule_end(u64 seed)
{
	u64 end;

	begin(seed, true, false);
	for (unsigned i = 0; i < ROUNDS; i++)
		pword_load(&x.w);
	end = cpu_area[this_cpu()].rng;
	oracle_stop();
	return end;
}

TEST_CASE(oracle_buffer, replay)
{
	u64 first, again, other;

	ORACLE_CASE(r, 1);
	first = schedule_end(5);
	again = schedule_end(5);
	other = schedule_end(6);
	T_EXPECT(r, first == again, "one seed took two schedules");
	T_EXPECT(r, first != other, "two seeds took one schedule");
}
