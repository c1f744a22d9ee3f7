// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv64 as golden vectors, judged on the host: bits written down from the manual, not computed by the code under test. This
 * file is compiled with the headers of riscv64 instead of the host's (arch/host/arch.mk); it calls pure functions only.
 *
 * Entries: Privileged, 12.3 to 12.6, 14 (Svnapot), 15 (Svpbmt). satp: 12.1.11. What an invalidate removes: 12.2.1. Hart masks: SBI
 * v2.0, 3.1.
 */
#include <string.h>

#include <arch/errata.h>
#include <arch/riscv.h>
#include <arch/sbi.h>

#include "golden.h"

unsigned riscv_pt_levels = 3;
struct riscv_tlbi riscv_tlbi;

static const struct {
	unsigned levels, kernel_slots;
	u64 va;
	unsigned index[5];
} geometry[] = {
	{ 3, 128, 0x0000003456789abc, { 393, 179, 209, 0, 0 } },
	{ 4, 1, 0x00007f3456789abc, { 393, 179, 209, 254, 0 } },
	{ 5, 1, 0x00abcd3456789abc, { 393, 179, 209, 410, 171 } },
};

TEST_CASE(golden, riscv64_geometry)
{
	for (unsigned i = 0; i < ARRAY_SIZE(geometry); i++) {
		riscv_pt_levels = geometry[i].levels;
		T_EXPECT(r, ARCH_PT_LEVELS == geometry[i].levels && ARCH_KERNEL_SLOTS == geometry[i].kernel_slots,
			 "vector %u: %u levels, %u slots", i, ARCH_PT_LEVELS, ARCH_KERNEL_SLOTS);
		for (unsigned level = 0; level < geometry[i].levels; level++) {
			T_EXPECT(r, pt_shift(level) == 12 + 9 * level, "level %u: shift %u", level, pt_shift(level));
			T_EXPECT(r, arch_pt_leaf_ok(level) == (level < 3), "level %u: leaf", level);
			T_EXPECT(r, pt_index(geometry[i].va, level) == geometry[i].index[level], "vector %u, level %u: index %u", i, level,
				 pt_index(geometry[i].va, level));
		}
	}
	riscv_pt_levels = 3;
	test_set(r, T_PASS, "levels, shifts and indices of Sv39, Sv48 and Sv57");
}

static const struct {
	u64 pa;
	unsigned prot, level;
	u64 bits;
} leaves[] = {
	/* PPN from bit 10; D, A, G, (U), X, W, R, V from bit 7 down */
	{ 0x0000000012345000, PROT_R,          0, 0x00000000048d14c3 },
	{ 0x0000000012345000, RW,              0, 0x00000000048d14c7 },
	{ 0x0000000012345000, RX,              0, 0x00000000048d14cb },
	{ 0x0000000012345000, RWX,             0, 0x00000000048d14cf },
	{ 0x0000000012345000, RWX | PROT_G,    0, 0x00000000048d14ef },
	{ 0x0000000012345000, PROT_R | PROT_SPECIAL, 0, 0x00000000048d15c3 },
	{ 0x00fffffffffff000, PROT_R,          0, 0x003ffffffffffcc3 },
	{ 0x0000000080200000, RW,              1, 0x00000000200800c7 },
	{ 0x0000000140000000, RX | PROT_G,     2, 0x00000000500000eb },
	/* Address bits below the leaf's size are none of it. */
	{ 0x0000000012345fff, PROT_R,          0, 0x00000000048d14c3 },
	{ 0x00000000803ff000, RW,              1, 0x00000000200800c7 },
	{ 0x000000017ffff000, RX | PROT_G,     2, 0x00000000500000eb },
};

TEST_CASE(golden, riscv64_leaf)
{
	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		pte_t e = arch_pte_leaf(leaves[i].pa, leaves[i].prot, leaves[i].level);

		T_EXPECT(r, e == leaves[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)e, (llu)leaves[i].bits);
	}
	T_EXPECT(r, arch_pte_table(0x0000007654321000, 1) == 0x0000001d950c8401, "table pointer 0x%llx",
		 (llu)arch_pte_table(0x0000007654321000, 1));
	T_EXPECT(r, arch_pte_table(0x00fffffffffff000, 1) == 0x003ffffffffffc01, "the highest table pointer 0x%llx",
		 (llu)arch_pte_table(0x00fffffffffff000, 1));
	/* N is bit 63; of the PPN bits 3:0 are 1000, whichever page of the run is named. */
	T_EXPECT(r, riscv_pte_napot(arch_pte_leaf(0x12340000, RW, 0)) == 0x80000000048d20c7 &&
		    riscv_pte_napot(arch_pte_leaf(0x1234f000, RW, 0)) == 0x80000000048d20c7, "a NAPOT leaf 0x%llx",
		 (llu)riscv_pte_napot(arch_pte_leaf(0x12340000, RW, 0)));
	/* PBMT is bits 62:61: 01 not cached, 10 I/O. */
	T_EXPECT(r, RISCV_PTE_PBMT_NC == 0x2000000000000000 && RISCV_PTE_PBMT_IO == 0x4000000000000000, "PBMT");
	test_set(r, T_PASS, "%u leaves, two table pointers, NAPOT, PBMT", (unsigned)ARRAY_SIZE(leaves));
}

