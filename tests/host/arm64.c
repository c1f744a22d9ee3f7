// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64 as golden vectors, judged on the host: bits written down from the manual, not computed by the code under test. This
 * file is compiled with the headers of arm64 instead of the host's (arch/host/arch.mk); it calls pure functions only.
 *
 * Descriptors: Arm ARM, D8.3. What an invalidate removes, and operands: D8.13.
 */
#include "golden.h"

struct arm64_granule arm64_granule = ARM64_GRANULE_4K;
struct arm64_tlbi arm64_tlbi;

static const struct arm64_granule g4k = ARM64_GRANULE_4K, g16k = ARM64_GRANULE_16K, g64k = ARM64_GRANULE_64K;

static const struct {
	const struct arm64_granule *g;
	unsigned levels, leaf_levels;
	unsigned shift[4];
	u64 va;
	unsigned index[4];
} geometry[] = {
	/* 0x0000_7f34_5678_9abc */
	{ &g4k, 4, 3, { 12, 21, 30, 39 }, 0x00007f3456789abc, { 393, 179, 209, 254 } },
	{ &g16k, 4, 2, { 14, 25, 36, 47 }, 0x0000ff3456789abc, { 482, 555, 2035, 1 } },
	{ &g64k, 3, 2, { 16, 29, 42, 0 }, 0x00007f3456789abc, { 5752, 6562, 31, 0 } },
};

TEST_CASE(golden, arm64_geometry)
{
	for (unsigned i = 0; i < ARRAY_SIZE(geometry); i++) {
		arm64_granule = *geometry[i].g;
		T_EXPECT(r, ARCH_PT_LEVELS == geometry[i].levels, "granule %u: %u levels", i, ARCH_PT_LEVELS);
		for (unsigned level = 0; level < geometry[i].levels; level++) {
			T_EXPECT(r, pt_shift(level) == geometry[i].shift[level], "granule %u, level %u: shift %u", i, level,
				 pt_shift(level));
			T_EXPECT(r, arch_pt_leaf_ok(level) == (level < geometry[i].leaf_levels), "granule %u, level %u: leaf", i, level);
			T_EXPECT(r, pt_index(geometry[i].va, level) == geometry[i].index[level], "granule %u, level %u: index %u", i,
				 level, pt_index(geometry[i].va, level));
		}
	}
	arm64_granule = g4k;
	test_set(r, T_PASS, "levels, shifts and indices of three granules");
}

static const struct {
	const struct arm64_granule *g;
	u64 pa;
	unsigned prot, level;
	u64 bits;
} leaves[] = {
	/* valid, page; AttrIndx 1; SH inner; AF; nG; AP read-only; PXN, UXN */
	{ &g4k, 0x0000000012345000, PROT_R,          0, 0x0060000012345f87 },
	{ &g4k, 0x0000000012345000, RW,              0, 0x0060000012345f07 },
	{ &g4k, 0x0000000012345000, RX,              0, 0x0040000012345f87 },
	{ &g4k, 0x0000000012345000, RWX,             0, 0x0040000012345f07 },
	{ &g4k, 0x0000000012345000, PROT_R | PROT_G, 0, 0x0060000012345787 },
	{ &g4k, 0x0000fffffffff000, PROT_R,          0, 0x0060ffffffffff87 },
	{ &g4k, 0x0000000040200000, RW,              1, 0x0060000040200f05 },
	{ &g4k, 0x0000000040200000, RWX | PROT_G,    1, 0x0040000040200705 },
	{ &g4k, 0x0000000140000000, RX,              2, 0x0040000140000f85 },
	{ &g4k, 0x0000000012345000, PROT_R | PROT_SPECIAL, 0, 0x0160000012345f87 },
	/* Address bits below the leaf's size are none of it. */
	{ &g4k, 0x0000000040201000, RW,              1, 0x0060000040200f05 },
	{ &g16k, 0x0000000012344000, RW,             0, 0x0060000012344f07 },
	{ &g16k, 0x0000000042000000, RW,             1, 0x0060000042000f05 },
	{ &g16k, 0x0000000042200000, RW,             1, 0x0060000042000f05 },
	{ &g64k, 0x0000000012340000, RW,             0, 0x0060000012340f07 },
	{ &g64k, 0x0000000060000000, RW,             1, 0x0060000060000f05 },
};

