// SPDX-License-Identifier: GPL-2.0-only
/* The modelled store buffer: what TSO allows must show, what it forbids must not. */
#include <ipi.h>
#include <percpu.h>
#include <pword.h>
#include <smp.h>

#include <oracle/store_buffer.h>

#include "oracle_test.h"

#define ROUNDS 400u
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
	unsigned bare, fenced, plain;

	ORACLE_CASE(r, 2);
	bare = sb_run_rounds(1, false, true);
	fenced = sb_run_rounds(1, true, true);
	plain = sb_run_rounds(1, true, false);
	T_EXPECT(r, bare > 0, "without a fence neither CPU missed the other's store in %u rounds", ROUNDS);
	T_EXPECT(r, fenced == 0 && plain == 0, "both missed it in %u rounds although both had a full fence", fenced + plain);
	test_set(r, T_PASS, "0/0 in %u of %u rounds without a fence, in none with", bare, ROUNDS);
}

/* --- message passing: stores stay in order, loads too --- */

static void send_messages(void *arg)
{
	barrier_wait(arg);
	for (u64 i = 1; i <= MESSAGES; i++) {
		pword_store(&x.w, i);
		pword_store(&y.w, i);
	}
}

TEST_CASE(oracle_buffer, store_store)
{
	struct cpu_barrier start = { .n = 2 };
	u64 flag = 0, data, wrong = 0, between = 0;

	ORACLE_CASE(r, 2);
	reset_words();
	begin(1, true, true);
	smp_run(1, send_messages, &start);
	barrier_wait(&start);
	while (flag < MESSAGES) {
		flag = pword_load(&y.w);
		data = pword_load(&x.w);
		wrong += data < flag;
		between += data > flag;
		arch_relax();
	}
	smp_join(1, "the sender of messages");
	oracle_stop();
	T_EXPECT(r, wrong == 0, "a flag was seen before its data %lu times", wrong);
	/* Where the CPUs really run at once, one may be through before the other looks. */
	test_set(r, between ? T_PASS : T_SKIP, "%u messages in order, %lu seen half way", MESSAGES, between);
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
	T_EXPECT(r, holes == 0, "a later store became visible before an earlier one");
	T_EXPECT(r, left == 0, "%u stores are still hidden after %u delay points", left, LONG_ENOUGH);
}

/* --- a trap in the middle of a push --- */

static u64 in_push_x, in_push_y;

static void nmi_in_push(void)
{
	sb_in_push = NULL;
	nmi_walk_self(); /* a real NMI: its first act is oracle_trap_enter() */
	in_push_x = *(volatile u64 *)&x.w.v;
	/* What a handler's own store does there. */
	pword_store(&y.w, 7);
	in_push_y = *(volatile u64 *)&y.w.v;
}

TEST_CASE(oracle_buffer, trap_in_push)
{
	u64 own, after;

	ORACLE_CASE(r, 1);
	reset_words();
	begin(1, false, true);
	pword_store(&x.w, 1);
	sb_in_push = nmi_in_push;
	pword_store(&y.w, 5);
	own = pword_load(&y.w);
	pword_drain();
	after = *(volatile u64 *)&y.w.v;
	oracle_stop();
	T_EXPECT(r, in_push_x == 1, "an NMI left an earlier store in the buffer");
	T_EXPECT(r, in_push_y == 7, "the handler's store was lost or held back: memory had %lu", in_push_y);
	T_EXPECT(r, own == 5 && after == 5, "the interrupted store was lost or went first: own %lu, memory %lu", own, after);
}

static u64 in_drain_x;

static void nmi_in_drain(void)
{
	sb_in_drain = NULL;
	nmi_walk_self();
	in_drain_x = *(volatile u64 *)&x.w.v;
}

/* A word that @stores change, @n of them, is being drained when an NMI drains it. */
static u64 drain_case(const u64 *stores, unsigned n)
{
	u64 after;

	reset_words();
	begin(1, false, true);
	for (unsigned i = 0; i < n; i++)
		pword_store(&x.w, stores[i]);
	sb_in_drain = nmi_in_drain;
	pword_drain();
	after = sb_in_drain ? ~0ULL : *(volatile u64 *)&x.w.v;
	sb_in_drain = NULL;
	oracle_stop();
	return after;
}

TEST_CASE(oracle_buffer, trap_in_drain)
{
	static const u64 up[] = { 1, 2 }, back[] = { 1, 0 };
	u64 after;

	ORACLE_CASE(r, 1);
	after = drain_case(up, ARRAY_SIZE(up));
	T_EXPECT(r, in_drain_x == 2, "an NMI in a drain left a store behind: memory had %lu", in_drain_x);
	T_EXPECT(r, after == 2, "the interrupted drain undid what the NMI's had done: memory has %lu", after);
	/* The NMI's drain leaves the word as the interrupted one had found it. */
	after = drain_case(back, ARRAY_SIZE(back));
	T_EXPECT(r, in_drain_x == 0 && after == 0, "an earlier store came back: memory has %lu", after);
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
