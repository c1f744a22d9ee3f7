// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86_64 as golden vectors, judged on the host: bits written down from the manual, not computed by the code under test. This
 * file is compiled with the headers of x86_64 instead of the host's (arch/host/arch.mk); it calls pure functions only.
 *
 * Entries: SDM Vol. 3, 4.5. What an invalidate removes: 4.10.4. Operands: Vol. 2, INVPCID; Vol. 3, 4.5 (CR3).
 */
#include <string.h>

#include "golden.h"

TEST_CASE(golden, x86_64_geometry)
{
	static const unsigned shift[] = { 12, 21, 30, 39 };

	T_EXPECT(r, ARCH_PT_LEVELS == 4, "%d levels", ARCH_PT_LEVELS);
	for (unsigned level = 0; level < 4; level++) {
		T_EXPECT(r, pt_shift(level) == shift[level], "level %u: shift %u", level, pt_shift(level));
		T_EXPECT(r, arch_pt_leaf_ok(level) == (level < 3), "level %u: leaf allowed is wrong", level);
	}
	/* 0x00007f3456789abc: indices 254, 209, 179, 393 from the top. */
	T_EXPECT(r, pt_index(0x00007f3456789abc, 3) == 254 && pt_index(0x00007f3456789abc, 2) == 209 &&
		 pt_index(0x00007f3456789abc, 1) == 179 && pt_index(0x00007f3456789abc, 0) == 393, "indices of an address");
	test_set(r, T_PASS, "four levels of 512");
}

static const struct {
	u64 pa;
	unsigned prot, level;
	u64 bits;
} leaves[] = {
	{ 0x0000000012345000, PROT_R,          0, 0x8000000012345061 },
	{ 0x0000000012345000, RW,              0, 0x8000000012345063 },
	{ 0x0000000012345000, RX,              0, 0x0000000012345061 },
	{ 0x0000000012345000, RWX,             0, 0x0000000012345063 },
	{ 0x0000000012345000, PROT_R | PROT_G, 0, 0x8000000012345161 },
	{ 0x0000000012345000, PROT_R | PROT_SPECIAL, 0, 0x8000000012345261 },
	{ 0x0000000040200000, RW | PROT_SPECIAL, 1, 0x80000000402002e3 },
	{ 0x000ffffffffff000, PROT_R,          0, 0x800ffffffffff061 },
	{ 0x0000000040200000, RW,              1, 0x80000000402000e3 },
	{ 0x0000000040200000, RWX | PROT_G,    1, 0x00000000402001e3 },
	{ 0x0000000140000000, RX,              2, 0x00000001400000e1 },
	/* Address bits below the leaf's size are none of it: bit 12 would be the PAT bit. */
	{ 0x0000000040201000, RW,              1, 0x80000000402000e3 },
};

TEST_CASE(golden, x86_64_leaf)
{
	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		pte_t e = arch_pte_leaf(leaves[i].pa, leaves[i].prot, leaves[i].level);

		T_EXPECT(r, e == leaves[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)e, (llu)leaves[i].bits);
	}
	T_EXPECT(r, arch_pte_table(0x0000007654321000, 1) == 0x0000007654321023, "table pointer 0x%llx",
		 (llu)arch_pte_table(0x0000007654321000, 1));
	test_set(r, T_PASS, "%u leaves and a table pointer", (unsigned)ARRAY_SIZE(leaves));
}

static const struct golden_word words[] = {
	/* As firmware or another kernel may write them: user, not accessed, PAT, protection key. */
	{ 0x0000000000000000, 0, false, false, 0, 0 },
	{ 0x80000000402000e2, 1, false, false, 0x0000000040200000, 0 },
	{ 0x0000000012345007, 0, true,  true,  0x0000000012345000, RWX },
	{ 0x0000000012345007, 1, true,  false, 0x0000000012345000, RWX },
	{ 0x00000000123450e7, 0, true,  true,  0x0000000012345000, RWX },          /* bit 7 at level 0: PAT */
	{ 0x80000000402010e3, 1, true,  true,  0x0000000040200000, RW },           /* bit 12 at level 1: PAT */
	{ 0x00000001400011e1, 2, true,  true,  0x0000000140000000, RX | PROT_G },
	{ 0x00000001400000e3, 3, true,  false, 0x0000000140000000, RWX },          /* no leaf in a PML4 */
	{ 0x7ff0000012345063, 0, true,  true,  0x0000000012345000, RWX },          /* bits 62:52: key, ignored */
};

