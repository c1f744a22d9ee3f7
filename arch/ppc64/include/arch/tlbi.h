/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidates of ppc64: of radix trees here, of a hashed table in hash.c (Power ISA 3.0B, Book III, 5.9.3.3 and 5.10.1). tlbiel
 * is this CPU's own and complete behind ptesync; tlbie reaches every CPU of the partition and is complete behind eieio; tlbsync;
 * ptesync of the CPU that issued it. Nobody is interrupted. The ptesync in front of either is what makes the store to the slot
 * visible to every walker.
 */
#ifndef SKEET_ARCH_TLBI_H
#define SKEET_ARCH_TLBI_H

#include <barrier.h>
#include <cpumask.h>
#include <pte.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/radix_tlbie.h>

/* Hardware translates user addresses: tests may read through a mapping. */
#define ARCH_HAS_TLB 1
/* The page-walk cache of a PID goes by an operation of its own, so that a freed table does not cost the translations. */
#define ARCH_TLBI_TABLES_WHOLE 0
#define ARCH_TLBI_WALKS 1
#define ARCH_TLBI_BCAST 1
#define ARCH_TLBI_FW 1
/* mmu=hash */
#define ARCH_TLB_SHARED 1

/* What the CPUs have and the command line wants (arch/ppc64/options.c); constant after arch_configure(). */
struct ppc64_tlbi {
	unsigned pid_bits;
	unsigned quirks;     /* enum ppc64_quirk */
	unsigned sets;       /* of a TLB, which tlbiel of a whole PID must name one by one: 128 on POWER9; 1 from ISA 3.1 on */
	enum ppc64_is every; /* what "everything" is: IS_ALL for a hypervisor, IS_LPID for a guest */
};
extern struct ppc64_tlbi ppc64_tlbi;

static inline bool arch_tlb_shared(void)
{
	return ppc64_hash.on;
}

static inline void arch_asid_retire(u64 asid)
{
	if (!ppc64_hash.on)
		return;
	ppc64_hash_remove_space(asid);
	ppc64_hash_complete();
}

static inline const char *arch_tlbi_lacks_local(void)
{
	if (!ppc64_hash.on)
		return NULL;
	return "with mmu=hash an entry leaves the table for all CPUs at once (tlb=hw on the bare machine, tlb=fw in a partition)";
}

/*
 * A page form drops translations of the size that its AP names, and no other; of a hashed table every HPTE of the leaf's range
 * goes. There are no global translations: the kernel's are those of PID 0, and PROT_G is a mark for software.
 */
static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e)
{
	bool page = !e->walk;

	if (ppc64_hash.on)
		page &= e->va - op->va < pt_size(op->level);
	else
		page &= e->level == op->level && op->va - e->va < pt_size(e->level);
	switch (op->scope) {
	case TLBI_LEAF:
		return page && e->asid == op->asid;
	case TLBI_PAGE:
		return (page || e->walk) && e->asid == op->asid;
	case TLBI_ASID:
		return e->asid == op->asid;
	case TLBI_ALL:
	case TLBI_ALL_GLOBAL:
		return true;
	}
	return false;
}

static inline unsigned arch_asid_bits(void)
{
	return ppc64_tlbi.pid_bits < 16 ? ppc64_tlbi.pid_bits : 16;
}

/* tlb.c */
const char *ppc64_tlbi_inexact(void);

static inline const char *arch_tlbi_inexact(void)
{
	return ppc64_tlbi_inexact();
}

/* --- raw: this CPU --- */

/* RIC, PRS and R are part of the instruction. */
static __always_inline void ppc64_tlbiel(struct ppc64_tlbie op)
{
	if (op.ric == RIC_TLB)
		insn_tlbiel(op.rb, op.rs, 0, 1, 1);
	else if (op.ric == RIC_PWC)
		insn_tlbiel(op.rb, op.rs, 1, 1, 1);
	else
		insn_tlbiel(op.rb, op.rs, 2, 1, 1);
}