static const struct golden_word words[] = {
	{ 0x0000000000000000, 0, false, false, 0, 0 },
	{ 0xfffffffffffffffe, 0, false, false, 0, 0 },
	/* As another kernel may write them: user, software bits, A and D clear. */
	{ 0x00000000048d1713, 0, true, true,  0x0000000012345000, PROT_R | PROT_SPECIAL },
	{ 0x00000000048d1417, 1, true, true,  0x0000000012200000, RW },
	/* Execute only; a write right without a read right is reserved, and no leaf. */
	{ 0x00000000048d1409, 0, true, true,  0x0000000012345000, PROT_X },
	{ 0x00000000048d1405, 0, true, false, 0x0000000012345000, PROT_W },
	/* A pointer; at level 0 it is one to nowhere. */
	{ 0x0000001d950c8401, 2, true, false, 0x0000007654321000, 0 },
	{ 0x0000001d950c8401, 0, true, false, 0x0000007654321000, 0 },
	{ 0x0000001d950c8421, 2, true, false, 0x0000007654321000, PROT_G },
	/* A misaligned superpage: what is below its size is none of the address. */
	{ 0x00000000200804c7, 1, true, true,  0x0000000080200000, RW },
	{ 0x00000000500400eb, 2, true, true,  0x0000000140000000, RX | PROT_G },
	{ 0x00000000500000cb, 3, true, false, 0x0000000140000000, RX }, /* no leaf of 512 GiB here */
	/* N at level 0: 64K; above it is reserved, and no part of the address. PBMT and reserved bits are none of it. */
	{ 0x80000000048d20c7, 0, true, true,  0x0000000012340000, RW },
	{ 0x80000000200800c7, 1, true, true,  0x0000000080200000, RW },
	{ 0x40000000048d14c7, 0, true, true,  0x0000000012345000, RW },
	{ 0x7fc00000048d14c3, 0, true, true,  0x0000000012345000, PROT_R },
	{ 0xffffffffffffffff, 0, true, true,  0x00ffffffffff0000, RWX | PROT_G | PROT_SPECIAL },
	{ 0xffffffffffffffff, 2, true, true,  0x00ffffffc0000000, RWX | PROT_G | PROT_SPECIAL },
	{ 0xffffffffffffffff, 4, true, false, 0x00fffffffffff000, RWX | PROT_G | PROT_SPECIAL },
};

TEST_CASE(golden, riscv64_decode)
{
	golden_decode(r, words, ARRAY_SIZE(words));
}

TEST_CASE(golden, riscv64_satp)
{
	static const struct {
		unsigned levels;
		u64 asid, root, bits;
	} vectors[] = {
		{ 3, 0,      0x0000000080a00000, 0x8000000000080a00 },
		{ 4, 1,      0x0000000080a00000, 0x9000100000080a00 },
		{ 5, 0xffff, 0x0000000080a00000, 0xaffff00000080a00 },
		{ 3, 0xabcd, 0x00fffffffffff000, 0x8abcdfffffffffff },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++) {
		u64 v = riscv_satp(vectors[i].levels, vectors[i].asid, vectors[i].root);

		T_EXPECT(r, v == vectors[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)v, (llu)vectors[i].bits);
	}
	test_set(r, T_PASS, "%u values", (unsigned)ARRAY_SIZE(vectors));
}

#define ONE_LEAF(asid_, va_) { .scope = TLBI_LEAF, .asid = asid_, .va = va_ }
#define WALK(asid_, va_, level_) { .asid = asid_, .va = va_, .level = level_, .walk = true }
/* A pointer on the way to a global leaf. */
#define GLOBAL_WALK(asid_, va_, level_) { .asid = asid_, .va = va_, .level = level_, .walk = true, .global = true }