TEST_CASE(golden, arm64_leaf)
{
	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		pte_t e;

		arm64_granule = *leaves[i].g;
		e = arch_pte_leaf(leaves[i].pa, leaves[i].prot, leaves[i].level);
		T_EXPECT(r, e == leaves[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)e, (llu)leaves[i].bits);
	}
	arm64_granule = g4k;
	T_EXPECT(r, arch_pte_table(0x0000007654321000, 1) == 0x0000007654321003, "table pointer 0x%llx",
		 (llu)arch_pte_table(0x0000007654321000, 1));
	/* Device memory: AttrIndx 0. Contiguous: bit 52. */
	T_EXPECT(r, arm64_pte_leaf(0x9000000, RW | PROT_G, 1, 0) == 0x0060000009000701, "a Device block 0x%llx",
		 (llu)arm64_pte_leaf(0x9000000, RW | PROT_G, 1, 0));
	T_EXPECT(r, arm64_pte_cont(arch_pte_leaf(0x12340000, RW, 0)) == 0x0070000012340f07, "a contiguous leaf 0x%llx",
		 (llu)arm64_pte_cont(arch_pte_leaf(0x12340000, RW, 0)));
	test_set(r, T_PASS, "%u leaves, a table pointer, a Device block, a contiguous leaf", (unsigned)ARRAY_SIZE(leaves));
}

static const struct golden_word words[] = {
	{ 0x0000000000000000, 0, false, false, 0, 0 },
	{ 0x0060000012345f86, 0, false, false, 0, 0 },
	/* As another kernel may write them: EL0 access, dirty modifier, software bits, contiguous. */
	{ 0x01f8000012345fc7, 0, true,  true,  0x0000000012345000, PROT_R | PROT_SPECIAL },
	{ 0x0048000012345f47, 0, true,  true,  0x0000000012345000, RWX },
	{ 0x0060000012345f05, 0, true,  false, 0x0000000012345000, RW },           /* a block at level 3 is reserved */
	{ 0x0060000040201f05, 1, true,  true,  0x0000000040200000, RW },           /* bit 12 of a block is none of the address */
	{ 0x0040000140000785, 2, true,  true,  0x0000000140000000, RX | PROT_G },
	{ 0x0060000140000f05, 3, true,  false, 0x0000000140000000, RW },           /* no block at level 0 */
	{ 0x0000000012345003, 1, true,  false, 0x0000000012345000, RWX | PROT_G },
};

TEST_CASE(golden, arm64_decode)
{
	golden_decode(r, words, ARRAY_SIZE(words));
}

#define VALE(asid_, va_) { .scope = TLBI_LEAF, .asid = asid_, .va = va_ }
#define WALK(asid_, va_, level_) { .asid = asid_, .va = va_, .level = level_, .walk = true }

static const struct golden_cover covers[] = {
	{ PAGE(1, 0x1000),     LEAF(1, 0x1000, 0),         true },
	{ PAGE(1, 0x1fff),     LEAF(1, 0x1000, 0),         true },
	{ PAGE(1, 0x2000),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(1, 0x0fff),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(2, 0x1000),     LEAF(1, 0x1000, 0),         false },
	{ PAGE(1, 0x3ff000),   LEAF(1, 0x200000, 1),       true },
	{ PAGE(1, 0x400000),   LEAF(1, 0x200000, 1),       false },
	{ PAGE(1, 0x7fffffff), LEAF(1, 0x40000000, 2),     true },
	{ PAGE(2, 0x1000),     GLOBAL(1, 0x1000),          true },
	{ PAGE(2, 0x2000),     GLOBAL(1, 0x1000),          false },
	/* VAE1 takes the table pointers on the way to its address, and no others; VALE1 takes none. */
	{ PAGE(1, 0x40000000), WALK(1, 0x40000000, 1),     true },
	{ PAGE(1, 0x401fffff), WALK(1, 0x40000000, 1),     true },
	{ PAGE(1, 0x40200000), WALK(1, 0x40000000, 1),     false },
	{ PAGE(1, 0x40200000), WALK(1, 0x40000000, 2),     true },
	{ PAGE(2, 0x40000000), WALK(1, 0x40000000, 1),     false },
	{ VALE(1, 0x40000000), WALK(1, 0x40000000, 1),     false },
	{ VALE(1, 0x1000),     LEAF(1, 0x1000, 0),         true },
	{ VALE(1, 0x3ff000),   LEAF(1, 0x200000, 1),       true },
	{ VALE(2, 0x1000),     GLOBAL(1, 0x1000),          true },
	{ VALE(2, 0x1000),     LEAF(1, 0x1000, 0),         false },
	{ ASID(1),             LEAF(1, 0x200000, 1),       true },
	{ ASID(2),             LEAF(1, 0x200000, 1),       false },
	{ ASID(1),             GLOBAL(1, 0x1000),          false },
	{ ASID(1),             WALK(1, 0, 2),              true },
	{ ASID(2),             WALK(1, 0, 2),              false },
	{ ALL,                 LEAF(5, 0x1000, 0),         true },
	{ ALL,                 GLOBAL(5, 0x1000),          true },
	{ ALL_GLOBAL,          WALK(5, 0, 1),              true },
};

