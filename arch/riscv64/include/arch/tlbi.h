/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidates of riscv64 (Privileged, 12.2.1): every one is of this hart alone; other harts are reached by an interrupt or by the
 * firmware (SBI, RFENCE extension). SFENCE.VMA orders by itself both what came before and what comes after; Svinval splits it
 * in three, of which the middle one may be repeated.
 *
 * With an address only leaf entries go. Where a table was freed the walk caches must go too, and that is only to be had for a
 * whole address space: ARCH_TLBI_TABLES_WHOLE.
 */
#ifndef SKEET_ARCH_TLBI_H
#define SKEET_ARCH_TLBI_H

#include <barrier.h>
#include <cpumask.h>
#include <pte.h>

#include <arch/insn.h>

/* Hardware translates user addresses: tests may read through a mapping. */
#define ARCH_HAS_TLB 1
/* No invalidate of a page takes the walk caches on the way to it. */
#define ARCH_TLBI_TABLES_WHOLE 1

/* Word inval=. FULL: CPUs whose fences with operands do not do what they should. */
enum riscv_inval { INVAL_SFENCE, INVAL_SVINVAL, INVAL_FULL };

/* What a new valid entry wants: a fence of its address, of everything where others do not work, or none (Svvptc, word svvptc=). */
enum riscv_made { MADE_FENCE, MADE_FENCE_ALL, MADE_NOTHING };

/* What the CPUs have and the command line wants (arch/riscv64/options.c); constant after arch_configure(). */
struct riscv_tlbi {
	u64 inval;      /* enum riscv_inval */
	u64 asid_mask;  /* of the IDs that hardware keeps; 0: none, and a switch drops everything */
	unsigned asid_bits;
	u64 made;       /* enum riscv_made */
};
extern struct riscv_tlbi riscv_tlbi;

static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e)
{
	bool here = op->va - e->va < pt_size(e->level);
	bool global = e->global && !e->walk;

	switch (op->scope) {
	case TLBI_LEAF:
		return !e->walk && here && !global && e->asid == op->asid;
	case TLBI_PAGE: /* no such form: it is one of the whole ASID */
	case TLBI_ASID:
		return !global && e->asid == op->asid;
	case TLBI_ALL:
	case TLBI_ALL_GLOBAL: /* there is only one operation for both */
		return true;
	}
	return false;
}

static inline unsigned arch_asid_bits(void)
{
	/* Without any in hardware the IDs are names that the kernel gives: a switch leaves no entry of another. */
	return riscv_tlbi.asid_mask ? riscv_tlbi.asid_bits : 16;
}

/* tlb.c */
const char *riscv_tlbi_inexact(void);

static inline const char *arch_tlbi_inexact(void)
{
	return riscv_tlbi_inexact();
}

/* --- raw --- */

static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level)
{
	(void)level;
	if (likely(riscv_tlbi.inval == INVAL_SFENCE))
		insn_sfence_vma(va, asid & riscv_tlbi.asid_mask);
	else if (riscv_tlbi.inval == INVAL_SVINVAL)
		insn_sinval_vma(va, asid & riscv_tlbi.asid_mask);
	else
		insn_sfence_vma_all();
}

static inline void arch_tlbi_asid_local(u64 asid)
{
	if (likely(riscv_tlbi.inval == INVAL_SFENCE))
		insn_sfence_vma_asid(asid & riscv_tlbi.asid_mask);
	else if (riscv_tlbi.inval == INVAL_SVINVAL)
		insn_sinval_vma_asid(asid & riscv_tlbi.asid_mask);
	else
		insn_sfence_vma_all();
}

/* For tests that ask for it: nothing else does, see above. */
static inline void arch_tlbi_page_local(u64 asid, u64 va, unsigned level)
{
	(void)va, (void)level;
	arch_tlbi_asid_local(asid);
}

static inline void arch_tlbi_all_local(void)
{
	insn_sfence_vma_all();
}

static inline void arch_tlbi_all_global_local(void)
{
	insn_sfence_vma_all();
}

static inline const char *arch_tlbi_lacks_bcast(void)
{
	return "riscv64 has no broadcast invalidate: other harts are reached by an interrupt or by firmware";
}

/* SFENCE.VMA orders earlier stores of this hart itself; with Svinval this does. */
static inline void arch_tlbi_publish(void)
{
	if (unlikely(riscv_tlbi.inval == INVAL_SVINVAL))
		insn_sfence_w_inval();
	else
		barrier();
}

static inline void arch_tlbi_complete_local(void)
{
	if (unlikely(riscv_tlbi.inval == INVAL_SVINVAL))
		insn_sfence_inval_ir();
	else
		barrier();
}

/* --- by firmware --- */

#define ARCH_TLBI_FW

/* options.c */
const char *riscv_lacks_fw(void);
u64 riscv_fw_bound_cycles(void);
bool riscv_prefers_fw(void);
/* tlb.c: SFENCE.VMA of @size bytes from @start on the CPUs of @to. Returns the calls made. */
u64 riscv_rfence(const struct cpumask *to, u64 start, u64 size, u64 asid);

static inline const char *arch_tlbi_lacks_fw(void)
{
	return riscv_lacks_fw();
}

static inline u64 arch_tlbi_asid_fw(const struct cpumask *to, u64 asid)
{
	return riscv_rfence(to, 0, ~0ULL, asid);
}

static inline u64 arch_tlbi_run_fw(const struct cpumask *to, u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	(void)tables; /* never: ARCH_TLBI_TABLES_WHOLE */
	return riscv_rfence(to, va, nr << arch_pt_shift(level), asid);
}

static inline u64 arch_tlbi_fw_bound(void)
{
	return riscv_fw_bound_cycles();
}

/* Linux calls the firmware as long as its interrupts between harts go that way, too (riscv_use_sbi_for_rfence()). */
static inline bool arch_tlbi_prefers_fw(void)
{
	return riscv_prefers_fw();
}

/*
 * A CPU may have cached that the entry was invalid, unless it has Svvptc. The fence is for this CPU; another that meets its old
 * view takes a fault, and the handler looks at the tables and comes back (trap.c).
 */
static inline void arch_pte_made(u64 va)
{
	if (likely(riscv_tlbi.made == MADE_FENCE))
		insn_sfence_vma_va(va);
	else if (riscv_tlbi.made == MADE_FENCE_ALL)
		insn_sfence_vma_all();
	else
		barrier();
}

#endif
