/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidates of arm64 (Arm ARM, D8.13). An operation is issued by one instruction and complete, on every CPU that it reaches,
 * only when a DSB of the issuing CPU has ended; nobody is interrupted by it. Reach is the instruction's: this CPU, the
 * inner-shareable domain (IS), the outer-shareable one (OS).
 */
#ifndef SKEET_ARCH_TLBI_H
#define SKEET_ARCH_TLBI_H

#include <barrier.h>
#include <pte.h>

#include <arch/insn.h>

/* Hardware translates user addresses: tests may read through a mapping. */
#define ARCH_TLBI_TABLES_WHOLE 0
#define ARCH_HAS_TLB 1
#define ARCH_TLBI_BCAST 1

/* CRm of the SYS encodings (C5.1.3): who is reached. */
#define TLBI_LOCAL 7
#define TLBI_IS 3
#define TLBI_OS 1
#define TLBI_RANGE_LOCAL 6
#define TLBI_RANGE_IS 2
#define TLBI_RANGE_OS 5
/* op2: what goes. */
#define TLBI_OP_VMALLE1 0
#define TLBI_OP_VAE1 1
#define TLBI_OP_ASIDE1 2
#define TLBI_OP_VAAE1 3
#define TLBI_OP_VALE1 5
#define TLBI_OP_VAALE1 7

/* What the CPUs have and the command line wants (arch/arm64/options.c); constant after arch_mmu_kernel_root(). */
struct arm64_tlbi {
	bool has_os, has_range, has_ttl; /* FEAT_TLBIOS, FEAT_TLBIRANGE, FEAT_TTL: on every CPU */
	bool use_os, use_range;
	u64 ttl_mask;                    /* bits 47:44 if TTL hints are given, else 0 */
	unsigned dsb;                    /* enum arm64_dsb */
	unsigned rounds;                 /* 2: the erratum class that wants TLBI and DSB twice */
};
enum arm64_dsb { DSB_ISH, DSB_SY, DSB_NSH, DSB_OSH };
extern struct arm64_tlbi arm64_tlbi;

/* --- operands: pure (D8.13.6) --- */

/* TTL: granule and level of the leaf, a hint. */
static inline u64 arm64_ttl(unsigned level)
{
	return (u64)arm64_granule.tg << 2 | (3 - level);
}

static inline u64 arm64_tlbi_va(u64 asid, u64 va, u64 ttl)
{
	return asid << 48 | ttl << 44 | (va >> 12 & 0xfffffffffffULL);
}

static inline u64 arm64_tlbi_asid(u64 asid)
{
	return asid << 48;
}

/* (@num + 1) * 2^(5 * @scale + 1) granules from @va; @ttl is the manual's level of the leaves, 0 unknown. */
static inline u64 arm64_tlbi_range(u64 asid, u64 va, unsigned scale, unsigned num, unsigned ttl)
{
	return asid << 48 | (u64)arm64_granule.tg << 46 | (u64)scale << 44 | (u64)num << 39 | (u64)ttl << 37 |
	       (va >> arm64_granule.page_shift & 0x1fffffffffULL);
}

#define ARM64_RANGE_MAX (1ULL << 21)

/**
 * arm64_range_step - the next operation of a range
 * @pages: granules left, 1 to ARM64_RANGE_MAX
 * Return: how many it covers. 1: one page, by VAE1 and its like; else *@scale and *@num are set. Smallest pieces first.
 */
static inline u64 arm64_range_step(u64 pages, unsigned *scale, unsigned *num)
{
	if (pages & 1)
		return 1;
	for (*scale = 0; *scale < 3 && !(pages >> (5 * *scale + 1) & 31); ++*scale)
		;
	*num = (unsigned)(*scale < 3 ? pages >> (5 * *scale + 1) & 31 : pages >> 16) - 1;
	return (u64)(*num + 1) << (5 * *scale + 1);
}

/*
 * VAE1 takes the walk-cache entries on the way to its address, of any level; VALE1 only the leaf (D8.13.5). A hint that names another level
 * than the leaf's invalidates nothing; VAE1 is given none, because what it is for are the entries above (arm64_tlbi_run_va()).
 */
static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e)
{
	bool here = op->va - e->va < pt_size(e->level);
	bool hinted = !arm64_tlbi.ttl_mask || e->level == op->level;
	bool global = e->global && !e->walk;

	switch (op->scope) {
	case TLBI_LEAF:
		return !e->walk && here && hinted && (global || e->asid == op->asid);
	case TLBI_PAGE:
		return here && (global || e->asid == op->asid);
	case TLBI_ASID:
		return !global && e->asid == op->asid;
	case TLBI_ALL:
	case TLBI_ALL_GLOBAL: /* there is only one operation for both: VMALLE1 */
		return true;
	}
	return false;
}