TEST_CASE(golden, x86_64_decode)
{
	golden_decode(r, words, ARRAY_SIZE(words));
}

#define WALK(asid_, va_, global_) { .asid = asid_, .va = va_, .level = 1, .walk = true, .global = global_ }

static const struct golden_cover covers[] = {
	{ PAGE(1, 0x1000),     LEAF(1, 0x1000, 0),         true },
	{ PAGE(1, 0x1fff),     LEAF(1, 0x1000, 0),         true },
	{ PAGE(1, 0x2000),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(1, 0x0fff),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(2, 0x1000),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(1, 0x3ff000),   LEAF(1, 0x200000, 1),       true },
	{ PAGE(1, 0x400000),   LEAF(1, 0x200000, 1),       false },
	{ PAGE(1, 0x7fffffff), LEAF(1, 0x40000000, 2),     true },
	{ PAGE(1, 0x80000000), LEAF(1, 0x40000000, 2),     false },
	/* INVLPG: global entries whatever their PCID; every walk-cache entry of the current PCID, whatever its address. */
	{ PAGE(2, 0x1000),     GLOBAL(1, 0x1000),          true },
	{ PAGE(2, 0x2000),     GLOBAL(1, 0x1000),          false },
	{ PAGE(1, 0x1000),     WALK(1, 0x40000000, false), true },
	{ PAGE(2, 0x1000),     WALK(1, 0, false),          false },
	{ ASID(1),             LEAF(1, 0x200000, 1),       true },
	{ ASID(2),             LEAF(1, 0x200000, 1),       false },
	{ ASID(1),             GLOBAL(1, 0x1000),          false },
	{ ASID(1),             WALK(1, 0, true),           true },
	{ ASID(2),             WALK(1, 0, true),           false },
	{ ALL,                 LEAF(5, 0x1000, 0),         true },
	{ ALL,                 WALK(5, 0, false),          true },
	{ ALL,                 WALK(5, 0, true),           true },
	{ ALL,                 GLOBAL(5, 0x1000),          false },
	{ ALL_GLOBAL,          LEAF(5, 0x1000, 0),         true },
	{ ALL_GLOBAL,          GLOBAL(5, 0x1000),          true },
	{ ALL_GLOBAL,          WALK(5, 0, true),           true },
};

TEST_CASE(golden, x86_64_covers)
{
	golden_covers(r, covers, ARRAY_SIZE(covers));
}

TEST_CASE(golden, x86_64_operands)
{
	/* In memory: PCID in bits 11:0, reserved zeroes to bit 63, then the address. */
	static const u8 desc[16] = { 0xbc, 0x0a, 0, 0, 0, 0, 0, 0, 0x00, 0x50, 0x34, 0x12, 0xff, 0x7f, 0, 0 };
	struct x86_invpcid d = x86_invpcid_desc(0xfffabc, 0x7fff12345000);

	T_EXPECT(r, sizeof(d) == 16 && !memcmp(&d, desc, 16), "descriptor 0x%llx 0x%llx", (llu)d.pcid, (llu)d.va);
	T_EXPECT(r, x86_invpcid_type(TLBI_PAGE) == 0 && x86_invpcid_type(TLBI_ASID) == 1 &&
		 x86_invpcid_type(TLBI_ALL_GLOBAL) == 2 && x86_invpcid_type(TLBI_ALL) == 3, "types are not 0, 1, 2, 3");
	T_EXPECT(r, x86_cr3_value(0x12345000, 7, false) == 0x12345007, "CR3 that flushes: 0x%llx",
		 (llu)x86_cr3_value(0x12345000, 7, false));
	T_EXPECT(r, x86_cr3_value(0x12345fff, 0x1abc, true) == 0x8000000012345abc, "CR3 that keeps: 0x%llx",
		 (llu)x86_cr3_value(0x12345fff, 0x1abc, true));
	test_set(r, T_PASS, "an INVPCID descriptor, its types, two CR3 values");
}
