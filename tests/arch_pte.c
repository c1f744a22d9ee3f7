// SPDX-License-Identifier: GPL-2.0-only
/* Entry encoders and decoders: round trips at every level, and answers for any bits. */
#include <phys.h>
#include <pte.h>
#include <test.h>

TEST_CASE(arch_pte, leaf)
{
	unsigned n = 0;

	for (unsigned level = 0; level < ARCH_PT_LEVELS; level++) {
		if (!arch_pt_leaf_ok(level))
			continue;
		for (unsigned bits = 0; bits <= PROT_ALL; bits++)
			for (u64 i = 0; i < 8; i++, n++) {
				unsigned prot = bits | PROT_R;
				u64 pa = (i * 0x1357 % 512) * pt_size(level) & ((1ULL << 46) - 1);
				pte_t e = arch_pte_leaf(pa, prot, level);

				T_EXPECT(r, arch_pte_present(e) && arch_pte_is_leaf(e, level),
					 "level %u prot %u: not a present leaf: 0x%llx", level, prot, (unsigned long long)e);
				T_EXPECT(r, arch_pte_pa(e, level) == pa, "level %u: 0x%llx became 0x%llx", level,
					 (unsigned long long)pa, (unsigned long long)arch_pte_pa(e, level));
				T_EXPECT(r, arch_pte_prot(e) == prot, "level %u: protection %u became %u", level, prot,
					 arch_pte_prot(e));
			}
	}
	test_set(r, T_PASS, "%u leaves keep address and protection", n);
}

TEST_CASE(arch_pte, table)
{
	for (unsigned level = 1; level < ARCH_PT_LEVELS; level++)
		for (u64 pa = PAGE_SIZE; pa < 1ULL << 46; pa = pa * 2 + PAGE_SIZE) {
			pte_t e = arch_pte_table(pa, level);

			T_EXPECT(r, arch_pte_present(e) && !arch_pte_is_leaf(e, level), "level %u: not a table pointer", level);
			T_EXPECT(r, arch_pte_pa(e, level) == pa, "level %u: 0x%llx became 0x%llx", level,
				 (unsigned long long)pa, (unsigned long long)arch_pte_pa(e, level));
		}
	test_set(r, T_PASS, "pointers to tables keep their address and are no leaves");
}

TEST_CASE(arch_pte, any_bits)
{
	u64 x = 88172645463325252ULL;

	T_EXPECT(r, !arch_pte_present(PTE_NONE), "zero is present");
	T_EXPECT(r, !arch_pte_present(POISON_WORD), "poison is present");
	for (unsigned i = 0; i < 4096; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		for (unsigned level = 0; level < ARCH_PT_LEVELS; level++) {
			T_EXPECT(r, arch_pte_present(x) || !arch_pte_is_leaf(x, level), "0x%llx: a leaf, but not present",
				 (unsigned long long)x);
			T_EXPECT(r, arch_pte_present(x) || !arch_pte_prot(x), "0x%llx: rights, but not present",
				 (unsigned long long)x);
			T_EXPECT(r, !(arch_pte_pa(x, level) & (PAGE_SIZE - 1)), "0x%llx: address not of a page",
				 (unsigned long long)x);
		}
	}
	test_set(r, T_PASS, "decoders agree with each other on 4096 random words");
}

TEST_CASE(arch_pte, geometry)
{
	u64 pa = phys_alloc_page();

	T_EXPECT(r, pt_size(0) == PAGE_SIZE, "a leaf of level 0 has %llu bytes", (unsigned long long)pt_size(0));
	T_EXPECT(r, arch_pt_leaf_ok(0) && arch_pt_leaf_ok(1), "levels 0 and 1 must hold leaves");
	T_EXPECT(r, pt_size(1) == HUGE_SIZE, "a leaf of level 1 has %llu bytes", (unsigned long long)pt_size(1));
	for (unsigned level = 0; level < ARCH_PT_LEVELS; level++) {
		unsigned last = (1U << arch_pt_bits(level)) - 1;

		T_EXPECT(r, pt_index(last * pt_size(level), level) == last, "level %u: index of the last slot", level);
		T_EXPECT(r, pt_index(pt_size(level) - 1, level) == 0, "level %u: index of the first slot", level);
	}
	T_EXPECT(r, arch_virt_to_phys(phys_to_virt(pa)) == pa, "virt_to_phys and phys_to_virt disagree on 0x%llx",
		 (unsigned long long)pa);
	frame_put(pa);
	test_set(r, T_PASS, "%u levels, 2M leaves at level 1", ARCH_PT_LEVELS);
}
