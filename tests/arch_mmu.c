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
