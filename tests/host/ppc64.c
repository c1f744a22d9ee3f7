// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64 as golden vectors, judged on the host: bits written down from the manual, not computed by the code under test. This file is
 * compiled with the headers of ppc64 instead of the host's (arch/host/arch.mk); it calls pure functions only.
 *
 * Entries: Power ISA 3.0B, Book III, 5.7.10. What an invalidate removes, and operands: 5.9.3.3. The manual's doublewords are
 * big-endian; BE() makes of one what this machine loads.
 */
#include <string.h>

#include "golden.h"

#define BE(x) __builtin_bswap64(x)
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "BE()");

struct ppc64_radix ppc64_radix = PPC64_RADIX_4K;
struct ppc64_tlbi ppc64_tlbi;
struct ppc64_hash ppc64_hash;

static const struct ppc64_radix r4k = PPC64_RADIX_4K, r64k = PPC64_RADIX_64K;

static const struct {
	const struct ppc64_radix *g;
	unsigned shift[5];
	u64 va;
	unsigned index[4];
} geometry[] = {
	/* 52 bits: 0x000f_3456_789a_bcde */
	{ &r4k, { 12, 21, 30, 39, 52 }, 0x000f3456789abcde, { 427, 452, 345, 7784 } },
	{ &r64k, { 16, 21, 30, 39, 52 }, 0x000f3456789abcde, { 26, 452, 345, 7784 } },
};

TEST_CASE(golden, ppc64_geometry)
{
	for (unsigned i = 0; i < ARRAY_SIZE(geometry); i++) {
		ppc64_radix = *geometry[i].g;
		T_EXPECT(r, ARCH_PT_LEVELS == 4, "tree %u: %u levels", i, ARCH_PT_LEVELS);
		for (unsigned level = 0; level <= 4; level++)
			T_EXPECT(r, pt_shift(level) == geometry[i].shift[level], "tree %u, level %u: shift %u", i, level,
				 pt_shift(level));
		for (unsigned level = 0; level < 4; level++) {
			T_EXPECT(r, arch_pt_leaf_ok(level) == (level < 3), "tree %u, level %u: leaf", i, level);
			T_EXPECT(r, pt_shift(level) + arch_pt_bits(level) == pt_shift(level + 1), "tree %u, level %u: %u bits", i,
				 level, arch_pt_bits(level));
			T_EXPECT(r, pt_index(geometry[i].va, level) == geometry[i].index[level], "tree %u, level %u: index %u", i,
				 level, pt_index(geometry[i].va, level));
		}
	}
	ppc64_radix = r4k;
	T_EXPECT(r, (u64)arch_phys_to_virt(0x12345678) == 0xc000000012345678, "memory is at %p", arch_phys_to_virt(0x12345678));
	T_EXPECT(r, arch_virt_to_phys((void *)0xc000000012345678) == 0x12345678, "address 0x%llx",
		 (llu)arch_virt_to_phys((void *)0xc000000012345678));
	test_set(r, T_PASS, "shifts and indices of two trees; memory in quadrant 3");
}

static const struct {
	const struct ppc64_radix *g;
	u64 pa;
	unsigned prot, level;
	u64 bits;
} leaves[] = {
	/* V, leaf; R, C; privileged, read, read/write, execute */
	{ &r4k, 0x0000000012345000, PROT_R,          0, 0xc00000001234518c },
	{ &r4k, 0x0000000012345000, RW,              0, 0xc00000001234518e },
	{ &r4k, 0x0000000012345000, RX,              0, 0xc00000001234518d },
	{ &r4k, 0x0000000012345000, RWX,             0, 0xc00000001234518f },
	{ &r4k, 0x0000000012345000, RWX | PROT_G,    0, 0xc00000001234598f },
	{ &r4k, 0x0000000012345000, PROT_R | PROT_SPECIAL, 0, 0xc00000001234558c },
	{ &r4k, 0x01fffffffffff000, PROT_R,          0, 0xc1fffffffffff18c },
	{ &r4k, 0xfffffffffffff000, PROT_R,          0, 0xc1fffffffffff18c },
	{ &r4k, 0x0000000040200000, RW,              1, 0xc00000004020018e },
	{ &r4k, 0x0000000140000000, RX,              2, 0xc00000014000018d },
	/* Address bits below the leaf's size are none of it. */
	{ &r4k, 0x0000000040201000, RW,              1, 0xc00000004020018e },
	{ &r64k, 0x0000000012340000, RW,             0, 0xc00000001234018e },
	{ &r64k, 0x0000000012345000, RW,             0, 0xc00000001234018e },
	{ &r64k, 0x0000000040200000, RW,             1, 0xc00000004020018e },
};

