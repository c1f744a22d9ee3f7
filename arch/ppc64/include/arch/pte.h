/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Radix trees (Power ISA 3.0B, Book III, 5.7.10; 3.1: 6.7.10): 52-bit addresses in four levels, with base pages of 4K or 64K, chosen
 * at boot and constant afterwards. Reference and Change are preset, so neither a CPU that sets them nor one that faults instead
 * changes a slot, and a slot changes only when the kernel stores to it.
 *
 *   base page  index bits, level 3 to 0  leaves of levels 0, 1, 2
 *   4K         13 9 9 9                  4K, 2M, 1G
 *   64K        13 9 9 5                  64K, 2M, 1G
 *
 * Tables are big-endian in memory, whatever the kernel is. A pte_t is the doubleword as the kernel loads and stores it, so that slots
 * are ordinary words; the fields below are the manual's, and be64() stands between: of a constant the compiler does it.
 *
 * Quadrant 3 (EA bits 0:1 are 11) is the tree of PID 0, the kernel's: memory and devices lie there at their address. Users live in
 * quadrant 0, each with a PID of its own, and share nothing with the kernel. Slot 0 is left free all the same: in it lies address 0.
 */
#ifndef SKEET_ARCH_PTE_H
#define SKEET_ARCH_PTE_H

struct ppc64_radix {
	unsigned page_shift, levels;
	unsigned bits[4];  /* of the index, by level */
	unsigned shift[5]; /* address bits below that index; [levels]: width of the whole */
	unsigned ap[3];    /* Actual Page size of a leaf in the operands of invalidates, by level; the machine may name others */
};
extern struct ppc64_radix ppc64_radix;

#define PPC64_RADIX_4K { 12, 4, { 9, 9, 9, 13 }, { 12, 21, 30, 39, 52 }, { 0, 1, 2 } }
#define PPC64_RADIX_64K { 16, 4, { 5, 9, 9, 13 }, { 16, 21, 30, 39, 52 }, { 5, 1, 2 } }

#define ARCH_PAGE_SHIFT (ppc64_radix.page_shift)
#define ARCH_PT_LEVELS (ppc64_radix.levels)
#define ARCH_KERNEL_SLOTS 1
/*
 * The manual's way to change a valid entry whose translation may be cached is by way of an invalid one and a complete invalidate;
 * what it exempts are rights, R, C and software bits, not address or size (3.0B: 5.10.1.2; 3.1: 6.10.1.2). Two entries that hit in
 * one TLB are a machine check.
 */
#define ARCH_BREAK_BEFORE_MAKE 1
#define ARCH_PTE_SOFT be64(1ULL << 9) /* SW3 */

#define PPC64_PTE_V (1ULL << 63)
#define PPC64_PTE_LEAF (1ULL << 62)
#define PPC64_PTE_RPN 0x01fffffffffff000ULL
#define PPC64_PTE_SW1 (1ULL << 11) /* software's; here: global */
#define PPC64_PTE_SW2 (1ULL << 10) /* ... special */
#define PPC64_PTE_R (1ULL << 8)
#define PPC64_PTE_C (1ULL << 7)
#define PPC64_PTE_IO (2ULL << 4)   /* ATT 10: non-idempotent I/O, neither cached nor accessed ahead of time */
/* Encoded access authority. Read/write reads by itself. */
#define PPC64_PTE_PRIV (1ULL << 3)
#define PPC64_PTE_READ (1ULL << 2)
#define PPC64_PTE_RW (1ULL << 1)
#define PPC64_PTE_EXEC (1ULL << 0)
/* Directory entries: base and size of the next level, whose table has 2^NLS entries. */
#define PPC64_PDE_NLB 0x0fffffffffffff00ULL

#define PPC64_QUADRANT3 0xc000000000000000ULL

static __always_inline u64 be64(u64 v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? v : __builtin_bswap64(v);
}

static inline unsigned arch_pt_shift(unsigned level)
{
	return ppc64_radix.shift[level];
}

static inline unsigned arch_pt_bits(unsigned level)
{
	return ppc64_radix.bits[level];
}

static inline bool arch_pt_leaf_ok(unsigned level)
{
	return level < 3;
}

static inline u64 ppc64_rpn_mask(unsigned level)
{
	return PPC64_PTE_RPN & ~((1ULL << ppc64_radix.shift[level]) - 1);
}

/* A leaf with attributes @att: 0 or PPC64_PTE_IO. Of the kernel alone: no user mode, and no key of AMR or IAMR that could forbid it. */
static inline pte_t ppc64_pte_leaf(u64 pa, unsigned prot, unsigned level, u64 att)
{
	u64 e = (pa & ppc64_rpn_mask(level)) | PPC64_PTE_V | PPC64_PTE_LEAF | PPC64_PTE_R | PPC64_PTE_C | PPC64_PTE_PRIV | att;

	if (prot & PROT_R)
		e |= PPC64_PTE_READ;
	if (prot & PROT_W)
		e |= PPC64_PTE_RW;
	if (prot & PROT_X)
		e |= PPC64_PTE_EXEC;
	if (prot & PROT_G) /* every translation belongs to a PID; the mark is only kept */
		e |= PPC64_PTE_SW1;
	if (prot & PROT_SPECIAL)
		e |= PPC64_PTE_SW2;
	return be64(e);
}

static inline pte_t arch_pte_leaf(u64 pa, unsigned prot, unsigned level)
{
	return ppc64_pte_leaf(pa, prot, level, 0);
}

/* An entry of @level, at least 1. */
static inline pte_t arch_pte_table(u64 pa, unsigned level)
{
	return be64((pa & PPC64_PDE_NLB & ~((1ULL << ppc64_radix.page_shift) - 1)) | PPC64_PTE_V | ppc64_radix.bits[level - 1]);
}

static inline bool arch_pte_present(pte_t e)
{
	return e & be64(PPC64_PTE_V);
}

static inline bool arch_pte_is_leaf(pte_t e, unsigned level)
{
	const pte_t both = be64(PPC64_PTE_V | PPC64_PTE_LEAF);

	return arch_pt_leaf_ok(level) && (e & both) == both;
}

static inline u64 arch_pte_pa(pte_t e, unsigned level)
{
	if (arch_pte_is_leaf(e, level))
		return be64(e) & ppc64_rpn_mask(level);
	return be64(e) & PPC64_PDE_NLB & ~((1ULL << ppc64_radix.page_shift) - 1);
}

/* Of a leaf; a directory entry has no rights, it takes none away either. */
static inline unsigned arch_pte_prot(pte_t e)
{
	const pte_t leaf = be64(PPC64_PTE_V | PPC64_PTE_LEAF);

	if ((e & leaf) != leaf)
		return 0;
	return (e & be64(PPC64_PTE_READ | PPC64_PTE_RW) ? PROT_R : 0) | (e & be64(PPC64_PTE_RW) ? PROT_W : 0) |
	       (e & be64(PPC64_PTE_EXEC) ? PROT_X : 0) | (e & be64(PPC64_PTE_SW1) ? PROT_G : 0) |
	       (e & be64(PPC64_PTE_SW2) ? PROT_SPECIAL : 0);
}

static inline void *arch_phys_to_virt(u64 pa)
{
	return (void *)(pa | PPC64_QUADRANT3);
}

static inline u64 arch_virt_to_phys(const void *va)
{
	return (u64)va & ~PPC64_QUADRANT3;
}

#endif