static const struct golden_cover covers[] = {
	/* rs1 and rs2: leaves for the address in the ASID, but no global ones, and nothing of the way. */
	{ ONE_LEAF(1, 0x1000),     LEAF(1, 0x1000, 0),          true },
	{ ONE_LEAF(1, 0x1fff),     LEAF(1, 0x1000, 0),          true },
	{ ONE_LEAF(1, 0x2000),     LEAF(1, 0x1000, 0),          false },
	{ ONE_LEAF(1, 0x0fff),     LEAF(1, 0x1000, 0),          false },
	{ ONE_LEAF(2, 0x1000),     LEAF(1, 0x1000, 0),          false },
	{ ONE_LEAF(1, 0x3ff000),   LEAF(1, 0x200000, 1),        true },
	{ ONE_LEAF(1, 0x400000),   LEAF(1, 0x200000, 1),        false },
	{ ONE_LEAF(1, 0x7fffffff), LEAF(1, 0x40000000, 2),      true },
	{ ONE_LEAF(1, 0x1000),     GLOBAL(1, 0x1000),           false },
	{ ONE_LEAF(1, 0x40000000), WALK(1, 0x40000000, 1),      false },
	{ ONE_LEAF(1, 0x40000000), WALK(1, 0x40000000, 2),      false },
	/* rs2 alone: all of the ASID, the way too; global ones stay. */
	{ ASID(1),                 LEAF(1, 0x200000, 1),        true },
	{ ASID(2),                 LEAF(1, 0x200000, 1),        false },
	{ ASID(1),                 GLOBAL(1, 0x1000),           false },
	{ ASID(1),                 WALK(1, 0, 2),               true },
	{ ASID(2),                 WALK(1, 0, 2),               false },
	{ ASID(1),                 GLOBAL_WALK(1, 0, 2),        true },
	/* There is no form of a page and its way: what is issued for it is one of the ASID. */
	{ PAGE(1, 0x1000),         LEAF(1, 0x1000, 0),          true },
	{ PAGE(1, 0x2000),         LEAF(1, 0x1000, 0),          true },
	{ PAGE(2, 0x1000),         LEAF(1, 0x1000, 0),          false },
	{ PAGE(1, 0x40200000),     WALK(1, 0x40000000, 1),      true },
	{ PAGE(2, 0x40000000),     WALK(1, 0x40000000, 1),      false },
	{ PAGE(1, 0x1000),         GLOBAL(1, 0x1000),           false },
	/* Neither: everything. */
	{ ALL,                     LEAF(5, 0x1000, 0),          true },
	{ ALL,                     GLOBAL(5, 0x1000),           true },
	{ ALL,                     WALK(5, 0, 2),               true },
	{ ALL_GLOBAL,              WALK(5, 0, 1),               true },
};

TEST_CASE(golden, riscv64_covers)
{
	golden_covers(r, covers, ARRAY_SIZE(covers));
}

/* --- masks of harts --- */

#define MAX_HARTS 130
#define MAX_MASKS 8

static struct {
	u64 hart[MAX_HARTS]; /* of each CPU */
	struct sbi_mask mask[MAX_MASKS];
	unsigned n;
} masks;

static u64 hart_of(unsigned cpu)
{
	return masks.hart[cpu];
}

static void keep(const struct sbi_mask *m, const void *arg)
{
	if (masks.n < MAX_MASKS)
		masks.mask[masks.n] = *m;
	masks.n++;
	(void)arg;
}

/* CPUs 0 to @nr - 1, but those of @without: their harts, and the masks of them. */
static const struct split {
	const char *what;
	unsigned nr;
	u64 first;
	s64 step;
	const u64 *harts; /* instead of first and step */
	u64 without;
	unsigned n;
	struct sbi_mask masks[4];
} splits[] = {
	{ .what = "nobody", .n = 0 },
	{ .what = "130 in a row", .nr = 130, .step = 1, .n = 3, .masks = { { ~0ULL, 0 }, { ~0ULL, 64 }, { 3, 128 } } },
	{ .what = "130 falling", .nr = 130, .first = 129, .step = -1, .n = 3, .masks = { { ~0ULL, 66 }, { ~0ULL, 2 }, { 3, 0 } } },
	{ .what = "the boot hart is 3", .nr = 4, .harts = (const u64[]){ 3, 1, 2, 4 }, .n = 1, .masks = { { 0xf, 1 } } },
	{ .what = "without it", .nr = 4, .harts = (const u64[]){ 3, 1, 2, 4 }, .without = 1, .n = 1, .masks = { { 0xb, 1 } } },
	{ .what = "64 apart", .nr = 3, .first = 5, .step = 64, .n = 3, .masks = { { 1, 5 }, { 1, 69 }, { 1, 133 } } },
	{ .what = "a socket each", .nr = 3, .step = 0x1000000, .n = 3, .masks = { { 1, 0 }, { 1, 0x1000000 }, { 1, 0x2000000 } } },
	{ .what = "sparse", .nr = 5, .harts = (const u64[]){ 1, 64, 65, 0x100000000, 2 }, .n = 4,
	  .masks = { { 1ULL << 63 | 1, 1 }, { 1, 65 }, { 1, 0x100000000 }, { 1, 2 } } },
	{ .what = "down by 63, and one too many", .nr = 3, .harts = (const u64[]){ 63, 0, 64 }, .n = 2,
	  .masks = { { 1ULL << 63 | 1, 0 }, { 1, 64 } } },
};

