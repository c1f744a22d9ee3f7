// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLBI by form, on the real TLBs: who is reached and what goes.
 *
 * This CPU and CPU 1 cache three pages; their entries are re-pointed; this CPU issues one operation; both read again. Old data
 * was translated by the TLB. The page that the operation names must be fresh wherever it reaches, and stale elsewhere (local
 * forms stay local); its neighbours stay stale where only a page was named, if the machine is exact (arch_tlbi_inexact()).
 *
 * What QEMU cannot show is left to the oracle and to golden vectors: it ignores ASIDs, needs no DSB, keeps no walk caches, and
 * drops everything with a range as long as its TLB is small. Re-pointing a live entry in one store breaks break-before-make on
 * purpose: there would be no stale translation to look at otherwise. Test addresses lie above the kernel's 512 GiB, whose
 * blocks would make QEMU drop more, and differ in the low bits of their page numbers, so that they do not evict each other. The image,
 * its stacks and tables can evict them too, and where those lie is the linker's business: so before each operation the same round is
 * made without one, and the pages move on until they outlive it (settle()).
 */
#include <console.h>
#include <ipi.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/arm64.h>

enum { TARGET, NEXT, FAR, NR };
#define ALL_PAGES ((1U << NR) - 1)
#define FIRST_PAGE 0x62
#define PAGES_TO_TRY 64

static struct {
	struct mm mm;
	unsigned moved; /* pages that the addresses have moved on so far */
	u64 va[NR], old[NR], new[NR];
	volatile u64 phase;
	unsigned here, there; /* bit i: page i is stale */
} set;

struct form {
	const char *name;
	unsigned op2;
	bool one_page; /* ... is named, not a whole address space */
};

static const struct form forms[] = {
	{ "VAE1", TLBI_OP_VAE1, true },     { "VALE1", TLBI_OP_VALE1, true },    { "VAAE1", TLBI_OP_VAAE1, true },
	{ "VAALE1", TLBI_OP_VAALE1, true }, { "ASIDE1", TLBI_OP_ASIDE1, false }, { "VMALLE1", TLBI_OP_VMALLE1, false },
};

/* The encodings are part of the instruction, so every pair of reach and kind is one. */
#define CASE(cm, op2)                                                                              \
	case cm * 8 + op2:                                                                         \
		insn_tlbi(cm, op2, v);                                                             \
		break;
#define CASES(cm) CASE(cm, 0) CASE(cm, 1) CASE(cm, 2) CASE(cm, 3) CASE(cm, 5) CASE(cm, 7)
#define RANGE_CASES(cm) CASE(cm, 1) CASE(cm, 3) CASE(cm, 5) CASE(cm, 7)

static void issue(unsigned reach, unsigned op2, u64 v)
{
	switch (reach * 8 + op2) {
		CASES(7) CASES(3) CASES(1) RANGE_CASES(6) RANGE_CASES(2) RANGE_CASES(5)
	default:
		panic("no TLBI with CRm %u, op2 %u", reach, op2);
	}
}

static u64 frame_with(u64 word)
{
	u64 pa = phys_alloc_page();

	*(volatile u64 *)phys_to_virt(pa) = word;
	return pa;
}

static u64 page_of(unsigned i)
{
	return *(volatile u64 *)set.va[i];
}

static unsigned stale(void)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < NR; i++)
		bits |= (unsigned)(page_of(i) == 0x100 + i) << i;
	return bits;
}

static void set_up(void)
{
	u64 page = FIRST_PAGE + set.moved % PAGES_TO_TRY;

	/* An even page, so that a range of two can begin there. */
	set.va[TARGET] = pt_user_start() + 4 * GIB + page * PAGE_SIZE;
	set.va[NEXT] = set.va[TARGET] + PAGE_SIZE;
	set.va[FAR] = pt_user_start() + 8 * GIB + (page + 0x13) * PAGE_SIZE;
	mm_create(&set.mm);
	for (unsigned i = 0; i < NR; i++) {
		set.old[i] = frame_with(0x100 + i);
		set.new[i] = frame_with(0x200 + i);
		pt_map(&set.mm, set.va[i], set.old[i], PROT_R, 0);
	}
	set.phase = 0;
}

static void tear_down(void)
{
	mm_switch(NULL);
	mm_destroy(&set.mm);
	for (unsigned i = 0; i < NR; i++) {
		frame_put(set.old[i]);
		frame_put(set.new[i]);
	}
}

static void re_point(void)
{
	for (unsigned i = 0; i < NR; i++) {
		struct pword *slot = pt_slot(&set.mm, set.va[i], 0, false);

		spin_lock(&set.mm.lock);
		pte_store(&set.mm, slot, set.va[i], 0, arch_pte_leaf(set.new[i], PROT_R, 0));
		spin_unlock(&set.mm.lock);
	}
	arch_tlbi_publish();
}