static const struct {
	const struct ppc64_radix *g;
	u64 pa;
	unsigned level;
	u64 bits;
} tables[] = {
	/* V; NLB; NLS: 9 bits, and 5 of a table of 64K pages */
	{ &r4k, 0x0000007654321000, 1, 0x8000007654321009 },
	{ &r4k, 0x0000007654321000, 3, 0x8000007654321009 },
	{ &r4k, 0x0ffffffffffff000, 2, 0x8ffffffffffff009 },
	{ &r64k, 0x0000007654320000, 1, 0x8000007654320005 },
	{ &r64k, 0x0000007654320000, 2, 0x8000007654320009 },
	{ &r64k, 0x0000007654320000, 3, 0x8000007654320009 },
};

TEST_CASE(golden, ppc64_leaf)
{
	static const u8 in_memory[8] = { 0xc0, 0x00, 0x00, 0x00, 0x12, 0x34, 0x51, 0x8e };
	pte_t e;

	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		ppc64_radix = *leaves[i].g;
		e = arch_pte_leaf(leaves[i].pa, leaves[i].prot, leaves[i].level);
		T_EXPECT(r, BE(e) == leaves[i].bits, "vector %u: 0x%llx instead of 0x%llx", i, (llu)BE(e), (llu)leaves[i].bits);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(tables); i++) {
		ppc64_radix = *tables[i].g;
		e = arch_pte_table(tables[i].pa, tables[i].level);
		T_EXPECT(r, BE(e) == tables[i].bits, "table %u: 0x%llx instead of 0x%llx", i, (llu)BE(e), (llu)tables[i].bits);
	}
	for (unsigned prot = 0; prot < 16; prot++)
		for (unsigned level = 0; level < 3; level++) {
			e = arch_pte_leaf(0x40000000, prot, level) & ppc64_pte_leaf(0x40000000, prot, level, PPC64_PTE_IO);
			T_EXPECT(r, (BE(e) & 0x180) == 0x180, "rights 0x%x, level %u: R or C is clear", prot, level);
		}
	ppc64_radix = r4k;
	e = arch_pte_leaf(0x12345000, RW, 0);
	T_EXPECT(r, !memcmp(&e, in_memory, sizeof(e)), "in memory the bytes are not big-endian");
	e = ppc64_pte_leaf(0x60300000000, RW, 1, PPC64_PTE_IO);
	T_EXPECT(r, BE(e) == 0xc0000603000001ae, "I/O: 0x%llx", (llu)BE(e));
	test_set(r, T_PASS, "%u leaves, %u table pointers, one of I/O; bytes in memory", (unsigned)ARRAY_SIZE(leaves),
		 (unsigned)ARRAY_SIZE(tables));
}

