/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidates of x86_64 (SDM Vol. 3, 4.10.4). CR4.PCIDE stays off, so the hardware has one address space at a time and a
 * load of CR3 removes everything but global entries. INVLPG, MOV to CR3 and MOV to CR4 serialise: each is its own
 * completion on this CPU.
 */
#ifndef SKEET_ARCH_TLBI_H
#define SKEET_ARCH_TLBI_H

#include <barrier.h>
#include <pte.h>

#include <arch/insn.h>
#include <arch/x86.h>

/* Hardware translates user addresses: tests may read through a mapping. */
#define ARCH_TLBI_TABLES_WHOLE 0
#define ARCH_HAS_TLB 1

static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e)
{
	/* The walk caches know no global entries (4.10.2.4). */
	bool global = e->global && !e->walk;

	switch (op->scope) {
	case TLBI_LEAF: /* there is only one instruction for both */
	case TLBI_PAGE:
		/* INVLPG takes global entries whatever their PCID, and all walk-cache entries of the current one. */
		if (e->walk)
			return e->asid == op->asid;
		return (global || e->asid == op->asid) && op->va - e->va < pt_size(e->level);
	case TLBI_ASID:
		return !global && e->asid == op->asid;
	case TLBI_ALL:
		return !global;
	case TLBI_ALL_GLOBAL:
		return true;
	}
	return false;
}

/* No hardware reads them here; 8 bits are what every ISA with such IDs has at least. */
static inline unsigned arch_asid_bits(void)
{
	return 8;
}

static inline const char *arch_tlbi_inexact(void)
{
	return NULL;
}

static inline void arch_tlbi_page_local(u64 asid, u64 va, unsigned level)
{
	(void)asid, (void)level;
	insn_invlpg(va);
}

static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level)
{
	arch_tlbi_page_local(asid, va, level);
}

static inline void arch_tlbi_all_local(void)
{
	insn_write_cr3(insn_read_cr3());
}

static inline void arch_tlbi_asid_local(u64 asid)
{
	(void)asid;
	arch_tlbi_all_local();
}

static inline void arch_tlbi_all_global_local(void)
{
	u64 cr4 = insn_read_cr4();

	insn_write_cr4(cr4 & ~(u64)X86_CR4_PGE);
	insn_write_cr4(cr4);
}

/* TSO and the invalidate's own serialisation do the work; only the compiler must not move the store of the entry. */
static inline void arch_tlbi_publish(void)
{
	barrier();
}

static inline void arch_tlbi_complete_local(void)
{
	barrier();
}

/* A not-present entry is never cached (4.10.2.3). */
static inline void arch_pte_made(u64 va)
{
	(void)va;
	barrier();
}

static inline const char *arch_tlbi_lacks_bcast(void)
{
	return "x86_64 has no broadcast invalidate here (INVLPGB of some AMD CPUs is not used)";
}

/* --- PCID and INVPCID operands: pure (4.10.1; Volume 2, INVPCID) --- */

struct x86_invpcid {
	u64 pcid; /* bits 11:0; the rest must be zero */
	u64 va;
} __attribute__((__aligned__(16)));

enum x86_invpcid_type {
	INVPCID_ADDR,
	INVPCID_PCID,
	INVPCID_ALL_GLOBAL,
	INVPCID_ALL,
};

static inline struct x86_invpcid x86_invpcid_desc(u64 pcid, u64 va)
{
	return (struct x86_invpcid){ pcid & 0xfff, va };
}

/* The value for CR3; bit 63 keeps the entries of @pcid (only with CR4.PCIDE). */
static inline u64 x86_cr3_value(u64 root_pa, u64 pcid, bool keep)
{
	return (root_pa & X86_PTE_PA) | (pcid & 0xfff) | (keep ? 1ULL << 63 : 0);
}

/* By address INVPCID spares global entries, which INVLPG takes: for those it is no TLBI_PAGE. */
static inline enum x86_invpcid_type x86_invpcid_type(enum tlbi_scope scope)
{
	switch (scope) {
	case TLBI_LEAF:
	case TLBI_PAGE:
		return INVPCID_ADDR;
	case TLBI_ASID:
		return INVPCID_PCID;
	case TLBI_ALL:
		return INVPCID_ALL;
	case TLBI_ALL_GLOBAL:
		break;
	}
	return INVPCID_ALL_GLOBAL;
}

/* CPUID.7.0:EBX[10]; CPUID.1:ECX[17]. */
static inline bool x86_has_invpcid(void)
{
	u32 r[4];

	insn_cpuid(0, 0, r);
	if (r[0] < 7)
		return false;
	insn_cpuid(7, 0, r);
	return r[1] >> 10 & 1;
}

static inline bool x86_has_pcid(void)
{
	u32 r[4];

	insn_cpuid(1, 0, r);
	return r[2] >> 17 & 1;
}

/* Issue @op with INVPCID; the CPU must have it. With CR4.PCIDE off only PCID 0 is legal. */
static inline void x86_invpcid(const struct tlbi_op *op)
{
	struct x86_invpcid d = x86_invpcid_desc(op->asid, op->va);

	insn_invpcid(x86_invpcid_type(op->scope), &d);
}

#endif