/* The first set with the page-walk cache, then the other sets. */
static inline void ppc64_tlbiel_sets(enum ppc64_is is, u64 pid)
{
	ppc64_tlbiel((struct ppc64_tlbie){ ppc64_rb_is(is, 0), ppc64_rs(pid, 0), RIC_ALL });
	for (unsigned set = 1; set < ppc64_tlbi.sets; set++)
		ppc64_tlbiel((struct ppc64_tlbie){ ppc64_rb_is(is, set), ppc64_rs(pid, 0), RIC_TLB });
}

/* The page-walk cache once: what a walk puts there behind it comes from tables without what was unhooked. */
static inline u64 arch_tlbi_run_local(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	const u64 step = 1ULL << arch_pt_shift(level);
	struct ppc64_tlbie op = ppc64_tlbie_page(asid, va, level);

	if (unlikely(ppc64_hash.on))
		return ppc64_hash_remove(asid, va, nr, level);
	if (tables)
		ppc64_tlbiel(ppc64_tlbie_pid(asid, RIC_PWC));
	for (u64 left = nr; left; left--, op.rb += step)
		ppc64_tlbiel(op);
	return nr + tables;
}

static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level)
{
	arch_tlbi_run_local(asid, va, 1, level, false);
}

static inline void arch_tlbi_page_local(u64 asid, u64 va, unsigned level)
{
	arch_tlbi_run_local(asid, va, 1, level, true);
}

static inline void arch_tlbi_asid_local(u64 asid)
{
	if (unlikely(ppc64_hash.on))
		ppc64_hash_remove_space(asid);
	else
		ppc64_tlbiel_sets(IS_PID, asid);
}

static inline u64 arch_tlbi_asid_local_ops(void)
{
	return ppc64_hash.on ? 1 : ppc64_tlbi.sets;
}

static inline void arch_tlbi_all_local(void)
{
	if (unlikely(ppc64_hash.on))
		ppc64_hash_remove_all();
	else
		ppc64_tlbiel_sets(ppc64_tlbi.every, 0);
}

static inline void arch_tlbi_all_global_local(void)
{
	arch_tlbi_all_local();
}

/* --- raw: every CPU --- */

/* options.c: NULL, or why this machine refuses tlbie (a guest without GTSE). */
const char *ppc64_lacks_tlbie(void);

static inline const char *arch_tlbi_lacks_bcast(void)
{
	return ppc64_lacks_tlbie();
}

static __always_inline void ppc64_tlbie(struct ppc64_tlbie op)
{
	if (op.ric == RIC_TLB)
		insn_tlbie(op.rb, op.rs, 0, 1, 1);
	else if (op.ric == RIC_PWC)
		insn_tlbie(op.rb, op.rs, 1, 1, 1);
	else
		insn_tlbie(op.rb, op.rs, 2, 1, 1);
}

static inline void ppc64_tlbie_fixups(struct ppc64_tlbie last, bool many)
{
	struct ppc64_tlbie more[2];
	unsigned n = ppc64_fixups(ppc64_tlbi.quirks, &last, many, more);

	for (unsigned i = 0; i < n; i++) {
		insn_ptesync(); /* the tlbie before it is not behind this one */
		ppc64_tlbie(more[i]);
	}
}

static inline u64 arch_tlbi_run_bcast(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	const u64 step = 1ULL << arch_pt_shift(level);
	struct ppc64_tlbie op = ppc64_tlbie_page(asid, va, level);

	if (unlikely(ppc64_hash.on))
		return ppc64_hash_remove(asid, va, nr, level);
	if (tables)
		ppc64_tlbie(ppc64_tlbie_pid(asid, RIC_PWC));
	for (u64 left = nr; left; left--, op.rb += step)
		ppc64_tlbie(op);
	if (unlikely(ppc64_tlbi.quirks && nr)) { /* not behind the walk cache alone */
		op.rb -= step; /* the last one */
		ppc64_tlbie_fixups(op, nr > 1);
	}
	return ppc64_run_ops(ppc64_tlbi.quirks, nr, tables);
}