TEST_CASE(golden, arm64_covers)
{
	golden_covers(r, covers, ARRAY_SIZE(covers));
}

/* With FEAT_TTL an invalidate of leaves names the level: another one is not found. One of tables names none, and takes all on its way. */
static const struct golden_cover hinted[] = {
	{ VALE(1, 0x1000),     LEAF(1, 0x1000, 0),         true },
	{ VALE(1, 0x3ff000),   LEAF(1, 0x200000, 1),       false },
	{ PAGE(1, 0x3ff000),   LEAF(1, 0x200000, 1),       true },
	{ PAGE(1, 0x40000000), WALK(1, 0x40000000, 1),     true },
};

TEST_CASE(golden, arm64_hint)
{
	arm64_granule = g4k;
	arm64_tlbi.ttl_mask = 15ULL << 44;
	golden_covers(r, hinted, ARRAY_SIZE(hinted));
	T_EXPECT(r, arm64_tlbi_run_va(1, 0x200000, 1, false) == (1ULL << 48 | 6ULL << 44 | 0x200), "a leaf without its level");
	T_EXPECT(r, arm64_tlbi_run_va(1, 0x200000, 1, true) == (1ULL << 48 | 0x200), "a level although a table goes");
	arm64_tlbi.ttl_mask = 0;
}

static const struct {
	const struct arm64_granule *g;
	u64 asid, va;
	unsigned level; /* of the leaf, from 0 up; 9: no hint */
	u64 bits;
} operands[] = {
	/* ASID 63:48, TTL 47:44 (granule, level), VA[55:12] in 43:0 */
	{ &g4k, 0,      0x0000000000001000, 9, 0x0000000000000001 },
	{ &g4k, 0xabcd, 0x0000812345678fff, 9, 0xabcd000812345678 },
	{ &g4k, 0xabcd, 0x0000812345678000, 0, 0xabcd700812345678 },
	{ &g4k, 0x0001, 0x0000812345600000, 1, 0x0001600812345600 },
	{ &g4k, 0x0001, 0x0000812340000000, 2, 0x0001500812340000 },
	{ &g16k, 0x0001, 0x0000812345678000, 0, 0x0001b00812345678 },
	{ &g64k, 0x0001, 0x0000812345670000, 0, 0x0001f00812345670 },
	{ &g64k, 0x0001, 0x0000812360000000, 1, 0x0001e00812360000 },
	/* Bits above VA[55] do not reach TTL. */
	{ &g4k, 0x0001, 0xff00812345678000, 9, 0x0001000812345678 },
};

TEST_CASE(golden, arm64_tlbi_va)
{
	for (unsigned i = 0; i < ARRAY_SIZE(operands); i++) {
		u64 v;

		arm64_granule = *operands[i].g;
		v = arm64_tlbi_va(operands[i].asid, operands[i].va, operands[i].level == 9 ? 0 : arm64_ttl(operands[i].level));
		T_EXPECT(r, v == operands[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)v, (llu)operands[i].bits);
	}
	arm64_granule = g4k;
	T_EXPECT(r, arm64_tlbi_asid(0xabcd) == 0xabcd000000000000, "ASIDE1 0x%llx", (llu)arm64_tlbi_asid(0xabcd));
	test_set(r, T_PASS, "%u operands by address, one by ASID", (unsigned)ARRAY_SIZE(operands));
}