static const struct golden_word words[] = {
	{ BE(0x0000000000000000), 0, false, false, 0, 0 },
	{ BE(0x400000001234518e), 0, false, false, 0, 0 },
	/* As another kernel may write them: user mode, software bits, R and C clear, reserved bits. */
	{ BE(0xc000000012345004), 0, true,  true,  0x0000000012345000, PROT_R },
	{ BE(0xe000000012345786), 0, true,  true,  0x0000000012345000, RW | PROT_SPECIAL },
	{ BE(0xfe00000012345e42), 0, true,  true,  0x0000000012345000, RW | PROT_G | PROT_SPECIAL }, /* read/write reads by itself */
	{ BE(0xc000000012345001), 0, true,  true,  0x0000000012345000, PROT_X },
	{ BE(0xc000000040201fbf), 1, true,  true,  0x0000000040200000, RWX | PROT_G | PROT_SPECIAL },
	{ BE(0xc00000017fe0018d), 2, true,  true,  0x0000000140000000, RX },
	{ BE(0xc00000800000018e), 3, true,  false, 0x0000008000000000, RW },          /* no leaf of 512 GiB */
	{ BE(0x8000000012345009), 1, true,  false, 0x0000000012345000, 0 },
	{ BE(0x800000001234518f), 0, true,  false, 0x0000000012345000, 0 },           /* a directory entry at level 0 */
	{ 0x00000000000000c0,     0, true,  true,  0, 0 },
	{ 0xc000000000000000,     0, false, false, 0, 0 },
};

TEST_CASE(golden, ppc64_decode)
{
	golden_decode(r, words, ARRAY_SIZE(words));
}

#define OP(scope_, asid_, va_, level_) { .scope = scope_, .asid = asid_, .va = va_, .level = level_ }
#define WALK(asid_, va_, level_) { .asid = asid_, .va = va_, .level = level_, .walk = true }

static const struct golden_cover covers[] = {
	{ OP(TLBI_LEAF, 1, 0x1000, 0),     LEAF(1, 0x1000, 0),         true },
	{ OP(TLBI_LEAF, 1, 0x1fff, 0),     LEAF(1, 0x1000, 0),         true },
	{ OP(TLBI_LEAF, 1, 0x2000, 0),     LEAF(1, 0x1000, 0),         false },
	{ OP(TLBI_LEAF, 1, 0x0fff, 0),     LEAF(1, 0x1000, 0),         false },
	{ OP(TLBI_LEAF, 2, 0x1000, 0),     LEAF(1, 0x1000, 0),         false },
	/* AP: of its size only. */
	{ OP(TLBI_LEAF, 1, 0x3ff000, 1),   LEAF(1, 0x200000, 1),       true },
	{ OP(TLBI_LEAF, 1, 0x3ff000, 0),   LEAF(1, 0x200000, 1),       false },
	{ OP(TLBI_LEAF, 1, 0x1000, 1),     LEAF(1, 0x1000, 0),         false },
	{ OP(TLBI_LEAF, 1, 0x7fffffff, 2), LEAF(1, 0x40000000, 2),     true },
	{ OP(TLBI_LEAF, 1, 0x7fffffff, 1), LEAF(1, 0x40000000, 2),     false },
	/* The kernel's entries are those of PID 0, whatever their mark. */
	{ OP(TLBI_LEAF, 2, 0x1000, 0),     GLOBAL(1, 0x1000),          false },
	{ OP(TLBI_LEAF, 1, 0x1000, 0),     GLOBAL(1, 0x1000),          true },
	/* A table was freed: every page-walk cache entry of the PID, and the page. */
	{ OP(TLBI_LEAF, 1, 0x40000000, 0), WALK(1, 0x40000000, 1),     false },
	{ OP(TLBI_PAGE, 1, 0x40000000, 0), WALK(1, 0x40000000, 1),     true },
	{ OP(TLBI_PAGE, 1, 0x1000, 0),     WALK(1, 0x40000000, 2),     true },
	{ OP(TLBI_PAGE, 2, 0x40000000, 0), WALK(1, 0x40000000, 1),     false },
	{ OP(TLBI_PAGE, 1, 0x1000, 0),     LEAF(1, 0x1000, 0),         true },
	{ OP(TLBI_PAGE, 1, 0x2000, 0),     LEAF(1, 0x1000, 0),         false },
	{ OP(TLBI_PAGE, 1, 0x200000, 0),   LEAF(1, 0x200000, 1),       false },
	{ ASID(1),                         LEAF(1, 0x200000, 1),       true },
	{ ASID(2),                         LEAF(1, 0x200000, 1),       false },
	{ ASID(1),                         GLOBAL(1, 0x1000),          true },
	{ ASID(2),                         GLOBAL(1, 0x1000),          false },
	{ ASID(1),                         WALK(1, 0, 2),              true },
	{ ASID(2),                         WALK(1, 0, 2),              false },
	{ ALL,                             LEAF(5, 0x1000, 0),         true },
	{ ALL,                             GLOBAL(5, 0x1000),          true },
	{ ALL_GLOBAL,                      WALK(5, 0, 1),              true },
};

