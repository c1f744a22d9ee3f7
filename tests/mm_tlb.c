// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a TLB method returns as drained: the CPUs that took its interrupt with interrupts on, and no others. What it counts. And
 * that those that drain nobody do not wait for a CPU whose interrupts are closed.
 */
#include <string.h>

#include <phys.h>
#include <smp.h>
#include <tlbi.h>
#include <vcpu.h>

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
	struct tlb_count count;
	const char *judged; /* NULL, or what the oracle says of the mask */
};

/* One flush by @m; @reached: whose counter of carried-out requests moved; @count: what it counted. */
static void flush(const struct tlb_method *m, struct got *got)
{
	static u64 before[NR_CPUS];
	struct tlb_range r = { .va = test_va(6), .nr = 1, .level = 0 };

	memset(&got->drained, 0xff, sizeof(got->drained)); /* the method must say it, not leave it */
	cpumask_clear(&got->reached);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		before[cpu] = cpu_area[cpu].tlb_recv;
	got->count = tlb_count;
	test_oracle_start();
	tlb_method_inval_judged(m, &mm, &r, &got->drained);
	got->judged = test_oracle_stop();
	got->count.ipi = tlb_count.ipi - got->count.ipi;
	got->count.msg = tlb_count.msg - got->count.msg;
	got->count.tlbi = tlb_count.tlbi - got->count.tlbi;
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

/* The mm is loaded on @loaded other CPUs: an operation each, whoever makes it there. A broadcast asks nobody. */
static bool counted(const struct tlb_method *here, const struct tlb_count *c, unsigned loaded)
{
	if (arch_tlb_shared()) /* nobody is asked, and nothing is mapped */
		return c->ipi == 0 && c->msg == 0 && c->tlbi == (here->reach == TLB_REACH_FW);
	if (here->reach == TLB_REACH_IRQ || here->reach == TLB_REACH_FW)
		return c->ipi == loaded && c->msg >= 1 && c->msg <= loaded && c->tlbi == loaded;
	return c->ipi == 0 && c->msg == 0 && c->tlbi == (here->reach ? arch_tlbi_run_ops(1, 0) * arch_tlbi_rounds() : 1);
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
	if (!counted(here, &got.count, nr_cpus / 2))
		return "it did not count the CPUs that it asked, the messages and the operations";
	if (!same(&got.reached, &want))
		return "it did not reach exactly the CPUs that have the mm loaded";
	if (got.judged)
		return got.judged;
	/* Nobody stands still here: who drains some drains all. */
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

static struct mm closed_mm;
static volatile u64 closed, through;

/* The mm loaded and interrupts closed until the writer is through: nothing that drains could get past. */
static void closed_cpu(void *arg)
{
	unsigned late = 0;
	u64 flags;

	mm_switch(arg);
	flags = arch_irq_save();
	closed = 1;
	wait_until(through, wait_late("an invalidate while interrupts are closed", &late));
	arch_irq_restore(flags);
	mm_switch(NULL);
}

/* Unmap what the closed CPU 1 may translate, and free it. NULL, or what the oracle says. */
static const char *past_closed(const struct tlb_method *m)
{
	struct tlb_range r = { .va = test_va(6), .nr = 1, .level = 1 };
	u64 pa = phys_alloc_huge();
	unsigned late = 0;
	const char *bad;

	mm_create(&closed_mm);
	pt_map(&closed_mm, r.va, pa, PROT_R, r.level);
	closed = through = 0;
	smp_run(1, closed_cpu, &closed_mm);
	wait_until(closed, wait_late("a CPU to close its interrupts", &late));
	test_oracle_start();
	pt_unmap(&closed_mm, r.va, r.level, NULL);
	m->inval(&closed_mm, &r, NULL);
	frame_put(pa);
	bad = test_oracle_stop();
	through = 1;
	smp_join(1, "a CPU with closed interrupts");
	mm_destroy(&closed_mm);
	return bad;
}

TEST_CASE(mm_tlb, past_closed)
{
	unsigned methods = 0;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	LSET_FOR_EACH(struct tlb_method, m, tlb) {
		const struct tlb_method *here = tlb_method_here(m);
		const char *bad;

		if (m->mutation || tlb_method_lacks(m) || !here->reach || here->drains)
			continue;
		bad = past_closed(m);
		T_EXPECT(r, !bad, "tlb=%s: %s", m->name, bad);
		methods++;
	}
	test_set(r, T_PASS, "%u methods invalidate on a CPU whose interrupts are closed", methods);
}

/* --- the method pv and a CPU that stands still --- */

static void standing_cpu(void *arg)
{
	mm_switch(arg);
	vcpu_stall(~0ULL, &through);
	mm_switch(NULL);
}

/* One unmap of what CPU 1 may translate, which stands still. NULL, or what is wrong. */
static const char *past_standing(void)
{
	struct tlb_range r = { .va = test_va(6), .nr = 1, .level = 1 };
	u64 pa = phys_alloc_huge(), ipis = tlb_count.ipi;
	struct cpumask drained;
	unsigned late = 0;
	const char *bad;

	mm_create(&closed_mm);
	pt_map(&closed_mm, r.va, pa, PROT_R, r.level);
	through = 0;
	smp_run(1, standing_cpu, &closed_mm);
	wait_until(pword_load(&vcpu_state[1].w), wait_late("a CPU to stand still", &late));
	test_oracle_start();
	pt_unmap(&closed_mm, r.va, r.level, NULL);
	memset(&drained, 0xff, sizeof(drained));
	tlb_method_inval_judged(tlb_method_find("pv"), &closed_mm, &r, &drained);
	frame_put(pa);
	through = 1;
	smp_join(1, "a CPU that stood still");
	bad = test_oracle_stop();
	mm_destroy(&closed_mm);
	if (!bad && tlb_count.ipi != ipis)
		return "it was interrupted";
	return bad || cpumask_empty(&drained) ? bad : "it counts as drained";
}

TEST_CASE(mm_tlb, elided)
{
	const char *bad;

	if (nr_cpus < 2 || arch_tlbi_lacks_local()) {
		test_set(r, T_SKIP, "%s", nr_cpus < 2 ? "needs 2 CPUs" : arch_tlbi_lacks_local());
		return;
	}
	bad = past_standing();
	T_EXPECT(r, !bad, "tlb=pv: a CPU that stands still: %s", bad);
	test_set(r, T_PASS, "a CPU that stands still is left out, and has flushed when it goes on");
}

/* --- the method linux where it flushes on one CPU alone, and trims the mask that says when that will do --- */

/* More than a broadcast takes page by page, fewer than a flush of one CPU does: the count tells which it was. */
#define TRIM_LEAVES 40

/* One flush by linux. @want_ipi: CPUs interrupted to trim, and @rest: operations but for theirs. NULL, or what is wrong. */
static const char *trim_flush(unsigned want_ipi, u64 rest)
{
	struct tlb_range r = { .va = test_va(6), .nr = TRIM_LEAVES, .level = 0 };
	struct tlb_count before = tlb_count;
	struct cpumask drained;

	memset(&drained, 0xff, sizeof(drained));
	tlb_method_find("linux")->inval(&mm, &r, &drained);
	if (tlb_count.ipi - before.ipi != want_ipi)
		return "it interrupted another number of CPUs";
	if (cpumask_weight(&drained) != want_ipi)
		return "drained is not whom it interrupted";
	return tlb_count.tlbi - before.tlbi == want_ipi * arch_tlbi_asid_local_ops() + rest ? NULL : "it issued another number of operations";
}

static unsigned ran_elsewhere(void)
{
	struct cpumask others;

	mm_mask_others(&others, mm.ran);
	return cpumask_weight(&others);
}

TEST_CASE(mm_tlb, trim)
{
	const u64 every = tlb_trim, bcast = arch_tlbi_asid_bcast_ops() * arch_tlbi_rounds();
	unsigned others = nr_cpus - 1;
	const char *bad;

	if (tlb_lacks_trim() || nr_cpus < 3) {
		test_set(r, T_SKIP, "%s", tlb_lacks_trim() ? tlb_lacks_trim() : "needs 3 CPUs");
		return;
	}
	mm_create(&mm);
	mm_switch(&mm);
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		load_on(cpu, &mm);
		load_on(cpu, NULL);
	}
	tlb_trim = 0;
	bad = trim_flush(0, bcast);
	T_EXPECT(r, !bad && ran_elsewhere() == others, "trim=0, %u CPUs ran the mm: %s", others, bad ? bad : "some left the mask");
	tlb_trim = every;
	bad = trim_flush(others, TRIM_LEAVES);
	T_EXPECT(r, !bad && !ran_elsewhere(), "loaded here only: %s", bad ? bad : "CPUs stay in the mask that have left the mm");
	bad = trim_flush(0, TRIM_LEAVES);
	T_EXPECT(r, !bad, "nobody else in the mask: %s", bad);
	load_on(2, &mm);
	bad = trim_flush(0, bcast);
	T_EXPECT(r, !bad, "loaded elsewhere, trimming not due: %s", bad);
	tlb_trim = 1;
	bad = trim_flush(1, TRIM_LEAVES);
	T_EXPECT(r, !bad && ran_elsewhere() == 1, "loaded elsewhere, trimming due: %s", bad ? bad : "a CPU that has it loaded left the mask");
	mm_switch(NULL);
	load_on(2, NULL);
	bad = trim_flush(1, arch_tlbi_asid_local_ops()); /* what this CPU flushes as it leaves the mask itself */
	T_EXPECT(r, !bad && !ran_elsewhere() && !mm.ran[0].v, "nobody has it loaded: %s", bad ? bad : "the mask is not empty");
	tlb_trim = every;
	mm_destroy(&mm);
	test_set(r, T_PASS, "tlbie while others ran it, tlbiel when they did not; who left the mm leaves the mask when it is trimmed");
}
