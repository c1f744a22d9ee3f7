// SPDX-License-Identifier: GPL-2.0-only
/*
 * litmus: protocols reduced to their loads, stores and fences, run again and again on two CPUs; how often which outcome came.
 *
 * A round: CPU 0 (left, the writer) and CPU 1 (right, the walker) meet, wait a few random turns each, do their few accesses and note
 * what they found. Nothing but the meeting orders one round behind the other, and no word is reset: in round n what is stored is n.
 * What both found is put together once in BATCH rounds, so that it costs no line in between.
 *
 * walk: the protocol of each scheme, in its own code. The walker's side is its begin() and end() around one load of the slot, the
 * writer's a plain store to the slot and its sync(), interrupts and waits included: a scheme that waits without an interrupt, or sends one
 * that fences, is a scheme too. So the outcome is not "the scan found no mark" but what that leads to: "missed" is a walk that loaded the
 * old entry and is still going on when sync() returns. A walker stays inside for a bounded time to see that; one that nobody sent anything
 * and that was over before sync() returned is "old". Which schemes may miss walkers is their own declaration (SOUND_SLOT).
 * Declared sound and one walker missed fails the run, on any machine.
 *
 * The other families (litmus_pairs.c) belong to no scheme.
 *
 * In the timing image the CPUs run side by side and reorder what they please: what is left out shows if this machine can show it
 * (docs/litmus.md), and nothing is asked of it. In the oracle image the same rounds run on the modelled store buffer under seeded
 * schedules: what is left out must show there. It also has the mutations of the schemes that slot-store is to catch with two CPUs.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <smp.h>

#include "litmus.h"
#include "measure.h"

#define BATCH 256u
/*
 * Each waits less than so many turns of an empty loop before its accesses: at least as long as a line takes from one CPU to the other, and
 * up to 2^(so many - 1) times as long, since a busy machine is less exact.
 */
#define SKEW 64u
#define SKEW_SCALES 4u
/*
 * A round begins so long after both have come to the meeting, in parts of a second: longer than the right side takes to see that; and, of a
 * test of a scheme, until what a sender and a handler leave behind has gone by. With less, sides that had an interrupt in the last round
 * and sides that had none do not begin alike, and hardly meet.
 */
#define LEAD 1000000u
#define LEAD_SCHEME 100000u
/* The most turns that the left side waits beside that, see tune(). */
#define DELAY_MOST 100000u
/* Up to so many stores to lines that the other side has just written wait in the store buffer before the first of a side's accesses. */
#define AHEAD 4u
/* In the oracle image a side takes up to so many delay points behind them. */
#define LINGER 8u
/* Turns that a walker stays inside, where CPUs run side by side and where they take turns; a sync() that sends nothing takes fewer. */
#define DWELL 2000u
#define DWELL_IN_TURN 50u
/* Turns for which a meeting is waited for without giving way: that takes long in an emulator, and in a virtual machine. */
#define SPIN 16384u
/* Rounds of a test: where CPUs run side by side; where they take turns; on the modelled store buffer. */
#define ROUNDS 1000000u
#define ROUNDS_IN_TURN 20000u
#define ROUNDS_JUDGED 3000u

static struct mm mm;
static struct litmus_words words;

/* A side's own lines: where it is, and what it found. */
struct side {
	volatile u64 met __cacheline; /* meetings that it has come to */
	u64 start;                    /* of the left side: when the round begins */
	unsigned char found[BATCH] __cacheline;
	struct {
		volatile u64 v __cacheline;
	} ahead[AHEAD]; /* written by the other side behind its accesses, by this one before its own */
};
static struct side sides[2];

static struct {
	const struct litmus *test;
	u64 n, seed;
	u64 lead;     /* ticks from the meeting to the beginning; 0: it begins at once */
	u64 delay;    /* turns for which the left side waits then: see tune() */
	bool judged;  /* on the modelled store buffer */
	bool in_turn; /* CPUs do not run side by side, or need not */
	u64 counts[LITMUS_OUTCOMES];
} now;

static void come(unsigned me)
{
	/* Release: what this side found before it is counted; pairs with the acquire in wait_for(). */
	__atomic_store_n(&sides[me].met, sides[me].met + 1, __ATOMIC_RELEASE);
}

static void wait_for(unsigned other, u64 round)
{
	unsigned late = 0;

	for (u64 turns = now.in_turn ? 0 : SPIN; turns && sides[other].met < round; turns--)
		barrier();
	/* Acquire: pairs with the release in come(). */
	wait_until(__atomic_load_n(&sides[other].met, __ATOMIC_ACQUIRE) >= round, wait_late("the other side of a litmus test", &late));
}

/*
 * The right side comes first, whatever kept it in the last round; then the left side says that this one begins. @prepare: what it
 * does in between, or NULL.
 */