TEST_CASE(golden, ppc64_covers)
{
	golden_covers(r, covers, ARRAY_SIZE(covers));
}

static const struct {
	const struct ppc64_radix *g;
	u64 pid, va;
	unsigned level;
	u64 rb, rs;
} pages[] = {
	/* RB: EPN 0:51, IS 52:53 clear, AP 56:58: 4K 000, 64K 101, 2M 001, 1G 010. RS: PID 0:31. */
	{ &r4k, 0x12345, 0x0000812345678fff, 0, 0x0000812345678000, 0x0001234500000000 },
	{ &r64k, 0x12345, 0x0000812345670000, 0, 0x00008123456700a0, 0x0001234500000000 },
	{ &r4k, 1, 0x0000812345600000, 1, 0x0000812345600020, 0x0000000100000000 },
	{ &r64k, 1, 0x0000812345600000, 1, 0x0000812345600020, 0x0000000100000000 },
	{ &r4k, 1, 0x0000812340000000, 2, 0x0000812340000040, 0x0000000100000000 },
	{ &r4k, 0, 0xc000000040000000, 2, 0xc000000040000040, 0 },
};

static const struct {
	enum ppc64_is is;
	unsigned set;
	u64 rb;
} wholes[] = {
	{ IS_PID, 0, 0x400 },
	{ IS_PID, 127, 0x7f400 },
	{ IS_LPID, 0, 0x800 },
	{ IS_LPID, 1, 0x1800 },
	{ IS_ALL, 0, 0xc00 },
	{ IS_ALL, 127, 0x7fc00 },
};

TEST_CASE(golden, ppc64_tlbie)
{
	struct ppc64_tlbie op;

	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
		ppc64_radix = *pages[i].g;
		op = ppc64_tlbie_page(pages[i].pid, pages[i].va, pages[i].level);
		T_EXPECT(r, op.rb == pages[i].rb && op.rs == pages[i].rs && op.ric == 0, "vector %u: RB 0x%llx, RS 0x%llx, RIC %u", i,
			 (llu)op.rb, (llu)op.rs, op.ric);
	}
	ppc64_radix = r4k;
	for (unsigned i = 0; i < ARRAY_SIZE(wholes); i++)
		T_EXPECT(r, ppc64_rb_is(wholes[i].is, wholes[i].set) == wholes[i].rb, "IS %u, set %u: RB 0x%llx", wholes[i].is,
			 wholes[i].set, (llu)ppc64_rb_is(wholes[i].is, wholes[i].set));
	op = ppc64_tlbie_pid(0xabcd, RIC_PWC);
	T_EXPECT(r, op.rb == 0x400 && op.rs == 0x0000abcd00000000 && op.ric == 1, "page-walk cache: RB 0x%llx, RS 0x%llx, RIC %u",
		 (llu)op.rb, (llu)op.rs, op.ric);
	T_EXPECT(r, ppc64_tlbie_pid(1, RIC_ALL).ric == 2, "everything of a PID: RIC %u", ppc64_tlbie_pid(1, RIC_ALL).ric);
	T_EXPECT(r, ppc64_rs(0x2, 0x7) == 0x0000000200000007, "PID and LPID: 0x%llx", (llu)ppc64_rs(2, 7));
	test_set(r, T_PASS, "%u operands of a page, %u of more", (unsigned)ARRAY_SIZE(pages), (unsigned)ARRAY_SIZE(wholes) + 3);
}