static const struct {
	const struct arm64_granule *g;
	u64 va;
	unsigned scale, num, ttl;
	u64 bits;
} ranges[] = {
	/* ASID 63:48, TG 47:46, SCALE 45:44, NUM 43:39, TTL 38:37, address in granules 36:0 */
	{ &g4k, 0x0000000000001000, 0, 0, 0, 0x0001400000000001 },
	{ &g4k, 0x0000008012345000, 0, 31, 3, 0x00014fe008012345 },
	{ &g4k, 0x0000008012345000, 3, 0, 0, 0x0001700008012345 },
	{ &g4k, 0x0000812345678000, 1, 5, 2, 0x000152c812345678 },
	{ &g16k, 0x0000008012344000, 0, 1, 3, 0x000180e0020048d1 },
	{ &g64k, 0x0000008012340000, 2, 31, 3, 0x0001efe000801234 },
};

TEST_CASE(golden, arm64_tlbi_range)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ranges); i++) {
		u64 v;

		arm64_granule = *ranges[i].g;
		v = arm64_tlbi_range(1, ranges[i].va, ranges[i].scale, ranges[i].num, ranges[i].ttl);
		T_EXPECT(r, v == ranges[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)v, (llu)ranges[i].bits);
	}
	arm64_granule = g4k;
	test_set(r, T_PASS, "%u operands", (unsigned)ARRAY_SIZE(ranges));
}

/* The pieces of a run, first to last: how many pages each covers; 1 is a single page, the rest (NUM + 1) << (5 * SCALE + 1). */
static const struct {
	u64 pages;
	unsigned n;
	struct {
		u64 covers;
		unsigned scale, num;
	} step[6];
} splits[] = {
	{ 1, 1, { { 1, 0, 0 } } },
	{ 2, 1, { { 2, 0, 0 } } },
	{ 3, 2, { { 1, 0, 0 }, { 2, 0, 0 } } },
	{ 62, 1, { { 62, 0, 30 } } },
	{ 64, 1, { { 64, 1, 0 } } },
	{ 65, 2, { { 1, 0, 0 }, { 64, 1, 0 } } },
	{ 512, 1, { { 512, 1, 7 } } },
	{ 1000, 2, { { 40, 0, 19 }, { 960, 1, 14 } } },
	{ 2048, 1, { { 2048, 2, 0 } } },
	{ 65535, 4, { { 1, 0, 0 }, { 62, 0, 30 }, { 1984, 1, 30 }, { 63488, 2, 30 } } },
	{ 65536, 1, { { 65536, 3, 0 } } },
	{ 2097152, 1, { { 2097152, 3, 31 } } },
	{ 2097151, 5, { { 1, 0, 0 }, { 62, 0, 30 }, { 1984, 1, 30 }, { 63488, 2, 30 }, { 2031616, 3, 30 } } },
};

TEST_CASE(golden, arm64_range_split)
{
	for (unsigned i = 0; i < ARRAY_SIZE(splits); i++) {
		u64 left = splits[i].pages;

		for (unsigned k = 0; k < splits[i].n; k++) {
			unsigned scale = 0, num = 0;
			u64 now = arm64_range_step(left, &scale, &num);

			T_EXPECT(r, now == splits[i].step[k].covers, "%llu pages, piece %u: %llu", (llu)splits[i].pages, k, (llu)now);
			T_EXPECT(r, now == 1 || (scale == splits[i].step[k].scale && num == splits[i].step[k].num),
				 "%llu pages, piece %u: scale %u, num %u", (llu)splits[i].pages, k, scale, num);
			left -= now;
		}
		T_EXPECT(r, left == 0, "%llu pages: %llu are left", (llu)splits[i].pages, (llu)left);
	}
	/* Every length: the pieces add up, and none is longer than what is left. */
	for (u64 pages = 1; pages < 70000; pages += 7) {
		u64 left = pages;
		unsigned scale, num, n = 0;

		for (; left; n++) {
			u64 now = arm64_range_step(left, &scale, &num);

			T_EXPECT(r, now && now <= left && n < 6, "%llu pages: a piece of %llu with %llu left", (llu)pages, (llu)now,
				 (llu)left);
			left -= now;
		}
	}
	arm64_tlbi.use_range = true;
	T_EXPECT(r, arch_tlbi_run_ops(2097152 + 65535, 0) == 5 && arch_tlbi_run_ops(1, 1) == 1 && arch_tlbi_run_ops(3, 1) == 1,
		 "operations of a run: %llu, %llu, %llu", (llu)arch_tlbi_run_ops(2097152 + 65535, 0), (llu)arch_tlbi_run_ops(1, 1),
		 (llu)arch_tlbi_run_ops(3, 1));
	arm64_tlbi.use_range = false;
	test_set(r, T_PASS, "%u runs piece by piece, 10000 lengths", (unsigned)ARRAY_SIZE(splits));
}