static void meet(unsigned me, litmus_side *prepare)
{
	u64 round = sides[me].met + 1;

	oracle_drain();
	if (me) {
		come(1);
		wait_for(0, round);
	} else {
		wait_for(1, round);
		if (prepare)
			prepare(&words, round);
		sides[0].start = arch_cycles() + now.lead;
		come(0);
	}
}

/* The clocks of two CPUs need not agree: then this aligns nothing, and ends all the same. */
static void wait_start(void)
{
	u64 here = arch_cycles(), end = here + 2 * now.lead;

	while ((s64)(here - sides[0].start) < 0 && here < end)
		here = arch_cycles();
}

static void spin(u64 turns)
{
	for (; turns; turns--)
		barrier();
}

static u64 skew(u64 *rng)
{
	u64 r = rng_next(rng);

	return (r >> 8 & 0xffff) % (SKEW << r % SKEW_SCALES);
}

/*
 * Where no clock says when a round begins, the left side is there first, since the right one has to learn of it; and one may have a longer
 * way to its first access. So the left side waits longer while the right one finds it through as a rule (0), and else less.
 */
static void tune(u64 n)
{
	u64 through = 0, step = 16 + now.delay / 4;

	for (u64 i = 0; i < n; i++)
		through += !sides[1].found[i];
	if (through * 5 > n * 3 && now.delay < DELAY_MOST)
		now.delay += step;
	if (through * 5 < n * 2 && now.delay >= step)
		now.delay -= step;
}

static void dirty(unsigned me, u64 n)
{
	for (u64 i = 0; i < n; i++)
		sides[me].ahead[i].v = n;
}

/* Stores of the modelled buffer stay invisible for a while behind the last access; the meeting would empty it. */
static void linger(u64 *rng)
{
	for (u64 n = 1 + rng_next(rng) % LINGER; n; n--)
		pword_delay();
}

/* Both are waiting for the left side. */
static void count(u64 n)
{
	for (u64 i = 0; i < n; i++)
		now.counts[now.test->family->outcome[sides[0].found[i]][sides[1].found[i]]]++;
}

static void run_side(unsigned me)
{
	litmus_side *side = me ? now.test->right : now.test->left;
	u64 rng = (now.seed * 2 + me + 1) * 0x9e3779b97f4a7c15ULL | 1;

	for (u64 round = 1; round <= now.n; round++) {
		unsigned at = (unsigned)((round - 1) % BATCH);

		meet(me, rng_next(&rng) & 1 ? now.test->prepare : NULL);
		if (now.lead)
			wait_start();
		spin((me ? 0 : now.delay) + skew(&rng));
		dirty(me, rng_next(&rng) % (AHEAD + 1));
		sides[me].found[at] = (unsigned char)side(&words, round);
		if (oracle_build)
			linger(&rng);
		dirty(!me, AHEAD);
		if (at + 1 < BATCH && round < now.n)
			continue;
		meet(me, NULL);
		if (!me)
			count(at + 1);
		if (!me && !now.in_turn)
			tune(at + 1);
		meet(me, NULL);
	}
}

static void run_right(void *arg)
{
	(void)arg;
	run_side(1);
}

/* --- walk: the protocol of a scheme --- */

static unsigned scheme_writer(struct litmus_words *w, u64 round)
{
	struct cpumask nobody;
	u64 before = sync_count.ipi;

	cpumask_clear(&nobody);
	pword_store(&w->x.w, round);
	w->scheme->sync(w->walk.mm, &nobody);
	/* Release: what sync() waited for; a walker that sees it while inside was overlooked. */
	__atomic_store_n(&w->walk.synced, round, __ATOMIC_RELEASE);
	return sync_count.ipi != before;
}

/*
 * As if another unmap had come just before: what sync() reads is in the cache of its CPU. Else its loads take longer than the store before
 * them, and nothing overtakes anything.
 */
static unsigned scheme_warm(struct litmus_words *w, u64 round)
{
	struct cpumask nobody;

	(void)round;
	cpumask_clear(&nobody);
	w->scheme->sync(w->walk.mm, &nobody);
	return 0;
}

static unsigned scheme_walker(struct litmus_words *w, u64 round)
{
	return w->scheme->meet(&w->walk, round);
}

static const struct litmus_family walk = {
	.name = "walk",
	.outcomes = { "new", "new+ipi", "old", "old+ipi", "missed" },
	.outcome = { { [SAW_NEW] = 0, [SAW_OLD] = 2, [SAW_MISSED] = 4 }, { [SAW_NEW] = 1, [SAW_OLD] = 3, [SAW_MISSED] = 4 } },
};

/* --- tests --- */

/* Where CPUs take turns nobody begins at the same time, and in an emulator they wait for each other to read the clock. */
static u64 lead(const struct plan *p, const struct sync_scheme *scheme)
{
	if (now.in_turn || !strcmp(p->accel, "mttcg"))
		return 0;
	return arch_cycles_hz() / (scheme ? LEAD_SCHEME : LEAD);
}

