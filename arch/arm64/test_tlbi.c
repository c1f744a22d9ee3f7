// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLBI by form, on the real TLBs: who is reached and what goes.
 *
 * A round is that of tests/stale_pages.h. The page that the operation names must be fresh wherever it reaches, and stale elsewhere (local
 * forms stay local); its neighbours stay stale where only a page was named, if the machine is exact (arch_tlbi_inexact()).
 *
 * What QEMU cannot show is left to the oracle and to golden vectors: it ignores ASIDs, needs no DSB, keeps no walk caches, and
 * drops everything with a range as long as its TLB is small; the kernel's blocks would make it drop more below 512 GiB.
 */
#include <console.h>

#include <arch/arm64.h>

#include "../../tests/stale_pages.h"

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

/* The operand for the target, or for the range of it and the next page. */
static u64 operand(bool range)
{
	return range ? arm64_tlbi_range(set.mm.asid, set.va[TARGET], 0, 0, arm64_tlbi.ttl_mask ? 3 : 0) :
		       arm64_tlbi_leaf_va(set.mm.asid, set.va[TARGET], 0);
}

static struct {
	unsigned reach, op2;
	bool range;
} op;

static void complete(void)
{
	insn_dsb(sy);
	insn_isb();
}

static void operate(void)
{
	issue(op.reach, op.op2, operand(op.range));
	complete();
}

/* NULL, or what is wrong with the machine: then nothing was issued. */
static const char *run(unsigned reach, unsigned op2, bool range)
{
	op.reach = reach;
	op.op2 = op2;
	op.range = range;
	if (!settle(complete))
		return "no pages are kept until they are invalidated";
	round_of(operate);
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

TEST_CASE(arch_tlb, closed)
{
	broadcast_past_closed(r, "TLBI");
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
