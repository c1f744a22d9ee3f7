// SPDX-License-Identifier: GPL-2.0-only
/* The real MMU translates as the tables say. */
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlbi.h>

#include "mm_fixture.h"

#define NEED_MMU(r)                                                                                \
	do {                                                                                       \
		if (!ARCH_HAS_TLB) {                                                               \
			test_set(r, T_SKIP, "this arch has no MMU of its own");                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

static u64 read_word(u64 va)
{
	return *(volatile u64 *)va;
}

TEST_CASE(arch_mmu, translate)
{
	u64 va = test_va(2), small, huge;
	struct mm mm;

	NEED_MMU(r);
	small = phys_alloc_page();
	huge = phys_alloc_huge();
	*(volatile u64 *)phys_to_virt(small) = 0x1111;
	*(volatile u64 *)phys_to_virt(huge + HUGE_SIZE - 8) = 0x2222;
	mm_create(&mm);
	T_EXPECT(r, pt_map(&mm, va, small, PROT_R | PROT_W, 0) == 0, "4K not mapped");
	T_EXPECT(r, pt_map(&mm, va + HUGE_SIZE, huge, PROT_R | PROT_W, 1) == 0, "2M not mapped");
	mm_switch(&mm);
	T_EXPECT(r, read_word(va) == 0x1111, "4K: read 0x%llx", (unsigned long long)read_word(va));
	T_EXPECT(r, read_word(va + 2 * HUGE_SIZE - 8) == 0x2222, "2M: read 0x%llx",
		 (unsigned long long)read_word(va + 2 * HUGE_SIZE - 8));
	*(volatile u64 *)va = 0x3333;
	T_EXPECT(r, *(volatile u64 *)phys_to_virt(small) == 0x3333, "a store through the mapping went elsewhere");
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(small);
	frame_put(huge);
	test_set(r, T_PASS, "4K and 2M leaves, read and written through");
}

TEST_CASE(arch_mmu, switch_root)
{
	u64 va = test_va(2), a, b;
	struct mm ma, mb;

	NEED_MMU(r);
	a = phys_alloc_page();
	b = phys_alloc_page();
	*(volatile u64 *)phys_to_virt(a) = 0xaaaa;
	*(volatile u64 *)phys_to_virt(b) = 0xbbbb;
	mm_create(&ma);
	mm_create(&mb);
	T_EXPECT(r, pt_map(&ma, va, a, PROT_R, 0) == 0 && pt_map(&mb, va, b, PROT_R, 0) == 0, "not mapped");
	for (unsigned i = 0; i < 100; i++) {
		mm_switch(&ma);
		T_EXPECT(r, read_word(va) == 0xaaaa, "turn %u: read 0x%llx in a", i, (unsigned long long)read_word(va));
		mm_switch(&mb);
		T_EXPECT(r, read_word(va) == 0xbbbb, "turn %u: read 0x%llx in b", i, (unsigned long long)read_word(va));
	}
	mm_switch(NULL);
	mm_destroy(&ma);
	mm_destroy(&mb);
	frame_put(a);
	frame_put(b);
	test_set(r, T_PASS, "200 switches of root, each seen at once");
}

/* The masks follow mm_switch() on every CPU. */
static void visit(void *arg)
{
	mm_switch(arg);
	mm_switch(NULL);
}

TEST_CASE(arch_mmu, masks)
{
	struct cpumask others;
	struct mm mm;

	mm_create(&mm);
	mm_switch(&mm);
	T_EXPECT(r, mm_current() == &mm && pword_load(&mm.loaded[0]) == 1, "this CPU is not in the loaded mask");
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		smp_run(cpu, visit, &mm);
		smp_join(cpu, "a visit to an mm");
	}
	mm_mask_others(&others, mm.loaded);
	T_EXPECT(r, cpumask_empty(&others), "%u CPUs that left are in the loaded mask", cpumask_weight(&others));
	mm_mask_others(&others, mm.ran);
	T_EXPECT(r, cpumask_weight(&others) == nr_cpus - 1, "%u other CPUs in the ran mask, not %u",
		 cpumask_weight(&others), nr_cpus - 1);
	mm_switch(NULL);
	T_EXPECT(r, !mm_current() && pword_load(&mm.loaded[0]) == 0, "still in the loaded mask");
	mm_destroy(&mm);
	test_set(r, T_PASS, "loaded and ran masks on %u CPUs", nr_cpus);
}

/* --- more address spaces than the hardware has IDs --- */

#define SPACES 300

static struct {
	struct mm mm[SPACES];
	u64 pa[SPACES];
	volatile u64 phase; /* 1: CPU 1 has space 0 loaded; 2: it shall leave */
	u64 other_bad;
} many;

static u64 value_of(unsigned i)
{
	return 0x5ace0000 + i;
}

static void make_spaces(u64 va)
{
	for (unsigned i = 0; i < SPACES; i++) {
		many.pa[i] = phys_alloc_page();
		*(volatile u64 *)phys_to_virt(many.pa[i]) = value_of(i);
		mm_create(&many.mm[i]);
		pt_map(&many.mm[i], va, many.pa[i], PROT_R, 0);
	}
}

static void drop_spaces(void)
{
	for (unsigned i = 0; i < SPACES; i++) {
		mm_destroy(&many.mm[i]);
		frame_put(many.pa[i]);
	}
}

/* Keep space 0 loaded and look at it all the time. */
static void stay_in_first(void *arg)
{
	u64 va = *(u64 *)arg, asid;

	mm_switch(&many.mm[0]);
	asid = many.mm[0].asid;
	many.phase = 1;
	while (many.phase != 2) {
		if ((ARCH_HAS_TLB && read_word(va) != value_of(0)) || many.mm[0].asid != asid)
			many.other_bad++;
		arch_relax();
	}
	mm_switch(NULL);
}

/* Which space was not what it should be when it was loaded; SPACES: none. */
static unsigned visit_spaces(u64 va)
{
	for (unsigned i = nr_cpus > 1; i < SPACES; i++) {
		const struct mm *mm = &many.mm[i];

		mm_switch(&many.mm[i]);
		if (!mm->asid || mm->asid >> arch_asid_bits() || (nr_cpus > 1 && mm->asid == many.mm[0].asid))
			return i;
		if (ARCH_HAS_TLB && read_word(va) != value_of(i))
			return i;
		arch_relax();
	}
	return SPACES;
}

TEST_CASE(arch_mmu, asid_rollover)
{
	u64 va = test_va(3), generation = mm_asid_generation();
	unsigned late = 0, bad = SPACES;

	if (1U << arch_asid_bits() > SPACES) {
		test_set(r, T_SKIP, "%u bits: more IDs than this test has address spaces (the word asid=8 runs it, on ISAs that have it)",
			 arch_asid_bits());
		return;
	}
	make_spaces(va);
	many.phase = many.other_bad = 0;
	if (nr_cpus > 1) {
		smp_run(1, stay_in_first, &va);
		wait_until(many.phase == 1, wait_late("another CPU loads an mm", &late));
	}
	for (unsigned round = 0; round < 3 && bad == SPACES; round++)
		bad = visit_spaces(va);
	many.phase = 2;
	if (nr_cpus > 1)
		smp_join(1, "a CPU that stays in one mm");
	mm_switch(NULL);
	drop_spaces();
	generation = mm_asid_generation() - generation;
	T_EXPECT(r, bad == SPACES, "address space %u has ID %lu of another, or reads what is not its own", bad, many.mm[bad].asid);
	T_EXPECT(r, !many.other_bad, "the CPU that stayed in one address space lost its ID or its translation %lu times",
		 many.other_bad);
	T_EXPECT(r, generation >= 3, "%lu generations of %u IDs for 3 rounds of %u address spaces", generation,
		 (1U << arch_asid_bits()) - 1, SPACES);
	test_set(r, T_PASS, "3 rounds of %u address spaces in %lu generations of %u IDs", SPACES, generation,
		 (1U << arch_asid_bits()) - 1);
}

/* An ID that is given out again brings nothing of its last owner along. */
TEST_CASE(arch_mmu, asid_reuse)
{
	u64 va = test_va(3), a, b, first, got;
	struct mm mm;

	NEED_MMU(r);
	a = phys_alloc_page();
	b = phys_alloc_page();
	*(volatile u64 *)phys_to_virt(a) = 0xaaaa;
	*(volatile u64 *)phys_to_virt(b) = 0xbbbb;
	for (unsigned i = 0; i < 1U << 16; i++) {
		mm_create(&mm);
		if (i == 0)
			first = mm.asid;
		if (i && mm.asid != first) {
			mm_destroy(&mm);
			continue;
		}
		pt_map(&mm, va, i ? b : a, PROT_R, 0);
		mm_switch(&mm);
		got = read_word(va);
		mm_switch(NULL);
		mm_destroy(&mm);
		if (i)
			break;
	}
	frame_put(a);
	frame_put(b);
	T_EXPECT(r, mm.asid == first, "ID %lu did not come again", first);
	T_EXPECT(r, got == 0xbbbb, "0x%lx read through ID %lu: its last owner's page", got, first);
	test_set(r, T_PASS, "ID %lu, given out again, reads the new owner's page", first);
}
