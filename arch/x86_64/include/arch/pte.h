/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Four-level paging (SDM Vol. 3, 4.5): 512 entries a table, leaves of 4K, 2M and 1G. Accessed and dirty are preset, so
 * the walker never writes an entry and a slot changes only when the kernel stores to it.
 */
#ifndef SKEET_ARCH_PTE_H
#define SKEET_ARCH_PTE_H

#define ARCH_PAGE_SHIFT 12
#define ARCH_PT_LEVELS 4
/* Top-level slot 0 (the first 512 GiB) is the kernel's identity map. */
#define ARCH_KERNEL_SLOTS 1
#define ARCH_BREAK_BEFORE_MAKE 0
#define ARCH_PTE_SOFT (1ULL << 9)

#define X86_PTE_P (1ULL << 0)
#define X86_PTE_W (1ULL << 1)
#define X86_PTE_PWT (1ULL << 3)
#define X86_PTE_PCD (1ULL << 4)
#define X86_PTE_A (1ULL << 5)
#define X86_PTE_D (1ULL << 6)
#define X86_PTE_PS (1ULL << 7)
#define X86_PTE_G (1ULL << 8)
#define X86_PTE_SPECIAL (1ULL << 9) /* ignored by the walker */
#define X86_PTE_NX (1ULL << 63)
#define X86_PTE_PA 0x000ffffffffff000ULL

static inline unsigned arch_pt_bits(unsigned level)
{
	(void)level;
	return 9;
}

static inline unsigned arch_pt_shift(unsigned level)
{
	return ARCH_PAGE_SHIFT + 9 * level;
}

static inline bool arch_pt_leaf_ok(unsigned level)
{
	return level <= 2;
}

static inline pte_t arch_pte_table(u64 pa, unsigned level)
{
	(void)level;
	return (pa & X86_PTE_PA) | X86_PTE_P | X86_PTE_W | X86_PTE_A;
}

/* The address bits of a leaf at @level; bit 12 of a large leaf is its PAT bit, not an address. */
static inline u64 x86_pte_pa_mask(unsigned level)
{
	return X86_PTE_PA & ~((1ULL << (12 + 9 * (level > 3 ? 3 : level))) - 1);
}

/* Everything present is readable. */
static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level)
{
	pte_t e = (pa & x86_pte_pa_mask(level)) | X86_PTE_P | X86_PTE_A | X86_PTE_D;

	if (prot & PROT_W)
		e |= X86_PTE_W;
	if (prot & PROT_G)
		e |= X86_PTE_G;
	if (prot & PROT_SPECIAL)
		e |= X86_PTE_SPECIAL;
	if (!(prot & PROT_X))
		e |= X86_PTE_NX;
	return level ? e | X86_PTE_PS : e;
}

static inline bool arch_pte_present(pte_t e)
{
	return e & X86_PTE_P;
}

static inline bool arch_pte_is_leaf(pte_t e, unsigned level)
{
	return arch_pte_present(e) && (level == 0 || (level <= 2 && (e & X86_PTE_PS)));
}

static inline u64 arch_pte_pa(pte_t e, unsigned level)
{
	return e & (arch_pte_is_leaf(e, level) ? x86_pte_pa_mask(level) : X86_PTE_PA);
}

static inline unsigned arch_pte_prot(pte_t e)
{
	if (!arch_pte_present(e))
		return 0;
	return PROT_R | (e & X86_PTE_W ? PROT_W : 0) | (e & X86_PTE_NX ? 0 : PROT_X) | (e & X86_PTE_G ? PROT_G : 0) |
	       (e & X86_PTE_SPECIAL ? PROT_SPECIAL : 0);
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