static const struct {
	u64 pvr;
	unsigned quirks;
} cpus[] = {
	{ 0x004e0200, 3 }, { 0x004e1202, 3 }, { 0x004e0203, 1 }, { 0x004e1203, 1 }, /* Nimbus; bit 12: of 12 small cores */
	{ 0x004e2102, 3 }, { 0x004e2103, 1 },                                       /* Cumulus */
	{ 0x004e4100, 3 }, { 0x004e8200, 3 },                                       /* not known to be mended */
	{ 0x004d0200, 0 }, { 0x00800100, 0 }, { 0x00801200, 0 }, { 0x00820100, 0 }, /* POWER8, 10, 11 */
};

/* What follows, by quirks, a page, a run that ends with it, and a whole PID. */
static const struct {
	unsigned quirks;
	bool pid, many;
	unsigned n;
	struct ppc64_tlbie out[2];
} fixups[] = {
	{ 0, false, false, 0, { { 0 } } },
	{ QUIRK_ERAT, false, false, 1, { { 0x7654321000, 0, RIC_TLB } } },
	{ QUIRK_ERAT, false, true, 1, { { 0x400, 0, RIC_TLB } } },
	{ QUIRK_ERAT, true, false, 1, { { 0x400, 0, RIC_TLB } } },
	{ QUIRK_STQ, false, false, 1, { { 0x7654321000, 0x500000000, RIC_TLB } } },
	{ QUIRK_STQ, false, true, 1, { { 0x7654321000, 0x500000000, RIC_TLB } } },
	{ QUIRK_STQ, true, false, 1, { { 0x000ffffffffff0a0, 0x500000000, RIC_TLB } } },
	{ QUIRK_ERAT | QUIRK_STQ, false, false, 2, { { 0x7654321000, 0, RIC_TLB }, { 0x7654321000, 0x500000000, RIC_TLB } } },
	{ QUIRK_ERAT | QUIRK_STQ, true, false, 2, { { 0x400, 0, RIC_TLB }, { 0x000ffffffffff0a0, 0x500000000, RIC_TLB } } },
};

TEST_CASE(golden, ppc64_quirks)
{
	for (unsigned i = 0; i < ARRAY_SIZE(cpus); i++)
		T_EXPECT(r, ppc64_quirks_of(cpus[i].pvr) == cpus[i].quirks, "PVR 0x%llx: quirks %u", (llu)cpus[i].pvr,
			 ppc64_quirks_of(cpus[i].pvr));
	for (unsigned i = 0; i < ARRAY_SIZE(fixups); i++) {
		struct ppc64_tlbie last = fixups[i].pid ? ppc64_tlbie_pid(5, RIC_ALL) : ppc64_tlbie_page(5, 0x7654321000, 0), out[2];
		unsigned n = ppc64_fixups(fixups[i].quirks, &last, fixups[i].many, out);

		T_EXPECT(r, n == fixups[i].n, "vector %u: %u fixups", i, n);
		for (unsigned k = 0; k < n; k++)
			T_EXPECT(r, out[k].rb == fixups[i].out[k].rb && out[k].rs == fixups[i].out[k].rs && out[k].ric == RIC_TLB,
				 "vector %u, fixup %u: RB 0x%llx, RS 0x%llx, RIC %u", i, k, (llu)out[k].rb, (llu)out[k].rs, out[k].ric);
	}
	T_EXPECT(r, ppc64_run_ops(0, 33, false) == 33 && ppc64_run_ops(0, 33, true) == 34 && ppc64_run_ops(3, 1, false) == 3 &&
		 ppc64_run_ops(QUIRK_STQ, 2, true) == 4 && ppc64_run_ops(3, 0, true) == 1, "instructions of a run");
	test_set(r, T_PASS, "%u CPUs, %u fixups", (unsigned)ARRAY_SIZE(cpus), (unsigned)ARRAY_SIZE(fixups));
}

static const struct {
	const struct ppc64_radix *g;
	u64 va, nr;
	unsigned level;
	bool tables;
	u64 type, sizes, end;
} calls[] = {
	{ &r4k, 0x7654321000, 1, 0, false, 2, 1, 0x7654322000 },
	{ &r4k, 0x7654321000, 33, 0, true, 6, 1, 0x7654342000 },
	{ &r64k, 0x7654320000, 2, 0, false, 2, 2, 0x7654340000 },
	{ &r64k, 0x7654200000, 1, 1, false, 2, 4, 0x7654400000 },
	{ &r4k, 0x7640000000, 3, 2, false, 2, 8, 0x7700000000 },
};

