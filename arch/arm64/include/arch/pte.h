/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMSAv8-64 translation tables (Arm ARM, D8.3): 48-bit addresses, three granules, chosen at boot and constant afterwards. The
 * access flag is preset and hardware updates stay off, so a slot changes only when the kernel stores to it. Levels here count
 * from the leaf; the manual's level is 3 minus that.
 *
 *   granule  index bits a level  levels  leaves of levels 0, 1, 2
 *   4K       9 9 9 9             4       4K, 2M, 1G
 *   16K      11 11 11 1          4       16K, 32M
 *   64K      13 13 6             3       64K, 512M
 */
#ifndef SKEET_ARCH_PTE_H
#define SKEET_ARCH_PTE_H

struct arm64_granule {
	unsigned page_shift, levels;
	unsigned bits, top_bits; /* index bits of every level but the top, and of that */
	unsigned leaf_levels;    /* how many levels from 0 up may hold leaves */
	unsigned cont[3];        /* entries that one contiguous mark covers, by level */
	unsigned tg;             /* the manual's code in TTL and range operands: 1, 2, 3 */
};
extern struct arm64_granule arm64_granule;

#define ARM64_GRANULE_4K { 12, 4, 9, 9, 3, { 16, 16, 16 }, 1 }
#define ARM64_GRANULE_16K { 14, 4, 11, 1, 2, { 128, 32, 0 }, 2 }
#define ARM64_GRANULE_64K { 16, 3, 13, 6, 2, { 32, 32, 0 }, 3 }

#define ARCH_PAGE_SHIFT (arm64_granule.page_shift)
#define ARCH_PT_LEVELS (arm64_granule.levels)
/* Top-level slot 0 holds the kernel's identity map. */
#define ARCH_KERNEL_SLOTS 1
/* A live entry may not change its output address or size but through an invalid one whose invalidate is complete (D8.14.1). */
#define ARCH_BREAK_BEFORE_MAKE 1
#define ARCH_PTE_SOFT (1ULL << 55)

#define ARM64_PTE_VALID (1ULL << 0)
#define ARM64_PTE_TABLE (1ULL << 1) /* table, or page at level 0; clear: block */
#define ARM64_PTE_ATTR_SHIFT 2
#define ARM64_PTE_RO (1ULL << 7)
#define ARM64_PTE_INNER (3ULL << 8)
#define ARM64_PTE_AF (1ULL << 10)
#define ARM64_PTE_NG (1ULL << 11)
#define ARM64_PTE_CONT (1ULL << 52)
#define ARM64_PTE_PXN (1ULL << 53)
#define ARM64_PTE_UXN (1ULL << 54)
#define ARM64_PTE_SPECIAL (1ULL << 56) /* 58:55 are the software's */
#define ARM64_PTE_PA 0x0000fffffffff000ULL

static inline unsigned arch_pt_shift(unsigned level)
{
	return arm64_granule.page_shift + level * arm64_granule.bits;
}

static inline unsigned arch_pt_bits(unsigned level)
{
	return level + 1 < arm64_granule.levels ? arm64_granule.bits : arm64_granule.top_bits;
}

static inline bool arch_pt_leaf_ok(unsigned level)
{
	return level < arm64_granule.leaf_levels;
}

static inline u64 arm64_page_mask(void)
{
	return ARM64_PTE_PA & ~((1ULL << arm64_granule.page_shift) - 1);
}

static inline pte_t arch_pte_table(u64 pa, unsigned level)
{
	(void)level;
	return (pa & arm64_page_mask()) | ARM64_PTE_TABLE | ARM64_PTE_VALID;
}

/* A leaf of memory type @attr: an index of MAIR_EL1. */
static inline pte_t arm64_pte_leaf(u64 pa, unsigned prot, unsigned level, unsigned attr)
{
	pte_t e = (pa & ARM64_PTE_PA & ~((1ULL << arch_pt_shift(level)) - 1)) | (u64)attr << ARM64_PTE_ATTR_SHIFT | ARM64_PTE_INNER |
		  ARM64_PTE_AF | ARM64_PTE_UXN | ARM64_PTE_VALID;

	if (!(prot & PROT_W))
		e |= ARM64_PTE_RO;
	if (!(prot & PROT_X))
		e |= ARM64_PTE_PXN;
	if (!(prot & PROT_G))
		e |= ARM64_PTE_NG;
	if (prot & PROT_SPECIAL)
		e |= ARM64_PTE_SPECIAL;
	return level ? e : e | ARM64_PTE_TABLE;
}

/*
 * One of arm64_granule.cont[level] neighbours that map aligned, contiguous memory alike: a CPU may keep one entry for all
 * (D8.7.1). All of them have the mark or none; it comes and goes by break-before-make of the whole group.
 */
static inline pte_t arm64_pte_cont(pte_t e)
{
	return e | ARM64_PTE_CONT;
}

/* Write-back memory. Everything valid is readable. */
static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level)
{
	return arm64_pte_leaf(pa, prot, level, 1);
}

static inline bool arch_pte_present(pte_t e)
{
	return e & ARM64_PTE_VALID;
}

static inline bool arch_pte_is_leaf(pte_t e, unsigned level)
{
	pte_t kind = e & (ARM64_PTE_TABLE | ARM64_PTE_VALID);

	return level ? kind == ARM64_PTE_VALID && arch_pt_leaf_ok(level) : kind == (ARM64_PTE_TABLE | ARM64_PTE_VALID);
}

static inline u64 arch_pte_pa(pte_t e, unsigned level)
{
	return e & (arch_pte_is_leaf(e, level) ? ARM64_PTE_PA & ~((1ULL << arch_pt_shift(level)) - 1) : arm64_page_mask());
}

static inline unsigned arch_pte_prot(pte_t e)
{
	if (!arch_pte_present(e))
		return 0;
	return PROT_R | (e & ARM64_PTE_RO ? 0 : PROT_W) | (e & ARM64_PTE_PXN ? 0 : PROT_X) | (e & ARM64_PTE_NG ? 0 : PROT_G) |
	       (e & ARM64_PTE_SPECIAL ? PROT_SPECIAL : 0);
}

/* The kernel's map is the identity. */
static inline void *arch_phys_to_virt(u64 pa)
{
	return (void *)pa;
}

static inline u64 arch_virt_to_phys(const void *va)
{
	return (u64)va;
}

#endif
