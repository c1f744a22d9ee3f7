// SPDX-License-Identifier: GPL-2.0-only
/* IPIs and NMIs: who is reached, when, how often, and that the counts of both sides agree. */
#include <deep_idle.h>
#include <ipi.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>

#define TURNS 200
#define ROUNDS 50

static volatile u64 stage;

static void to_stage(u64 n)
{
	__atomic_store_n(&stage, n, __ATOMIC_RELEASE);
}

static void await_stage(u64 n)
{
	unsigned late = 0;

	wait_until(__atomic_load_n(&stage, __ATOMIC_ACQUIRE) >= n, wait_late("a test's next stage", &late));
}

static void let_others_run(void)
{
	for (unsigned i = 0; i < TURNS; i++)
		arch_relax();
}

static bool alone(struct test_result *r)
{
	if (nr_cpus < 2)
		test_set(r, T_SKIP, "needs 2 CPUs");
	return nr_cpus < 2;
}

static bool no_nmi(struct test_result *r)
{
	const char *why = arch_nmi_lacks();

	if (why)
		test_set(r, T_SKIP, "%s", why);
	return why;
}

static void only(struct cpumask *m, unsigned cpu)
{
	cpumask_clear(m);
	cpumask_set(m, cpu);
}

static void all_others(struct cpumask *m)
{
	cpumask_copy(m, &cpu_online_mask);
	cpumask_unset(m, this_cpu());
}

/* Every flush request of these tests is empty: they test who carries it out, not what. */
static void empty_request(void)
{
	tlb_req = (struct tlb_request){ .nr = 0 };
}

/* Stage 1: closed. 2: the other side has sent. 3: it has looked, open. */
static void closed_worker(void *arg)
{
	u64 *taken_while_closed = arg, before, flags = arch_irq_save();

	before = cpu_area[this_cpu()].ipi_recv;
	to_stage(1);
	await_stage(2);
	let_others_run();
	await_stage(3);
	*taken_while_closed = cpu_area[this_cpu()].ipi_recv - before;
	arch_irq_restore(flags);
}

TEST_CASE(arch_ipi, waits_for_open)
{
	u64 taken_while_closed = 0, pending;
	struct cpumask to;

	if (alone(r))
		return;
	only(&to, 1);
	to_stage(0);
	smp_run(1, closed_worker, &taken_while_closed);
	await_stage(1);
	ipi_lock();
	ipi_expect(1);
	arch_ipi_send(&to, IPI_SYNC);
	to_stage(2);
	let_others_run();
	pending = ipi_pending;
	to_stage(3);
	ipi_wait(&to, "a test's IPI");
	ipi_unlock();
	smp_join(1, "a test's worker");
	T_EXPECT(r, pending == 1, "an IPI was answered by a CPU with interrupts closed");
	T_EXPECT(r, !taken_while_closed, "%lu IPIs were taken with interrupts closed", taken_while_closed);
	test_set(r, T_PASS, "not taken in %u turns with interrupts closed, taken when they opened", TURNS);
}

static void closed_until_stage_2(void *arg)
{
	u64 flags = arch_irq_save();

	(void)arg;
	to_stage(1);
	await_stage(2);
	arch_irq_restore(flags);
}

TEST_CASE(arch_ipi, nmi_reaches_closed)
{
	u64 nmis, flushes;
	struct cpumask to;
	unsigned msg;

	if (alone(r) || no_nmi(r))
		return;
	only(&to, 1);
	to_stage(0);
	smp_run(1, closed_until_stage_2, NULL);
	await_stage(1);
	nmis = cpu_area[1].nmi_recv;
	flushes = cpu_area[1].tlb_recv;
	ipi_lock();
	empty_request();
	msg = nmi_flush_cpus(&to, 1);
	ipi_unlock();
	nmis = cpu_area[1].nmi_recv - nmis;
	flushes = cpu_area[1].tlb_recv - flushes;
	to_stage(2);
	smp_join(1, "a test's worker");
	T_EXPECT(r, nmis == 1 && flushes == 1, "%lu NMIs, %lu flushes instead of one each", nmis, flushes);
	test_set(r, T_PASS, "one NMI carried out one flush with interrupts closed, %u hardware writes", msg);
}

static volatile u64 walks;

static void count_walk(void)
{
	__atomic_fetch_add(&walks, 1, __ATOMIC_RELAXED);
}

