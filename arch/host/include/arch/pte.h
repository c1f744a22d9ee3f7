/* SPDX-License-Identifier: GPL-2.0-only */
/* A format of our own, with the geometry of x86_64: no hardware reads it. Physical memory is one mapping of the process. */
#ifndef SKEET_ARCH_PTE_H
#define SKEET_ARCH_PTE_H

#define ARCH_PAGE_SHIFT 12
#define ARCH_PT_LEVELS 4
#define ARCH_KERNEL_SLOTS 1
#define ARCH_BREAK_BEFORE_MAKE 0
#define ARCH_PTE_SOFT (1ULL << 8)

#define HOST_PTE_PRESENT 1ULL
#define HOST_PTE_LEAF 2ULL
#define HOST_PTE_PROT_SHIFT 4
#define HOST_PTE_PROT ((u64)PROT_ALL << HOST_PTE_PROT_SHIFT)
#define HOST_PTE_PA 0x000ffffffffff000ULL

extern char *host_memory; /* where physical address 0 would be */

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
	return level < 3;
}

static inline pte_t arch_pte_table(u64 pa, unsigned level)
{
	(void)level;
	return (pa & HOST_PTE_PA) | HOST_PTE_PRESENT;
}

static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level)
{
	(void)level;
	return (pa & HOST_PTE_PA) | HOST_PTE_PRESENT | HOST_PTE_LEAF | ((u64)prot << HOST_PTE_PROT_SHIFT & HOST_PTE_PROT);
}

static inline bool arch_pte_present(pte_t e)
{
	return e & HOST_PTE_PRESENT;
}

static inline bool arch_pte_is_leaf(pte_t e, unsigned level)
{
	return (e & HOST_PTE_PRESENT) && (e & HOST_PTE_LEAF) && arch_pt_leaf_ok(level);
}

static inline u64 arch_pte_pa(pte_t e, unsigned level)
{
	u64 size = arch_pte_is_leaf(e, level) ? 1ULL << (ARCH_PAGE_SHIFT + 9 * level) : 1ULL << ARCH_PAGE_SHIFT;

	return e & HOST_PTE_PA & ~(size - 1);
}

static inline unsigned arch_pte_prot(pte_t e)
{
	return arch_pte_present(e) ? (e & HOST_PTE_PROT) >> HOST_PTE_PROT_SHIFT : 0;
}

static inline void *arch_phys_to_virt(u64 pa)
{
	return host_memory + pa;
}

static inline u64 arch_virt_to_phys(const void *va)
{
	return (u64)((const char *)va - host_memory);
}

#endif