TEST_CASE(golden, riscv64_hart_masks)
{
	const unsigned words = nr_cpu_words;

	for (unsigned i = 0; i < ARRAY_SIZE(splits); i++) {
		const struct split *s = &splits[i];
		struct cpumask to = { { 0 } };
		unsigned n;

		for (unsigned cpu = 0; cpu < s->nr; cpu++) {
			masks.hart[cpu] = s->harts ? s->harts[cpu] : s->first + (u64)(cpu * s->step);
			cpumask_set(&to, cpu);
		}
		to.w[0] &= ~s->without;
		masks.n = 0;
		nr_cpu_words = CPUMASK_WORDS;
		n = sbi_each_mask(&to, hart_of, keep, NULL);
		nr_cpu_words = words;
		T_EXPECT(r, n == s->n && masks.n == s->n, "%s: says %u masks and makes %u, instead of %u", s->what, n, masks.n, s->n);
		for (unsigned k = 0; k < n; k++)
			T_EXPECT(r, masks.mask[k].mask == s->masks[k].mask && masks.mask[k].base == s->masks[k].base,
				 "%s: mask %u is 0x%llx from %llu on", s->what, k, (llu)masks.mask[k].mask, (llu)masks.mask[k].base);
	}
	test_set(r, T_PASS, "%u sets of harts", (unsigned)ARRAY_SIZE(splits));
}

/* One hart more: whether it fits, and what the mask is then. */
TEST_CASE(golden, riscv64_mask_add)
{
	static const struct {
		struct sbi_mask before;
		u64 hart;
		bool fits;
		struct sbi_mask after;
	} vectors[] = {
		{ { 0, 0 },           7,  true,  { 1, 7 } },
		{ { 0, 99 },          7,  true,  { 1, 7 } },
		{ { 1, 7 },           7,  true,  { 1, 7 } },
		{ { 1, 7 },           70, true,  { 1ULL << 63 | 1, 7 } },
		{ { 1, 7 },           71, false, { 1, 7 } },
		{ { 1, 7 },           6,  true,  { 3, 6 } },
		{ { 1, 70 },          7,  true,  { 1ULL << 63 | 1, 7 } },
		{ { 1, 71 },          7,  false, { 1, 71 } },
		{ { 2, 70 },          7,  false, { 2, 70 } },
		{ { 1ULL << 63, 8 },  7,  false, { 1ULL << 63, 8 } },
		{ { 1ULL << 62, 8 },  7,  true,  { 1ULL << 63 | 1, 7 } },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct sbi_mask m = vectors[i].before;
		bool fits = sbi_mask_add(&m, vectors[i].hart);

		T_EXPECT(r, fits == vectors[i].fits, "vector %u: fits %d", i, fits);
		T_EXPECT(r, m.mask == vectors[i].after.mask && m.base == vectors[i].after.base, "vector %u: 0x%llx from %llu on", i,
			 (llu)m.mask, (llu)m.base);
	}
	test_set(r, T_PASS, "%u harts", (unsigned)ARRAY_SIZE(vectors));
}

/* --- errata --- */

TEST_CASE(golden, riscv64_cip_1200)
{
	static const struct {
		u64 vendor, arch, impl;
		bool affected;
	} vectors[] = {
		{ 0x489, 0x8000000000000007, 0x20181004, true },  /* HiFive Unmatched and Unleashed */
		{ 0x489, 0x8000000000000007, 0x00200630, true },
		{ 0x489, 0x8000000000000007, 0x00200631, false },
		{ 0x489, 0x8000000000000007, 0x01200626, false }, /* the one before it that is mended */
		{ 0x489, 0x8000000000000007, 0x02200626, true },
		{ 0x489, 0x8000000000000007, 0x04210427, false }, /* VisionFive 2 */
		{ 0x489, 0x0000000000000001, 0x00000000, true },
		{ 0x489, 0x8000000000000001, 0x20181004, false }, /* another core */
		{ 0x489, 0x8000000000000008, 0x20181004, false },
		{ 0x5b7, 0x8000000000000007, 0x20181004, false }, /* another vendor */
		{ 0x000, 0x0000000000000000, 0x00000000, false },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++)
		T_EXPECT(r, riscv_has_cip_1200(vectors[i].vendor, vectors[i].arch, vectors[i].impl) == vectors[i].affected,
			 "vector %u: expected %d", i, vectors[i].affected);
	test_set(r, T_PASS, "%u machines", (unsigned)ARRAY_SIZE(vectors));
}
