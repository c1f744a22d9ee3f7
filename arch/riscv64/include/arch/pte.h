/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sv39, Sv48 and Sv57 (Privileged, 12.3 to 12.6): the same tables of 512 entries in 3, 4 or 5 levels, chosen at boot and constant
 * afterwards. Accessed and Dirty are preset, so neither a CPU that sets them nor one that faults instead changes a slot, and a
 * slot changes only when the kernel stores to it. The kernel runs at the addresses of memory, in the lower half.
 */
#ifndef SKEET_ARCH_PTE_H
#define SKEET_ARCH_PTE_H

extern unsigned riscv_pt_levels;

#define ARCH_PAGE_SHIFT 12
#define ARCH_PT_LEVELS riscv_pt_levels
/* The identity map: 128 GiB, which is a quarter of Sv39's slots, and a part of one slot of the others. */
#define ARCH_KERNEL_SLOTS (riscv_pt_levels == 3 ? 128 : 1)
/* A live entry may change in one store: either translation may be used until the fence (12.2.1). */
#define ARCH_BREAK_BEFORE_MAKE 0
#define ARCH_PTE_SOFT (1ULL << 8) /* RSW */

#define RISCV_PTE_V (1ULL << 0)
#define RISCV_PTE_R (1ULL << 1)
#define RISCV_PTE_W (1ULL << 2)
#define RISCV_PTE_X (1ULL << 3)
#define RISCV_PTE_G (1ULL << 5)
#define RISCV_PTE_A (1ULL << 6)
#define RISCV_PTE_D (1ULL << 7)
#define RISCV_PTE_SPECIAL (1ULL << 8) /* 9:8 are the software's (RSW) */
#define RISCV_PTE_PPN_SHIFT 10
#define RISCV_PTE_PPN 0x003ffffffffffc00ULL
#define RISCV_PTE_PBMT_NC (1ULL << 61) /* Svpbmt: memory, not cached */
#define RISCV_PTE_PBMT_IO (2ULL << 61) /* ... devices */
#define RISCV_PTE_N (1ULL << 63)       /* Svnapot */
/* A leaf of 16 neighbours: PPN bits 3:0 are 1000 (Privileged, 14). */
#define RISCV_NAPOT_BITS 4
#define RISCV_NAPOT_64K (8ULL << RISCV_PTE_PPN_SHIFT)

static inline unsigned arch_pt_shift(unsigned level)
{
	return 12 + 9 * level;
}

static inline unsigned arch_pt_bits(unsigned level)
{
	(void)level;
	return 9;
}

/* Larger leaves exist (512 GiB and on), and no memory here that could fill one. */
static inline bool arch_pt_leaf_ok(unsigned level)
{
	return level < 3;
}

static inline pte_t arch_pte_table(u64 pa, unsigned level)
{
	(void)level;
	return (pa >> 12 << RISCV_PTE_PPN_SHIFT & RISCV_PTE_PPN) | RISCV_PTE_V;
}

static inline u64 riscv_leaf_mask(unsigned level)
{
	return RISCV_PTE_PPN & ~((1ULL << (9 * level + RISCV_PTE_PPN_SHIFT)) - 1);
}

static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level)
{
	pte_t e = (pa >> 12 << RISCV_PTE_PPN_SHIFT & riscv_leaf_mask(level)) | RISCV_PTE_D | RISCV_PTE_A | RISCV_PTE_R | RISCV_PTE_V;

	if (prot & PROT_W)
		e |= RISCV_PTE_W;
	if (prot & PROT_X)
		e |= RISCV_PTE_X;
	if (prot & PROT_G)
		e |= RISCV_PTE_G;
	if (prot & PROT_SPECIAL)
		e |= RISCV_PTE_SPECIAL;
	return e;
}

/*
 * One of the 16 neighbours, all alike, of an aligned run of 64K that may be cached as one (Svnapot). @e: a leaf of level 0.
 */
static inline pte_t riscv_pte_napot(pte_t e)
{
	return (e & ~(((1ULL << RISCV_NAPOT_BITS) - 1) << RISCV_PTE_PPN_SHIFT)) | RISCV_NAPOT_64K | RISCV_PTE_N;
}

static inline bool arch_pte_present(pte_t e)
{
	return e & RISCV_PTE_V;
}

static inline bool arch_pte_is_leaf(pte_t e, unsigned level)
{
	return arch_pt_leaf_ok(level) && e & RISCV_PTE_V && e & (RISCV_PTE_R | RISCV_PTE_X);
}

static inline u64 arch_pte_pa(pte_t e, unsigned level)
{
	u64 ppn = e & (arch_pte_is_leaf(e, level) ? riscv_leaf_mask(level) : RISCV_PTE_PPN);

	if (e & RISCV_PTE_N && arch_pte_is_leaf(e, level)) /* larger leaves have these bits clear anyway */
		ppn &= ~(((1ULL << RISCV_NAPOT_BITS) - 1) << RISCV_PTE_PPN_SHIFT);
	return ppn >> RISCV_PTE_PPN_SHIFT << 12;
}

static inline unsigned arch_pte_prot(pte_t e)
{
	if (!arch_pte_present(e))
		return 0;
	return (e & RISCV_PTE_R ? PROT_R : 0) | (e & RISCV_PTE_W ? PROT_W : 0) | (e & RISCV_PTE_X ? PROT_X : 0) |
	       (e & RISCV_PTE_G ? PROT_G : 0) | (e & RISCV_PTE_SPECIAL ? PROT_SPECIAL : 0);
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