static void await(u64 phase)
{
	unsigned late = 0;

	wait_until(set.phase >= phase, wait_late("a TLBI test's next phase", &late));
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

/* The operand for the target, or for the range of it and the next page. */
static u64 operand(bool range)
{
	return range ? arm64_tlbi_range(set.mm.asid, set.va[TARGET], 0, 0, arm64_tlbi.ttl_mask ? 3 : 0) :
		       arm64_tlbi_leaf_va(set.mm.asid, set.va[TARGET], 0);
}

/* One operation, or none, seen from both CPUs. */
static void round_of(bool operate, unsigned reach, unsigned op2, bool range)
{
	set_up();
	mm_switch(&set.mm);
	if (nr_cpus > 1) {
		smp_run(1, other_side, NULL);
		await(1);
	}
	stale();
	re_point();
	if (operate)
		issue(reach, op2, operand(range));
	insn_dsb(sy);
	insn_isb();
	set.here = stale();
	set.phase = 2;
	if (nr_cpus > 1)
		smp_join(1, "a reader of stale pages");
	tear_down();
}

/* Move the pages on until both CPUs keep all of them through a round without an operation; false if there are none such. */
static bool settle(void)
{
	for (unsigned tries = 0; tries < PAGES_TO_TRY; tries += 2, set.moved += 2) {
		round_of(false, 0, 0, false);
		if (set.here == ALL_PAGES && (nr_cpus == 1 || set.there == ALL_PAGES))
			return true;
	}
	return false;
}

/* NULL, or what is wrong with the machine: then nothing was issued. */
static const char *run(unsigned reach, unsigned op2, bool range)
{
	if (!settle())
		return "no pages are kept until they are invalidated";
	round_of(true, reach, op2, range);
	return NULL;
}

/*
 * NULL, or what is wrong with what a CPU saw. @reached: the operation should have got there. @gone: pages that must be fresh.
 */
static const char *judge(unsigned seen, bool reached, unsigned gone, bool exact)
{
	if (reached && (seen & gone))
		return "still translates what was invalidated";
	if (!reached && seen != ALL_PAGES)
		return "was reached and should not be";
	if (reached && exact && (seen | gone) != ALL_PAGES)
		return "lost more than was named";
	return NULL;
}

static void check_forms(struct test_result *r, unsigned reach, const char *suffix)
{
	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++) {
		unsigned gone = forms[i].one_page ? 1U << TARGET : ALL_PAGES;
		bool exact = forms[i].one_page && !arch_tlbi_inexact();
		const char *bad;

		bad = run(reach, forms[i].op2, false);
		T_EXPECT(r, !bad, "%s%s: %s", forms[i].name, suffix, bad);
		bad = judge(set.here, true, gone, exact);
		T_EXPECT(r, !bad, "%s%s: the issuing CPU %s (stale: 0x%x)", forms[i].name, suffix, bad, set.here);
		bad = nr_cpus > 1 ? judge(set.there, reach != TLBI_LOCAL, gone, exact) : NULL;
		T_EXPECT(r, !bad, "%s%s: the other CPU %s (stale: 0x%x)", forms[i].name, suffix, bad, set.there);
	}
	test_set(r, T_PASS, "%u forms%s%s", (unsigned)ARRAY_SIZE(forms),
		 nr_cpus == 1 ? ", on one CPU" : reach == TLBI_LOCAL ? " stay on this CPU" : " reach the other CPU",
		 arch_tlbi_inexact() ? "; the neighbours go too in this emulator" : "; the neighbours stay");
}

TEST_CASE(arch_tlb, forms_local)
{
	check_forms(r, TLBI_LOCAL, "");
}

TEST_CASE(arch_tlb, forms_is)
{
	check_forms(r, TLBI_IS, "IS");
}

TEST_CASE(arch_tlb, forms_os)
{
	if (!arm64_tlbi.has_os)
		test_set(r, T_SKIP, "this CPU has no FEAT_TLBIOS");
	else
		check_forms(r, TLBI_OS, "OS");
}

/* Two pages: the shortest range. */
static void check_ranges(struct test_result *r, unsigned reach, const char *suffix)
{
	const unsigned gone = 1U << TARGET | 1U << NEXT;

	if (!arm64_tlbi.has_range) {
		test_set(r, T_SKIP, "this CPU has no FEAT_TLBIRANGE");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *bad;

		if (!forms[i].one_page)
			continue;
		bad = run(reach, forms[i].op2, true);
		T_EXPECT(r, !bad, "R%s%s: %s", forms[i].name, suffix, bad);
		bad = judge(set.here, true, gone, false);
		T_EXPECT(r, !bad, "R%s%s: the issuing CPU %s (stale: 0x%x)", forms[i].name, suffix, bad, set.here);
		bad = nr_cpus > 1 ? judge(set.there, reach != TLBI_RANGE_LOCAL, gone, false) : NULL;
		T_EXPECT(r, !bad, "R%s%s: the other CPU %s (stale: 0x%x)", forms[i].name, suffix, bad, set.there);
	}
	test_set(r, T_PASS, "4 forms over two pages%s", nr_cpus == 1 ? ", on one CPU" :
		 reach == TLBI_RANGE_LOCAL ? " stay on this CPU" : " reach the other CPU");
}

