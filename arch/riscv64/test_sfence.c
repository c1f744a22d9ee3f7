// SPDX-License-Identifier: GPL-2.0-only
/*
 * SFENCE.VMA, Svinval and RFENCE by form, on the real TLBs: who is reached, and what does not invalidate at all.
 *
 * This hart and that of CPU 1 cache PAGES pages; their entries are re-pointed; this hart does one thing; both read again. Old data
 * was translated by the TLB. Local forms must leave the other hart stale, RFENCE must have reached it when it returns, and
 * what is no invalidate must leave both stale.
 *
 * QEMU drops a hart's whole TLB with any of these, so a fence that names another page or another ASID looks as good as the right one
 * there: forms that are too narrow are judged by the oracle (arch_tlbi_covers(), mutations fw.wrong-page and its like).
 */
#include <console.h>
#include <ipi.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#define PAGES 8

static struct {
	struct mm mm;
	u64 va, old[PAGES], new[PAGES];
	volatile u64 phase;
	unsigned here, there; /* pages that read old data */
} set;

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

/* An interrupt whose handler invalidates nothing. */
static void ipi_only(void)
{
	struct cpumask to;

	cpumask_clear(&to);
	if (nr_cpus < 2)
		return;
	cpumask_set(&to, 1);
	ipi_sync_cpus(&to, 1);
}

static void svinval_fences(void)
{
	insn_sfence_w_inval();
	insn_sfence_inval_ir();
}

static void vma_va_asid(void)
{
	insn_sfence_vma(set.va, set.mm.asid & riscv_tlbi.asid_mask);
}

static void vma_va(void)
{
	insn_sfence_vma_va(set.va);
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
	insn_sinval_vma(set.va, set.mm.asid & riscv_tlbi.asid_mask);
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

	cpumask_clear(&to);
	cpumask_set(&to, 1);
	riscv_rfence(&to, start, size, set.mm.asid);
}

static void rfence_page(void)
{
	to_other(set.va, PAGE_SIZE);
}

static void rfence_pages(void)
{
	to_other(set.va, 64 * PAGE_SIZE);
}

static void rfence_asid(void)
{
	to_other(0, ~0ULL);
}

/* Carried out there by the handler, acknowledged. */
static void ipi_flush(void)
{
	const struct tlb_range r = { .va = set.va, .nr = 1 };
	struct cpumask to;

	cpumask_clear(&to);
	cpumask_set(&to, 1);
	ipi_lock();
	tlb_request_fill(&set.mm, &r);
	ipi_flush_cpus(&to, 1);
	ipi_unlock();
}

static const struct form {
	const char *name; /* with a colon, as the text of a verdict wants it */
	void (*run)(void);
	enum reach reach;
	bool svinval; /* needs the extension */
} forms[] = {
	{ "nothing: ", nothing, NOBODY, false },
	{ "FENCE RW,RW: ", fence, NOBODY, false },
	{ "satp written again: ", satp_again, NOBODY, false },
	{ "an SBI call: ", ecall, NOBODY, false },
	{ "an IPI alone: ", ipi_only, NOBODY, false },
	{ "the fences of Svinval alone: ", svinval_fences, NOBODY, true },
	{ "SFENCE.VMA address, ASID: ", vma_va_asid, SELF, false },
	{ "SFENCE.VMA address: ", vma_va, SELF, false },
	{ "SFENCE.VMA ASID: ", vma_asid, SELF, false },
	{ "SFENCE.VMA all: ", vma_all, SELF, false },
	{ "SINVAL.VMA address, ASID: ", sinval, SELF, true },
	{ "SINVAL.VMA ASID: ", sinval_asid, SELF, true },
	{ "RFENCE of a page: ", rfence_page, OTHER, false },
	{ "RFENCE of 64 pages: ", rfence_pages, OTHER, false },
	{ "RFENCE of an ASID: ", rfence_asid, OTHER, false },
	{ "SFENCE.VMA in an IPI: ", ipi_flush, OTHER, false },
};

static u64 frame_with(u64 word)
{
	u64 pa = phys_alloc_page();

	*(volatile u64 *)phys_to_virt(pa) = word;
	return pa;
}

static unsigned stale(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		n += *(volatile u64 *)(set.va + i * PAGE_SIZE) == 0x100 + i;
	return n;
}

static void set_up(void)
{
	set.va = pt_user_start() + 4 * GIB + 0x62 * PAGE_SIZE;
	mm_create(&set.mm);
	for (unsigned i = 0; i < PAGES; i++) {
		set.old[i] = frame_with(0x100 + i);
		set.new[i] = frame_with(0x200 + i);
		pt_map(&set.mm, set.va + i * PAGE_SIZE, set.old[i], PROT_R, 0);
	}
	set.phase = 0;
}

static void tear_down(void)
{
	mm_switch(NULL);
	mm_destroy(&set.mm);
	for (unsigned i = 0; i < PAGES; i++) {
		frame_put(set.old[i]);
		frame_put(set.new[i]);
	}
}

static void re_point(void)
{
	for (unsigned i = 0; i < PAGES; i++) {
		u64 va = set.va + i * PAGE_SIZE;
		struct pword *slot = pt_slot(&set.mm, va, 0, false);

		spin_lock(&set.mm.lock);
		pte_store(&set.mm, slot, va, 0, arch_pte_leaf(set.new[i], PROT_R, 0));
		spin_unlock(&set.mm.lock);
	}
	insn_fence(rw, rw); /* the entries before what the form does on any hart */
}

static void await(u64 phase)
{
	unsigned late = 0;

	wait_until(set.phase >= phase, wait_late("a fence test's next phase", &late));
}

static void other_side(void *arg)
{
	(void)arg;
	mm_switch(&set.mm);
	stale();
	set.phase = 1;
	await(2);
	set.there = stale();
	mm_switch(NULL);
}

static void round_of(const struct form *f)
{
	set_up();
	mm_switch(&set.mm);
	set.there = 0;
	if (nr_cpus > 1) {
		smp_run(1, other_side, NULL);
		await(1);
	}
	stale();
	re_point();
	f->run();
	set.here = stale();
	set.phase = 2;
	if (nr_cpus > 1)
		smp_join(1, "a reader of stale pages");
	tear_down();
}

static bool has_svinval(void)
{
	return riscv_tree.isa >> RISCV_EXT_SVINVAL & 1;
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
		round_of(f);
		if (reach == SELF)
			T_EXPECT(r, !set.here, "%s%u pages read old data behind it", f->name, set.here);
		else
			T_SEES_STALE(r, set.here, f->name);
		if (reach == OTHER)
			T_EXPECT(r, !set.there, "%son the other hart %u pages read old data after it returned", f->name, set.there);
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

static void closed_side(void *arg)
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
	cpumask_clear(&to);
	cpumask_set(&to, 1);
	set.phase = 0;
	smp_run(1, closed_side, NULL);
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