TEST_CASE(golden, ppc64_rpt)
{
	struct ppc64_rpt all = ppc64_rpt_pid(9);

	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
		struct ppc64_rpt got;

		ppc64_radix = *calls[i].g;
		got = ppc64_rpt_run(9, calls[i].va, calls[i].nr, calls[i].level, calls[i].tables);
		T_EXPECT(r, got.pid == 9 && got.target == 1 && got.start == calls[i].va, "vector %u: PID %llu, target %llu, from 0x%llx", i,
			 (llu)got.pid, (llu)got.target, (llu)got.start);
		T_EXPECT(r, got.type == calls[i].type && got.sizes == calls[i].sizes && got.end == calls[i].end,
			 "vector %u: type %llu, sizes %llu, to 0x%llx", i, (llu)got.type, (llu)got.sizes, (llu)got.end);
	}
	ppc64_radix = r4k;
	T_EXPECT(r, all.target == 1 && all.type == 14 && all.sizes == ~0ULL && all.start == 0 && all.end == ~0ULL,
		 "whole PID: target %llu, type %llu, sizes 0x%llx", (llu)all.target, (llu)all.type, (llu)all.sizes);
	test_set(r, T_PASS, "%u ranges and a whole PID", (unsigned)ARRAY_SIZE(calls));
}

/* --- hashed translation: Power ISA 3.0B, Book III, 5.7.8, 5.7.9, 5.9.3 --- */

static const struct ppc64_hash_size h4k = { 12, 0, 0 }, h64k = { 16, 0x110, 1 }, h16m = { 24, 0x100, 0 };

/* Segment 1 of the space 5, whose VSID is 0x1005. */
#define HASH_EA 0x0000018012345678
#define HASH_VPN 0x10058012345

TEST_CASE(golden, ppc64_vpn)
{
	T_EXPECT(r, ppc64_vsid(5, HASH_EA) == 0x1005, "VSID 0x%llx", (llu)ppc64_vsid(5, HASH_EA));
	T_EXPECT(r, ppc64_vpn(5, HASH_EA) == HASH_VPN, "VPN 0x%llx", (llu)ppc64_vpn(5, HASH_EA));
	T_EXPECT(r, ppc64_vpn_id(HASH_VPN) == 5, "ID %llu", (llu)ppc64_vpn_id(HASH_VPN));
	T_EXPECT(r, ppc64_vpn_ea(HASH_VPN) == 0x18012345000, "EA 0x%llx", (llu)ppc64_vpn_ea(HASH_VPN));
	T_EXPECT(r, ppc64_vsid(0, 0xc000000000000000) == 0, "the kernel's VSID is 0x%llx", (llu)ppc64_vsid(0, 0xc000000000000000));
	/* The last segment of 52 bits, the last space of 12. */
	T_EXPECT(r, ppc64_vsid(0xfff, 0x000fffffffffffff) == 0xffffff, "VSID 0x%llx", (llu)ppc64_vsid(0xfff, 0x000fffffffffffff));
	T_EXPECT(r, ppc64_hash_of(HASH_VPN, 12) == 0x2002013340, "hash of a 4K page: 0x%llx", (llu)ppc64_hash_of(HASH_VPN, 12));
	/* The page's number is that of its size. */
	T_EXPECT(r, ppc64_hash_of(HASH_VPN, 16) == 0x200a800231, "hash of a 64K page: 0x%llx", (llu)ppc64_hash_of(HASH_VPN, 16));
	T_EXPECT(r, ppc64_slb_rs(0x1005, 0x110) == 0x4000001005000110, "slbmte RS 0x%llx", (llu)ppc64_slb_rs(0x1005, 0x110));
	T_EXPECT(r, ppc64_slb_rb(HASH_EA, 3) == 0x10008000003, "slbmte RB 0x%llx", (llu)ppc64_slb_rb(HASH_EA, 3));
	test_set(r, T_PASS, "VSIDs, VPNs and back, hashes, SLB entries");
}