TEST_CASE(arch_tlb, ranges_local)
{
	check_ranges(r, TLBI_RANGE_LOCAL, "");
}

TEST_CASE(arch_tlb, ranges_is)
{
	check_ranges(r, TLBI_RANGE_IS, "IS");
}

TEST_CASE(arch_tlb, ranges_os)
{
	check_ranges(r, TLBI_RANGE_OS, "OS");
}

/* --- what interrupts have to do with it: nothing --- */

static void closed_side(void *arg)
{
	u64 flags, before, *taken = arg;

	mm_switch(&set.mm);
	stale();
	flags = arch_irq_save();
	before = cpu_area[this_cpu()].ipi_recv;
	set.phase = 1;
	await(2);
	set.there = stale();
	*taken = cpu_area[this_cpu()].ipi_recv - before;
	set.phase = 3;
	await(4);
	arch_irq_restore(flags);
	mm_switch(NULL);
}

TEST_CASE(arch_tlb, closed)
{
	const struct tlb_method *hw = tlb_method_find("hw");
	u64 taken = 0, pending;
	struct cpumask to;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	cpumask_clear(&to);
	cpumask_set(&to, 1);
	set_up();
	mm_switch(&set.mm);
	smp_run(1, closed_side, &taken);
	await(1);
	re_point();
	ipi_lock();
	ipi_expect(1);
	arch_ipi_send(&to, IPI_SYNC);
	hw->inval(&set.mm, &(struct tlb_range){ .va = set.va[TARGET], .nr = 1, .level = 0 }, NULL);
	set.phase = 2;
	await(3);
	pending = ipi_pending;
	set.phase = 4;
	ipi_wait(&to, "a CPU that was closed");
	ipi_unlock();
	smp_join(1, "a closed CPU");
	tear_down();
	T_EXPECT(r, !(set.there & 1U << TARGET), "a CPU with interrupts closed kept the translation");
	T_EXPECT(r, pending == 1 && !taken, "a CPU with interrupts closed took %lu SGIs", taken);
	test_set(r, T_PASS, "with interrupts closed the TLBI arrives and the SGI does not, until they open");
}

/* The quirk word repeat=on: everything is issued and completed twice. */
TEST_CASE(arch_tlb, repeat)
{
	const struct tlb_method *hw = tlb_method_find("hw");
	unsigned rounds = arm64_tlbi.rounds;
	u64 ops[2];

	set_up();
	for (unsigned i = 0; i < 2; i++) {
		arm64_tlbi.rounds = i + 1;
		ops[i] = tlb_count.tlbi;
		hw->inval(&set.mm, &(struct tlb_range){ .va = set.va[TARGET], .nr = 2, .level = 0 }, NULL);
		ops[i] = tlb_count.tlbi - ops[i];
	}
	arm64_tlbi.rounds = rounds;
	tear_down();
	T_EXPECT(r, ops[1] == 2 * ops[0], "%lu operations, %lu with the quirk", ops[0], ops[1]);
	test_set(r, T_PASS, "%lu operations, %lu with the quirk", ops[0], ops[1]);
}

/* --- a group of entries with the contiguous mark --- */

TEST_CASE(arch_pte, contiguous)
{
	unsigned n = arm64_granule.cont[0], bad = 0;
	u64 size = n * PAGE_SIZE, va = pt_user_start() + 12 * GIB, pa, block = phys_alloc_huge();

	pa = (block + size - 1) & ~(size - 1);
	mm_create(&set.mm);
	for (unsigned i = 0; i < n; i++) {
		struct pword *slot = pt_slot(&set.mm, va + i * PAGE_SIZE, 0, true);

		*(volatile u64 *)phys_to_virt(pa + i * PAGE_SIZE) = i;
		spin_lock(&set.mm.lock);
		pte_store(&set.mm, slot, va + i * PAGE_SIZE, 0, arm64_pte_cont(arch_pte_leaf(pa + i * PAGE_SIZE, PROT_R, 0)));
		arch_pte_made(va + i * PAGE_SIZE);
		spin_unlock(&set.mm.lock);
	}
	mm_switch(&set.mm);
	for (unsigned i = n; i-- > 0;)
		bad += *(volatile u64 *)(va + i * PAGE_SIZE) != i;
	mm_switch(NULL);
	mm_destroy(&set.mm);
	frame_put(block);
	T_EXPECT(r, !bad, "%u of %u pages of a contiguous group translate to another place", bad, n);
	test_set(r, T_PASS, "%u entries as one group, each page in its place", n);
}

/* --- EL2 --- */

static u64 level_here(u64 arg)
{
	return insn_mrs(CurrentEL) + arg;
}

TEST_CASE(arch_smp, el2)
{
	u64 el;

	if (arm64_boot.entry_el < 2) {
		test_set(r, T_SKIP, "the image was entered at EL1");
		return;
	}
	el = arm64_el2_call(level_here, 1);
	T_EXPECT(r, el == (2 << 2 | 1), "CurrentEL + 1 is %lu in a call of EL2", el);
	test_set(r, T_PASS, "HVC calls at EL2 and comes back");
}
