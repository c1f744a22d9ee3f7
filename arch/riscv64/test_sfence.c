// SPDX-License-Identifier: GPL-2.0-only
/*
 * SFENCE.VMA, Svinval and RFENCE by form, on the real TLBs: who is reached, and what does not invalidate at all.
 *
 * A round is that of tests/stale_pages.h. Local forms must leave the other hart stale, RFENCE must have reached it when it returns, and
 * what is no invalidate must leave both stale.
 *
 * QEMU drops a hart's whole TLB with any of these, so a fence that names another page or another ASID looks as good as the right one
 * there: forms that are too narrow are judged by the oracle (arch_tlbi_covers(), mutations fw.wrong-page and its like).
 */
#include <arch/riscv.h>
#include <arch/sbi.h>

#include "../../tests/stale_pages.h"

#define ONE_PAGE (1U << TARGET)

enum reach { NOBODY, SELF, OTHER };

static void nothing(void)
{
}

static void fence(void)
{
	insn_fence(rw, rw);
}

static void satp_again(void)
{
	insn_csrw(satp, insn_csrr(satp));
}

static void ecall(void)
{
	sbi_has(SBI_BASE);
}

static void svinval_fences(void)
{
	insn_sfence_w_inval();
	insn_sfence_inval_ir();
}

static void vma_va_asid(void)
{
	insn_sfence_vma(set.va[TARGET], set.mm.asid & riscv_tlbi.asid_mask);
}

static void vma_va(void)
{
	insn_sfence_vma_va(set.va[TARGET]);
}

static void vma_asid(void)
{
	insn_sfence_vma_asid(set.mm.asid & riscv_tlbi.asid_mask);
}

static void vma_all(void)
{
	insn_sfence_vma_all();
}

static void sinval(void)
{
	insn_sfence_w_inval();
	insn_sinval_vma(set.va[TARGET], set.mm.asid & riscv_tlbi.asid_mask);
	insn_sfence_inval_ir();
}

static void sinval_asid(void)
{
	insn_sfence_w_inval();
	insn_sinval_vma_asid(set.mm.asid & riscv_tlbi.asid_mask);
	insn_sfence_inval_ir();
}

static void to_other(u64 start, u64 size)
{
	struct cpumask to;

	only_cpu_1(&to);
	riscv_rfence(&to, start, size, set.mm.asid);
}

static void rfence_page(void)
{
	to_other(set.va[TARGET], PAGE_SIZE);
}

static void rfence_pages(void)
{
	to_other(set.va[TARGET], 64 * PAGE_SIZE);
}

static void rfence_asid(void)
{
	to_other(0, ~0ULL);
}

static const struct form {
	const char *name; /* with a colon, as the text of a verdict wants it */
	void (*run)(void);
	enum reach reach;
	bool svinval;  /* needs the extension */
	unsigned gone; /* pages that are named */
} forms[] = {
	{ "nothing: ", nothing, NOBODY, false, 0 },
	{ "FENCE RW,RW: ", fence, NOBODY, false, 0 },
	{ "satp written again: ", satp_again, NOBODY, false, 0 },
	{ "an SBI call: ", ecall, NOBODY, false, 0 },
	{ "an IPI alone: ", ipi_only, NOBODY, false, 0 },
	{ "the fences of Svinval alone: ", svinval_fences, NOBODY, true, 0 },
	{ "SFENCE.VMA address, ASID: ", vma_va_asid, SELF, false, ONE_PAGE },
	{ "SFENCE.VMA address: ", vma_va, SELF, false, ONE_PAGE },
	{ "SFENCE.VMA ASID: ", vma_asid, SELF, false, ALL_PAGES },
	{ "SFENCE.VMA all: ", vma_all, SELF, false, ALL_PAGES },
	{ "SINVAL.VMA address, ASID: ", sinval, SELF, true, ONE_PAGE },
	{ "SINVAL.VMA ASID: ", sinval_asid, SELF, true, ALL_PAGES },
	{ "RFENCE of a page: ", rfence_page, OTHER, false, ONE_PAGE },
	{ "RFENCE of 64 pages: ", rfence_pages, OTHER, false, ONE_PAGE | 1U << NEXT },
	{ "RFENCE of an ASID: ", rfence_asid, OTHER, false, ALL_PAGES },
	{ "SFENCE.VMA in an IPI: ", ipi_flush, OTHER, false, ONE_PAGE },
};

static bool has_svinval(void)
{
	return riscv_tree.isa >> RISCV_EXT_SVINVAL & 1;
}

/* What is named, and where a machine is known to drop everything with it, everything. */
static unsigned must_go(const struct form *f)
{
	return arch_tlbi_inexact() ? ALL_PAGES : f->gone;
}

/* Every form of @reach; how many were seen, and how many the CPUs have not. */
static void judge(struct test_result *r, enum reach reach)
{
	unsigned seen = 0, lacks = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct form *f = &forms[i];

		if (f->reach != reach)
			continue;
		if (f->svinval && !has_svinval()) {
			lacks++;
			continue;
		}
		round_of(f->run);
		if (reach == SELF)
			T_EXPECT(r, !(set.here & must_go(f)), "%spages read old data behind it (stale: 0x%x)", f->name, set.here);
		else
			T_SEES_STALE(r, set.here, f->name);
		if (reach == OTHER)
			T_EXPECT(r, !(set.there & must_go(f)), "%son the other hart pages read old data after it returned (stale: 0x%x)",
				 f->name, set.there);
		else if (nr_cpus > 1)
			T_SEES_STALE(r, set.there, f->name);
		seen++;
	}
	test_set(r, T_PASS, "%u forms%s%s", seen, nr_cpus > 1 ? ", seen from two harts" : "", lacks ? "; no Svinval here" : "");
}

TEST_CASE(arch_sfence, no_invalidate)
{
	judge(r, NOBODY);
}

TEST_CASE(arch_sfence, local_forms)
{
	judge(r, SELF);
}

TEST_CASE(arch_sfence, remote_forms)
{
	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "one CPU");
		return;
	}
	judge(r, OTHER);
}

/* --- a hart with closed interrupts --- */

static volatile u64 opened;

static void hold_back(void *arg)
{
	unsigned late = 0;

	(void)arg;
	arch_irq_off();
	set.phase = 1;
	wait_until(set.phase >= 2, wait_late("an RFENCE to return", &late));
	set.there = cpu_area[1].ipi_recv == *(const volatile u64 *)&opened;
	arch_irq_on();
	set.phase = 3;
}

TEST_CASE(arch_sfence, closed_interrupts)
{
	struct cpumask to;
	u64 before, tlb;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "one CPU");
		return;
	}
	only_cpu_1(&to);
	set.phase = 0;
	smp_run(1, hold_back, NULL);
	await(1);
	before = cpu_area[1].ipi_recv;
	opened = before;
	arch_ipi_send(&to, IPI_CALL); /* finds nothing to do when it is let in */
	riscv_rfence(&to, 0, ~0ULL, 0);
	tlb = cpu_area[1].ipi_recv - before;
	set.phase = 2;
	await(3);
	smp_join(1, "a hart with closed interrupts");
	T_EXPECT(r, tlb == 0 && set.there, "an IPI was taken while interrupts were closed");
	T_EXPECT(r, cpu_area[1].ipi_recv - before >= 1, "the IPI never came");
	test_set(r, T_PASS, "an RFENCE returned while the hart held back an IPI");
}