/* Two requests, sent one behind the other: the NMIs may merge into one, the requests may not. */
TEST_CASE(arch_ipi, nmi_merge)
{
	void (*saved)(void) = nmi_hook;
	u64 nmis, flushes;
	struct cpumask to;

	if (alone(r))
		return;
	only(&to, 1);
	nmi_hook = count_walk;
	walks = 0;
	nmis = cpu_area[1].nmi_recv;
	flushes = cpu_area[1].tlb_recv;
	for (unsigned i = 0; i < ROUNDS; i++) {
		ipi_lock();
		empty_request();
		__atomic_fetch_or(&cpu_area[1].nmi_want, NMI_WALK, __ATOMIC_RELEASE);
		arch_nmi_send(&to);
		nmi_flush_cpus(&to, 1);
		ipi_unlock();
		let_others_run();
	}
	nmi_hook = saved;
	nmis = cpu_area[1].nmi_recv - nmis;
	flushes = cpu_area[1].tlb_recv - flushes;
	T_EXPECT(r, walks == ROUNDS && flushes == ROUNDS, "%lu walks and %lu flushes of %u each", walks, flushes, ROUNDS);
	T_EXPECT(r, nmis <= 2 * ROUNDS, "%lu NMIs taken, %u sent", nmis, 2 * ROUNDS);
	test_set(r, T_PASS, "%u walks and %u flushes carried out by %lu NMIs of %u sent", ROUNDS, ROUNDS, nmis, 2 * ROUNDS);
}

TEST_CASE(arch_ipi, nmi_self)
{
	void (*saved)(void) = nmi_hook;
	u64 flags, seen_closed, seen_open;

	nmi_hook = count_walk;
	walks = 0;
	flags = arch_irq_save();
	nmi_walk_self();
	seen_closed = walks;
	arch_irq_restore(flags);
	nmi_walk_self();
	seen_open = walks - seen_closed;
	nmi_hook = saved;
	T_EXPECT(r, seen_closed == 1 && seen_open == 1, "%lu walks with interrupts closed, %lu open", seen_closed,
		 seen_open);
	test_set(r, T_PASS, "taken before the call returned, interrupts closed or not");
}

static volatile u64 calls, called_open;

static void called(void *arg)
{
	if (arch_irqs_enabled())
		called_open = 1;
	__atomic_fetch_or((u64 *)arg + this_cpu() / 64, 1ULL << this_cpu() % 64, __ATOMIC_RELAXED);
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
}

TEST_CASE(arch_ipi, call_all)
{
	static struct cpumask ran;
	struct cpumask to;

	if (alone(r))
		return;
	all_others(&to);
	calls = called_open = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		cpumask_clear(&ran);
		call_on_mask(&to, called, ran.w);
		T_EXPECT(r, cpumask_weight(&ran) == nr_cpus - 1, "round %u: %u of %u CPUs called", i + 1,
			 cpumask_weight(&ran), nr_cpus - 1);
	}
	T_EXPECT(r, calls == (u64)ROUNDS * (nr_cpus - 1), "%lu calls instead of %u", calls, ROUNDS * (nr_cpus - 1));
	T_EXPECT(r, !called_open, "a call ran with interrupts open");
	test_set(r, T_PASS, "%lu calls, each CPU once a round, interrupts closed", calls);
}

/* Some of the others, never none: a fixed pseudo-random sequence. */
static void some_others(struct cpumask *m, unsigned round)
{
	u64 x = 0x9e3779b97f4a7c15ULL * (round + 1);

	cpumask_clear(m);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++, x ^= x << 13, x ^= x >> 7, x ^= x << 17)
		if (x >> 33 & 1)
			cpumask_set(m, cpu);
	if (cpumask_empty(m))
		cpumask_set(m, 1 + round % (nr_cpus - 1));
}

struct totals {
	u64 sync, tlb, ipi;
};

static struct totals received(void)
{
	struct totals t = { 0, 0, 0 };

	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		t.sync += cpu_area[cpu].sync_recv;
		t.tlb += cpu_area[cpu].tlb_recv;
		t.ipi += cpu_area[cpu].ipi_recv;
	}
	return t;
}

TEST_CASE(arch_ipi, counts)
{
	struct ipi_stats sync = ipi_stats[IPI_SYNC], tlb = ipi_stats[IPI_TLB];
	struct totals before, after;
	struct cpumask to;
	u64 msg = 0;

	if (alone(r))
		return;
	let_others_run(); /* kicks of earlier tests arrive */
	before = received();
	for (unsigned i = 0; i < ROUNDS; i++) {
		some_others(&to, i);
		msg += ipi_sync_cpus(&to, cpumask_weight(&to));
		ipi_lock();
		empty_request();
		msg += ipi_flush_cpus(&to, cpumask_weight(&to));
		ipi_unlock();
	}
	after = received();
	sync = (struct ipi_stats){ ipi_stats[IPI_SYNC].msg - sync.msg, ipi_stats[IPI_SYNC].target - sync.target };
	tlb = (struct ipi_stats){ ipi_stats[IPI_TLB].msg - tlb.msg, ipi_stats[IPI_TLB].target - tlb.target };
	T_EXPECT(r, after.sync - before.sync == sync.target, "sync: %lu received, %lu addressed", after.sync - before.sync,
		 sync.target);
	T_EXPECT(r, after.tlb - before.tlb == tlb.target, "flush: %lu received, %lu addressed", after.tlb - before.tlb,
		 tlb.target);
	T_EXPECT(r, after.ipi - before.ipi == sync.target + tlb.target, "%lu interrupts taken for %lu",
		 after.ipi - before.ipi, sync.target + tlb.target);
	T_EXPECT(r, msg == sync.msg + tlb.msg, "%lu hardware writes returned, %lu counted", msg, sync.msg + tlb.msg);
	test_set(r, T_PASS, "%lu targets addressed and received, %lu hardware writes", sync.target + tlb.target, msg);
}