static const struct {
	const struct ppc64_hash_size *s;
	u64 vpn, pa;
	unsigned prot;
	u64 v, second, v3, r3, rb;
} hptes[] = {
	/* B, AVPN, V; RPN, R, C, M, N, PP */
	{ &h4k, HASH_VPN, 0x12345000, RW, 0x4000001005801201, 0x12345194, 0x0000001005801201, 0x0400000012345194, 0x10058012345100 },
	{ &h4k, HASH_VPN, 0x12345000, RX, 0x4000001005801201, 0x12345193, 0x0000001005801201, 0x0400000012345193, 0x10058012345100 },
	{ &h4k, HASH_VPN, 0x12345000, PROT_R, 0x4000001005801201, 0x12345197, 0x0000001005801201, 0x0400000012345197, 0x10058012345100 },
	/* L; LP in the lowest bits of RPN, and in RB with AVAL and L. */
	{ &h64k, HASH_VPN, 0x12345000, RW, 0x4000001005801205, 0x12341194, 0x0000001005801205, 0x0400000012341194, 0x10058012341145 },
	/* An AVPN of 16M has no bit 23 of the address. */
	{ &h16m, 0x10058012800, 0x12000000, RWX, 0x4000001005801205, 0x12000190, 0x0000001005801205, 0x0400000012000190, 0x10058012000101 },
};

TEST_CASE(golden, ppc64_hpte)
{
	for (unsigned i = 0; i < ARRAY_SIZE(hptes); i++) {
		u64 v = ppc64_hpte_v(hptes[i].vpn, hptes[i].s), second = ppc64_hpte_r(hptes[i].pa, hptes[i].prot, hptes[i].s);

		T_EXPECT(r, v == hptes[i].v, "entry %u: first word 0x%llx", i, (llu)v);
		T_EXPECT(r, second == hptes[i].second, "entry %u: second word 0x%llx", i, (llu)second);
		T_EXPECT(r, ppc64_hpte3_v(v) == hptes[i].v3, "entry %u of ISA 3.0: first word 0x%llx", i, (llu)ppc64_hpte3_v(v));
		T_EXPECT(r, ppc64_hpte3_r(v, second) == hptes[i].r3, "entry %u of ISA 3.0: second word 0x%llx", i,
			 (llu)ppc64_hpte3_r(v, second));
		T_EXPECT(r, ppc64_hash_rb(hptes[i].vpn, hptes[i].s) == hptes[i].rb, "entry %u: RB of tlbie 0x%llx", i,
			 (llu)ppc64_hash_rb(hptes[i].vpn, hptes[i].s));
	}
	test_set(r, T_PASS, "HPTEs of three sizes in both forms, and their tlbie");
}

/* Of a hashed table the whole range of the leaf goes, of whatever size its pages are. */
TEST_CASE(golden, ppc64_hash_covers)
{
	const struct tlb_entry page = { .asid = 5, .va = 0x8000212000, .level = 0 }, leaf = { .asid = 5, .va = 0x8000200000, .level = 1 };
	struct tlbi_op op = { .scope = TLBI_LEAF, .asid = 5, .va = 0x8000200000, .level = 1 };
	bool all, small, radix;

	ppc64_radix = r4k;
	radix = arch_tlbi_covers(&op, &page);
	ppc64_hash.on = true;
	all = arch_tlbi_covers(&op, &page) && arch_tlbi_covers(&op, &leaf);
	op.level = 0;
	small = arch_tlbi_covers(&op, &page);
	ppc64_hash.on = false;
	T_EXPECT(r, !radix, "a page in the range of a leaf goes by radix, too");
	T_EXPECT(r, all, "what is in the range of a leaf stays");
	T_EXPECT(r, !small, "a page goes that was not named");
	test_set(r, T_PASS, "a leaf's range, whatever is in it; no other page");
}
