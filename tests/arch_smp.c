// SPDX-License-Identifier: GPL-2.0-only
/* CPUs, their areas, work, barriers, locks: what an ISA and the SMP runtime owe before anything is measured. */
#include <smp.h>
#include <test.h>

#define PHASES 20
#define ROUNDS 50

static void skip_alone(struct test_result *r)
{
	test_set(r, T_SKIP, "needs 2 CPUs");
}

static void run_on_others(void (*fn)(void *arg), void *arg)
{
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		smp_run(cpu, fn, arg);
}

static void join_others(void)
{
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		smp_join(cpu, "a test's worker");
}

static volatile u64 area_wrong;

static void check_area(void *arg)
{
	const struct cpu *c = &cpu_area[this_cpu()];
	char *here = (char *)__builtin_frame_address(0), *top = (char *)c->stack_top;
	u64 wrong = 0;

	wrong |= c->self != c ? 1 : 0;
	wrong |= c->id != this_cpu() ? 2 : 0;
	wrong |= !arch_irqs_enabled() ? 4 : 0;
	wrong |= c->id && (here >= top || here < top - 16 * KIB) ? 8 : 0;
	wrong |= __atomic_fetch_or((u64 *)arg + c->id / 64, 1ULL << c->id % 64, __ATOMIC_RELAXED) >> c->id % 64 & 1 ? 16 : 0;
	if (wrong)
		area_wrong = wrong;
}

TEST_CASE(arch_smp, area)
{
	static struct cpumask seen;

	cpumask_clear(&seen);
	area_wrong = 0;
	check_area(seen.w);
	run_on_others(check_area, seen.w);
	join_others();
	T_EXPECT(r, !area_wrong, "bits 0x%lx: self, number, interrupts, stack, number twice", area_wrong);
	T_EXPECT(r, cpumask_weight(&seen) == nr_cpus, "%u of %u CPUs ran", cpumask_weight(&seen), nr_cpus);
	test_set(r, T_PASS, "%u CPUs, each on its own area and stack", nr_cpus);
}

static volatile u64 runs;

static void count_run(void *arg)
{
	(void)arg;
	__atomic_fetch_add(&runs, 1, __ATOMIC_RELAXED);
}

TEST_CASE(arch_smp, run_join)
{
	if (nr_cpus < 2) {
		skip_alone(r);
		return;
	}
	runs = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		run_on_others(count_run, NULL);
		join_others();
		T_EXPECT(r, runs == (u64)(i + 1) * (nr_cpus - 1), "round %u: %lu pieces of work ran", i + 1, runs);
	}
	test_set(r, T_PASS, "%lu pieces of work, each run once", runs);
}

static struct cpu_barrier barrier_all;
static volatile u64 phase_of[NR_CPUS];
static volatile u64 ran_ahead;

/* Between two barriers of a phase every CPU has finished that phase and none has begun the next. */
static void walk_phases(void *arg)
{
	unsigned me = this_cpu();

	(void)arg;
	for (u64 phase = 1; phase <= PHASES; phase++) {
		phase_of[me] = phase;
		barrier_wait(&barrier_all);
		for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
			if (phase_of[cpu] != phase)
				ran_ahead = phase;
		barrier_wait(&barrier_all);
	}
}

TEST_CASE(arch_smp, barrier)
{
	barrier_all = (struct cpu_barrier){ .n = nr_cpus };
	ran_ahead = 0;
	run_on_others(walk_phases, NULL);
	walk_phases(NULL);
	join_others();
	T_EXPECT(r, !ran_ahead, "a CPU was not in phase %lu", ran_ahead);
	test_set(r, T_PASS, "%u CPUs through %u phases", nr_cpus, PHASES);
}

static struct spinlock sum_lock;
static volatile u64 sum;

static void add_locked(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		u64 seen;

		spin_lock(&sum_lock);
		seen = sum;
		arch_relax(); /* invite the others in */
		sum = seen + 1;
		spin_unlock(&sum_lock);
	}
}

TEST_CASE(arch_smp, spinlock)
{
	sum = 0;
	run_on_others(add_locked, NULL);
	add_locked(NULL);
	join_others();
	T_EXPECT(r, sum == (u64)nr_cpus * ROUNDS, "%lu of %lu additions are left", sum, (u64)nr_cpus * ROUNDS);
	test_set(r, T_PASS, "%lu additions by %u CPUs, none lost", sum, nr_cpus);
}

TEST_CASE(arch_smp, irq_save)
{
	u64 outer, inner;

	T_EXPECT(r, arch_irqs_enabled(), "interrupts are off in a test");
	outer = arch_irq_save();
	T_EXPECT(r, !arch_irqs_enabled(), "arch_irq_save() left interrupts on");
	inner = arch_irq_save();
	arch_irq_restore(inner);
	T_EXPECT(r, !arch_irqs_enabled(), "the inner restore opened interrupts");
	arch_irq_restore(outer);
	T_EXPECT(r, arch_irqs_enabled(), "the outer restore left interrupts off");
	test_set(r, T_PASS, "saving nests");
}

TEST_CASE(arch_smp, cycles)
{
	u64 last = arch_cycles();

	for (unsigned i = 0; i < 1000; i++) {
		u64 now = i % 2 ? arch_cycles_start() : arch_cycles_stop();

		T_EXPECT(r, now >= last, "the counter ran back from %lu to %lu", last, now);
		last = now;
	}
	test_set(r, T_PASS, "1000 readings, none before the last; %lu ticks a second", arch_cycles_hz());
}