/* mmu.c: what every CPU has, or less if the command line wants it. */
extern unsigned arm64_asid_bits;

static inline unsigned arch_asid_bits(void)
{
	return arm64_asid_bits;
}

/* tlb.c */
const char *arm64_tlbi_inexact(void);

static inline const char *arch_tlbi_inexact(void)
{
	return arm64_tlbi_inexact();
}

/* tlb.c: the run by range operations. Returns the instructions issued. */
u64 arm64_tlbi_run_ranges(u64 asid, u64 va, u64 nr, unsigned level, bool tables);

/* --- raw --- */

static inline u64 arm64_tlbi_leaf_va(u64 asid, u64 va, unsigned level)
{
	return arm64_tlbi_va(asid, va, 0) | (arm64_ttl(level) << 44 & arm64_tlbi.ttl_mask);
}

/* With the walk caches: no hint, which would be the leaf's level, and the entry that led to a freed table is above it. */
static inline u64 arm64_tlbi_run_va(u64 asid, u64 va, unsigned level, bool tables)
{
	return tables ? arm64_tlbi_va(asid, va, 0) : arm64_tlbi_leaf_va(asid, va, level);
}

static inline void arch_tlbi_page_local(u64 asid, u64 va, unsigned level)
{
	insn_tlbi(7, 1, arm64_tlbi_run_va(asid, va, level, true));
}

static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level)
{
	insn_tlbi(7, 5, arm64_tlbi_leaf_va(asid, va, level));
}

static inline void arch_tlbi_asid_local(u64 asid)
{
	insn_tlbi(7, 2, arm64_tlbi_asid(asid));
}

static inline void arch_tlbi_all_local(void)
{
	insn_tlbi(7, 0, 0);
}

static inline void arch_tlbi_all_global_local(void)
{
	insn_tlbi(7, 0, 0);
}

static inline u64 arch_linux_ceiling_local(void)
{
	return 0;
}

static inline const char *arch_tlbi_lacks_bcast(void)
{
	return NULL;
}

/* One instruction of a run; the reach that is not the rule costs a branch. */
static inline void arm64_tlbi_bcast(u64 op, bool tables)
{
	if (likely(!tables && !arm64_tlbi.use_os))
		insn_tlbi(3, 5, op);
	else if (!arm64_tlbi.use_os)
		insn_tlbi(3, 1, op);
	else if (!tables)
		insn_tlbi(1, 5, op);
	else
		insn_tlbi(1, 1, op);
}

static inline u64 arch_tlbi_run_bcast(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	u64 op = arm64_tlbi_run_va(asid, va, level, tables), step = 1ULL << (arch_pt_shift(level) - 12);

	if (unlikely(arm64_tlbi.use_range))
		return arm64_tlbi_run_ranges(asid, va, nr, level, tables);
	for (u64 left = nr; left; left--, op += step)
		arm64_tlbi_bcast(op, tables);
	return nr;
}

static inline u64 arch_tlbi_run_ops(u64 nr, unsigned level)
{
	u64 left = nr << (arch_pt_shift(level) - arm64_granule.page_shift), ops = 0;
	unsigned scale, num;

	if (!arm64_tlbi.use_range)
		return nr;
	for (; left; ops++)
		left -= arm64_range_step(left < ARM64_RANGE_MAX ? left : ARM64_RANGE_MAX, &scale, &num);
	return ops;
}

static inline void arch_tlbi_asid_bcast(u64 asid)
{
	if (unlikely(arm64_tlbi.use_os))
		insn_tlbi(1, 2, arm64_tlbi_asid(asid));
	else
		insn_tlbi(3, 2, arm64_tlbi_asid(asid));
}

static inline u64 arch_tlbi_asid_bcast_ops(void)
{
	return 1;
}

static inline unsigned arch_tlbi_rounds(void)
{
	return arm64_tlbi.rounds;
}

/* The table walkers of all CPUs see every earlier store (D8.13.4). */
static inline void arch_tlbi_publish(void)
{
	insn_dsb(ishst);
}

static inline void arch_tlbi_complete_local(void)
{
	insn_dsb(nsh);
	insn_isb();
}

static inline void arch_tlbi_complete_bcast(void)
{
	if (likely(arm64_tlbi.dsb == DSB_ISH))
		insn_dsb(ish);
	else if (arm64_tlbi.dsb == DSB_SY)
		insn_dsb(sy);
	else if (arm64_tlbi.dsb == DSB_OSH)
		insn_dsb(osh);
	else
		insn_dsb(nsh);
	insn_isb();
}

/* The walkers see the entry, and no later access of this CPU, to @va or elsewhere, faults on what it fetched before. */
static inline void arch_pte_made(u64 va)
{
	(void)va;
	insn_dsb(ishst);
	insn_isb();
}

#endif