static void start(const struct plan *p, const struct sync_scheme *scheme)
{
	words = (struct litmus_words){ .walk = { .mm = &mm, .slot = &words.x.w, .dwell = now.in_turn ? DWELL_IN_TURN : DWELL,
						 .give_way = now.in_turn }, .scheme = scheme };
	/* In round 0 it was table 0 that was hooked. Any other test wants a word that is not 1. */
	words.x.w.v = (u64)(uintptr_t)&words.table[0].w;
	now.seed = p->seed;
	now.lead = lead(p, scheme);
	now.delay = 0;
	memset(sides, 0, sizeof(sides));
	memset(now.counts, 0, sizeof(now.counts));
	if (now.judged)
		oracle_start(&(struct oracle_run){ .seed = p->seed, .delay_points = true, .store_buffer = true, .no_access = true });
}

static int run_test(const struct plan *p, const struct litmus *test, const struct sync_scheme *scheme)
{
	static const char *const kept[] = { [ORDER_KEPT] = "protocol", [ORDER_TSO] = "tso", [ORDER_LOST] = "nothing" };
	bool allowed = test->order == ORDER_LOST || (test->order == ORDER_TSO && !ARCH_TSO);
	struct litmus_result result = { .litmus = test->family->name, .variant = test->variant, .outcomes = test->family->outcomes,
					.counts = now.counts, .n = now.n, .kept = kept[test->order], .allowed = allowed, .must = allowed && now.judged && !scheme };

	now.test = test;
	start(p, scheme);
	smp_run(1, run_right, NULL);
	run_side(0);
	smp_join(1, "the other side of a litmus test");
	if (now.judged)
		oracle_stop();
	return report_litmus(p, &result);
}

static int run_scheme(const struct plan *p, const struct sync_scheme *s)
{
	struct litmus test = { &walk, s->mutation ? s->mutation : s->name, scheme_writer, scheme_walker,
			       s->mutation || !(s->sound & SOUND_SLOT) ? ORDER_LOST : ORDER_KEPT, scheme_warm };

	return run_test(p, &test, s);
}

/* A mutation that the protocol alone shows: to two CPUs, without a walk inside a walk. */
static bool shows_here(const struct sync_scheme *s)
{
	return s->mutation && !strcmp(s->workload, "slot-store") && s->walk == WALK_T_BARE && s->cpus <= 2 && !s->weak;
}

static const char *const families[] = { "walk", "sb", "mask", "pin", "publish" };
CMD_CHOICE(litmus, families, false, "families of litmus tests (all of them)");

static bool family_asked_for(const struct litmus_family *family)
{
	char v[16];

	for (unsigned i = 0; cmdline_value("litmus", i, v, sizeof(v)); i++)
		if (!strcmp(v, family->name))
			return true;
	return !cmdline_has("litmus");
}

static bool scheme_asked_for(const struct plan *p, const struct sync_scheme *s)
{
	for (unsigned i = 0; i < p->nr_sync; i++)
		if (p->sync[i] == s || (shows_here(s) && !strcmp(p->sync[i]->name, s->name)))
			return true;
	return false;
}

static bool cpus_take_turns(const struct plan *p)
{
	return !strcmp(p->accel, "icount") || !strcmp(p->accel, "tcg1") || !strcmp(p->accel, "bochs");
}

static int run_all(const struct plan *p, u64 n, bool judged)
{
	int bad = 0;

	if (nr_cpus < 2) {
		kprintf("SKIP litmus.rounds: it takes two CPUs\n");
		return 0;
	}
	now.n = n;
	now.judged = judged;
	now.in_turn = judged || cpus_take_turns(p);
	mm_create(&mm);
	crew_load(&mm, 0, mm_switch);
	for (unsigned i = 0; i < nr_litmus_pairs; i++)
		if (family_asked_for(litmus_pairs[i].family))
			bad |= run_test(p, &litmus_pairs[i], NULL);
	LSET_FOR_EACH(struct sync_scheme, s, sync)
		if (family_asked_for(&walk) && scheme_asked_for(p, s))
			bad |= run_scheme(p, s);
	crew_unload(&mm);
	mm_destroy(&mm);
	return bad;
}

static u64 rounds(const struct plan *p)
{
	if (p->n)
		return p->n;
	return oracle_build || cpus_take_turns(p) ? ROUNDS_IN_TURN : ROUNDS;
}

static int litmus_measure(const struct plan *p, const struct workload *wl)
{
	(void)wl;
	return run_all(p, rounds(p), false);
}

static int litmus_judge(const struct plan *p, const struct workload *wl)
{
	(void)wl;
	return run_all(p, p->iterations ? p->iterations : ROUNDS_JUDGED, true);
}

WORKLOAD(litmus) = {
	.name = "litmus",
	.doc = "two CPUs meet in a few loads, stores and fences: of each scheme, and the pairs below them; which outcomes come",
	.measure = litmus_measure,
	.judge = litmus_judge,
};
