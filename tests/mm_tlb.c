// SPDX-License-Identifier: GPL-2.0-only
/* What a TLB method returns as drained: the CPUs that took its interrupt with interrupts on, and no others. */
#include <string.h>

#include <phys.h>
#include <smp.h>

#include "mm_fixture.h"

static struct mm mm;

static void load(void *arg)
{
	mm_switch(arg);
}

static void load_on(unsigned cpu, struct mm *what)
{
	smp_run(cpu, load, what);
	smp_join(cpu, "switching mm");
}

/* Every second CPU has the mm loaded: those must be reached, the rest must not. */
static bool is_loaded(unsigned cpu)
{
	return cpu % 2;
}

struct got {
	struct cpumask drained, reached;
};

/* One flush by @m; @reached: whose counter of carried-out requests moved. */
static void flush(const struct tlb_method *m, struct got *got)
{
	static u64 before[NR_CPUS];
	struct tlb_range r = { .va = test_va(6), .nr = 1, .level = 0 };

	memset(&got->drained, 0xff, sizeof(got->drained)); /* the method must say it, not leave it */
	cpumask_clear(&got->reached);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		before[cpu] = cpu_area[cpu].tlb_recv;
	m->inval(&mm, &r, &got->drained);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (cpu_area[cpu].tlb_recv != before[cpu])
			cpumask_set(&got->reached, cpu);
}

static bool same(const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask d;

	cpumask_copy(&d, a);
	cpumask_subtract(&d, b);
	return cpumask_empty(&d) && cpumask_weight(a) == cpumask_weight(b);
}

/* NULL, or what is wrong with what @m returns. */
static const char *check(const struct tlb_method *m)
{
	const struct tlb_method *here = tlb_method_here(m);
	struct cpumask want, none;
	struct got got;

	cpumask_clear(&want);
	cpumask_clear(&none);
	/* What hardware or firmware does is carried out by no CPU's kernel. */
	for (unsigned cpu = 0; here->reach == TLB_REACH_IRQ && cpu < nr_cpus; cpu++)
		if (is_loaded(cpu))
			cpumask_set(&want, cpu);
	flush(m, &got);
	if (!same(&got.reached, &want))
		return "it did not reach exactly the CPUs that have the mm loaded";
	if (!same(&got.drained, here->drains ? &got.reached : &none))
		return here->drains ? "drained is not what it reached" : "it says that it drained a CPU";
	return NULL;
}

TEST_CASE(mm_tlb, drained)
{
	unsigned methods = 0;

	if (nr_cpus < 3) {
		test_set(r, T_SKIP, "needs 3 CPUs: one that is reached and one that is not");
		return;
	}
	mm_create(&mm);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		if (is_loaded(cpu))
			load_on(cpu, &mm);
	LSET_FOR_EACH(struct tlb_method, m, tlb) {
		const char *bad = m->mutation || tlb_method_lacks(m) ? NULL : check(m);

		T_EXPECT(r, !bad, "tlb=%s: %s", m->name, bad);
		methods += !m->mutation && !tlb_method_lacks(m);
	}
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		if (is_loaded(cpu))
			load_on(cpu, NULL);
	mm_destroy(&mm);
	test_set(r, T_PASS, "%u methods say what they drained", methods);
}
