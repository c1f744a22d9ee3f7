/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-table geometry and entries.
 *
 * Encoders and decoders are pure and total (defined for any bits), so the host build holds golden vectors for every ISA.
 * Levels count up from the leaf: 0 = PTE (4K), 1 = PMD (2M), 2 = PUD (1G), ... Loads and stores of a slot go through
 * pte_load() and friends, which are protocol words and are seen by the oracle.
 */
#ifndef SKEET_PTE_H
#define SKEET_PTE_H

#include <pword.h>
#include <types.h>

typedef u64 pte_t;

enum prot {
	PROT_R = 1,
	PROT_W = 2,
	PROT_X = 4,
	PROT_G = 8, /* global: survives a switch of root */
	/* Special: what it leads to has no count of references (the zero frame, a device). A bit that is the software's on every ISA. */
	PROT_SPECIAL = 16,
	PROT_ALL = 31,
};

/* --- what the arch owes in <arch/pte.h> ---
 * #define ARCH_PAGE_SHIFT, ARCH_PT_LEVELS (levels of the tree), ARCH_KERNEL_SLOTS (top-level entries that every mm shares): not
 *   constants to the compiler where the machine lets the user choose, but constant from arch_configure() on
 * #define ARCH_PTE_SOFT: a bit of a leaf that the hardware leaves to software and nothing here encodes
 * #define ARCH_BREAK_BEFORE_MAKE: 1 if a live entry may get another address or size only by way of an invalid one
 */
static inline unsigned arch_pt_bits(unsigned level);   /* index bits of a table at @level */
static inline unsigned arch_pt_shift(unsigned level);  /* address bits below that index */
static inline bool arch_pt_leaf_ok(unsigned level);    /* may @level hold a leaf? */
static inline pte_t arch_pte_table(u64 pa, unsigned level); /* entry of @level that points to a table */
static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level);
static inline bool arch_pte_present(pte_t e);
static inline bool arch_pte_is_leaf(pte_t e, unsigned level); /* present and a leaf at @level */
static inline u64 arch_pte_pa(pte_t e, unsigned level);
static inline unsigned arch_pte_prot(pte_t e);
/* Where the kernel reaches physical memory: identity on x86_64, an offset on the host. */
static inline void *arch_phys_to_virt(u64 pa);
static inline u64 arch_virt_to_phys(const void *va);

#include <arch/pte.h>

#define PAGE_SIZE (1ULL << ARCH_PAGE_SHIFT)
#define PTE_NONE ((pte_t)0)

static inline unsigned pt_shift(unsigned level)
{
	return arch_pt_shift(level);
}

static inline u64 pt_size(unsigned level)
{
	return 1ULL << pt_shift(level);
}

static inline unsigned pt_index(u64 va, unsigned level)
{
	return va >> pt_shift(level) & ((1U << arch_pt_bits(level)) - 1);
}

#endif