static void count_call(void *arg)
{
	__atomic_fetch_add((u64 *)arg, 1, __ATOMIC_RELAXED);
}

/* Sent without a wait between them: none is refused, and what is asked for behind them is carried out. */
TEST_CASE(arch_ipi, nmi_burst)
{
	u64 nmis = cpu_area[1].nmi_recv, flushes = cpu_area[1].tlb_recv, ran = 0;
	struct cpumask to;

	if (alone(r) || no_nmi(r))
		return;
	only(&to, 1);
	for (unsigned i = 0; i < ROUNDS; i++)
		arch_nmi_send(&to);
	ipi_lock();
	empty_request();
	nmi_flush_cpus(&to, 1);
	ipi_unlock();
	call_on_mask(&to, count_call, &ran); /* behind whatever NMI is left */
	nmis = cpu_area[1].nmi_recv - nmis;
	flushes = cpu_area[1].tlb_recv - flushes;
	T_EXPECT(r, flushes == 1 && ran == 1, "%lu flushes, %lu calls instead of one each", flushes, ran);
	test_set(r, T_PASS, "%u sent and one more, %lu taken", ROUNDS, nmis);
}

/* Wake an idle CPU while an NMI for another purpose lands on it, at a different place each round: nothing may be lost. */
TEST_CASE(arch_ipi, wake_beside_nmi)
{
	u64 ran = 0;
	struct cpumask to;

	if (alone(r))
		return;
	only(&to, 1);
	for (unsigned i = 0; i < ROUNDS; i++) {
		arch_nmi_send(&to);
		for (unsigned turns = i % 5; turns; turns--)
			arch_relax();
		smp_run(1, count_call, &ran);
		arch_nmi_send(&to);
		smp_join(1, "a woken CPU");
	}
	T_EXPECT(r, ran == ROUNDS, "%lu of %u woken", ran, ROUNDS);
	test_set(r, T_PASS, "%u wake-ups beside NMIs, none lost", ROUNDS);
}

/* How often a CPU went to sleep, and whether it could. An interrupt that comes before it sleeps must not be slept over: @woken. */
static volatile u64 sleeps, woken;
static volatile bool could_not;

static void sleep_worker(void *arg)
{
	const struct deep_idle *d = arg;

	while (!stage) {
		woken = 0;
		sleeps++;
		if (!d->sleep_unless(&woken))
			could_not = true;
	}
}

static void wake(void *arg)
{
	(void)arg;
	woken = 1;
}

/* Each interrupt ends one sleep, and nothing else does where it is known what else there is. */
TEST_CASE(arch_ipi, deep_idle)
{
	struct cpumask to;
	const char *why;
	const struct deep_idle *d = arch_deep_idle(&why);
	u64 slept = 0;

	if (alone(r))
		return;
	if (!d) {
		test_set(r, T_SKIP, "%s", why);
		return;
	}
	only(&to, 1);
	stage = sleeps = 0;
	could_not = false;
	smp_run(1, sleep_worker, (void *)d);
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned late = 0;

		wait_until(sleeps > slept, wait_late("a CPU to go to sleep", &late));
		let_others_run();
		slept = sleeps;
		if (i == ROUNDS - 1)
			to_stage(1);
		call_on_mask(&to, wake, NULL);
	}
	smp_join(1, "a CPU to wake from deep idle");
	if (could_not) {
		/* A machine whose tree lists no idle state need not have the one that is asked for then. */
		test_set(r, test_under_tcg() ? T_FAIL : T_SKIP, "%s: the firmware refused", d->name);
		return;
	}
	/* One more where the interrupt that brought the work came when the work had begun. */
	T_EXPECT(r, !test_under_tcg() || sleeps == ROUNDS || sleeps == ROUNDS + 1, "%s: %lu sleeps, ended by %u interrupts", d->name, sleeps, ROUNDS);
	test_set(r, T_PASS, "%s: %lu sleeps, ended by %u interrupts", d->name, sleeps, ROUNDS);
}
