// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lazy CPUs under the method gen, as they stand: whom a flush interrupts, exactly; what a CPU does that comes back; and an mm that goes
 * while a CPU keeps it lazily. (CPUs that come and go: the workload lazy-storm.)
 */
#include <string.h>

#include <gen.h>
#include <smp.h>
#include <tlbi.h>

#include "mm_fixture.h"

static struct mm mm;

static void run_mm(void *arg)
{
	gen_switch(arg);
}

static void turn_lazy(void *arg)
{
	gen_switch(arg);
	gen_lazy_enter();
}

static void on(unsigned cpu, void (*fn)(void *arg), struct mm *what)
{
	smp_run(cpu, fn, what);
	smp_join(cpu, "switching mm");
}

static bool is_lazy(unsigned cpu)
{
	return cpu % 2;
}

static unsigned loaded_elsewhere(void)
{
	struct cpumask others;

	mm_mask_others(&others, mm.loaded);
	return cpumask_weight(&others);
}

/* One flush of one page. Returns CPUs interrupted, or ~0 if it drained others, or if @ops (0: any) is not what was issued. */
static unsigned flush(bool tables, u64 ops)
{
	struct tlb_range r = { .va = test_va(6), .nr = 1, .level = 0, .tables = tables };
	struct tlb_count before = tlb_count;
	struct cpumask drained;

	memset(&drained, 0xff, sizeof(drained));
	tlb_method_find("gen")->inval(&mm, &r, &drained);
	if (cpumask_weight(&drained) != tlb_count.ipi - before.ipi || (ops && tlb_count.tlbi - before.tlbi != ops))
		return ~0U;
	return (unsigned)(tlb_count.ipi - before.ipi);
}

TEST_CASE(mm_lazy, law)
{
	unsigned others = nr_cpus - 1, lazy = nr_cpus / 2, awake = others - lazy;

	if (nr_cpus < 3 || arch_tlbi_lacks_local()) {
		test_set(r, T_SKIP, "%s", arch_tlbi_lacks_local() ? arch_tlbi_lacks_local() : "needs 3 CPUs: one that is lazy and one that is not");
		return;
	}
	mm_create(&mm);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		on(cpu, is_lazy(cpu) ? turn_lazy : run_mm, &mm);
	T_EXPECT(r, flush(false, awake) == awake, "a leaf: the %u CPUs that are not lazy", awake);
	T_EXPECT(r, flush(false, awake) == awake, "another");
	T_EXPECT(r, loaded_elsewhere() == others, "lazy CPUs that were left out keep the mm");
	on(1, run_mm, &mm);
	T_EXPECT(r, flush(false, awake + 1) == awake + 1, "a CPU that came back and caught up invalidates one page, as the others");
	on(1, turn_lazy, &mm);
	T_EXPECT(r, flush(true, 0) == others, "a table: all %u CPUs that have the mm loaded", others);
	T_EXPECT(r, loaded_elsewhere() == awake, "lazy CPUs that were interrupted have left the mm");
	T_EXPECT(r, flush(true, 0) == awake, "a table: the %u CPUs that have it loaded still", awake);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		on(cpu, run_mm, NULL);
	T_EXPECT(r, flush(true, 0) == 0, "nobody has it loaded");
	mm_destroy(&mm);
	test_set(r, T_PASS, "%u CPUs interrupted for a leaf with %u lazy ones, %u for a table", awake, lazy, others);
}

/* An mm whose tables go while CPU 1 keeps it lazily, or has been made to leave. NULL, or the hole that the oracle found. */
static const char *mm_goes(bool leave)
{
	const struct oracle_violation *v;

	mm_create(&mm);
	pt_map(&mm, test_va(6), phys_alloc_huge(), PROT_R, 1);
	on(1, turn_lazy, &mm);
	test_oracle_start();
	if (leave)
		gen_leave_lazy(&mm);
	frame_put(arch_pte_pa(pt_unmap(&mm, test_va(6), 1, NULL), 1));
	pt_free_all(&mm);
	v = oracle_verdict();
	oracle_stop();
	on(1, run_mm, NULL);
	mm_destroy(&mm);
	return v ? v->hole : NULL;
}

TEST_CASE(mm_lazy, mm_goes)
{
	const char *hole;

	if (nr_cpus < 2 || arch_tlbi_lacks_local() || !oracle_build) {
		test_set(r, T_SKIP, "%s", arch_tlbi_lacks_local() ? arch_tlbi_lacks_local() : "needs 2 CPUs and the oracle");
		return;
	}
	hole = mm_goes(true);
	T_EXPECT(r, !hole, "no CPU keeps the mm: %s", hole);
	hole = mm_goes(false);
	T_EXPECT(r, hole && !strcmp(hole, "stale-walk-cache"), "a lazy CPU keeps it: %s", hole ? hole : "nothing was found");
	test_set(r, T_PASS, "an mm goes behind its last lazy CPU; before it, its tables are missed");
}