/* Twice the sets of a TLB of POWER9: as many tlbiel as a whole PID takes there, and as many again for what it costs to refill. */
static inline u64 arch_linux_ceiling_local(void)
{
	return ppc64_hash.on ? 0 : 256;
}

static inline u64 arch_tlbi_run_ops(u64 nr, unsigned level)
{
	(void)level;
	return ppc64_run_ops(ppc64_tlbi.quirks, nr, false);
}

static inline void arch_tlbi_asid_bcast(u64 asid)
{
	if (unlikely(ppc64_hash.on)) {
		ppc64_hash_remove_space(asid);
		return;
	}
	ppc64_tlbie(ppc64_tlbie_pid(asid, RIC_ALL));
	if (unlikely(ppc64_tlbi.quirks))
		ppc64_tlbie_fixups(ppc64_tlbie_pid(asid, RIC_ALL), false);
}

static inline u64 arch_tlbi_asid_bcast_ops(void)
{
	return ppc64_run_ops(ppc64_tlbi.quirks, 1, false);
}

/* The fixups stand in the run itself. */
static inline unsigned arch_tlbi_rounds(void)
{
	return 1;
}

/* --- by the hypervisor --- */

/* options.c */
const char *ppc64_lacks_rpt(void);
bool ppc64_prefers_rpt(void);
/* tlb.c: the hypercall, repeated where it wants that. It reaches every CPU of the partition. Returns the calls made. */
u64 ppc64_rpt_invalidate(const struct ppc64_rpt *rpt);

static inline const char *arch_tlbi_lacks_fw(void)
{
	return ppc64_lacks_rpt();
}

static inline u64 arch_tlbi_run_fw(const struct cpumask *to, u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	u64 before = ppc64_hash.calls;
	struct ppc64_rpt rpt;

	(void)to;
	if (ppc64_hash.on) {
		ppc64_hash_remove(asid, va, nr, level);
		return ppc64_hash.calls - before;
	}
	rpt = ppc64_rpt_run(asid, va, nr, level, tables);
	return ppc64_rpt_invalidate(&rpt);
}

static inline u64 arch_tlbi_asid_fw(const struct cpumask *to, u64 asid)
{
	u64 before = ppc64_hash.calls;
	struct ppc64_rpt rpt;

	(void)to;
	if (ppc64_hash.on) {
		ppc64_hash_remove_space(asid);
		return ppc64_hash.calls - before;
	}
	rpt = ppc64_rpt_pid(asid);
	return ppc64_rpt_invalidate(&rpt);
}

static inline u64 arch_tlbi_fw_bound(void)
{
	return 0;
}

/* Linux asks the hypervisor where tlbie is not the guest's to execute. */
static inline bool arch_tlbi_prefers_fw(void)
{
	return ppc64_prefers_rpt();
}

/* --- order --- */

/* Earlier stores to tables before every later walk and invalidate (III 5.10.1). */
static inline void arch_tlbi_publish(void)
{
	insn_ptesync();
}

/* isync: nothing that was fetched or translated before goes on behind it. */
static inline void arch_tlbi_complete_local(void)
{
	if (unlikely(ppc64_hash.on))
		ppc64_hash_complete();
	else
		insn_ptesync();
	insn_isync();
}

/* eieio: the tlbie before the tlbsync; tlbsync and ptesync: until every CPU has done with what it had begun with the entry. */
static inline void arch_tlbi_complete_bcast(void)
{
	insn_eieio();
	insn_tlbsync();
	insn_ptesync();
	insn_isync();
}

/* The store to the slot before every later walk of this CPU: an invalid entry is not cached, but a walk may overtake a store. */
static inline void arch_pte_made(u64 va)
{
	(void)va;
	insn_ptesync();
}

#endif
