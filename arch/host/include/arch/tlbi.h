/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host has no TLB: its TLB is the oracle's shadow, from which mm/tlb.c takes entries when an invalidate completes. What an
 * invalidate covers is a rule of our own, the weakest of the ISAs: a page is one address of one ASID, and walk caches of it go too.
 */
#ifndef SKEET_ARCH_TLBI_H
#define SKEET_ARCH_TLBI_H

#include <barrier.h>
#include <pte.h>

#define ARCH_TLBI_TABLES_WHOLE 0
#define ARCH_HAS_TLB 0

static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e)
{
	switch (op->scope) {
	case TLBI_LEAF: /* the host makes no difference */
	case TLBI_PAGE:
		return e->asid == op->asid && (e->walk || op->va - e->va < pt_size(e->level));
	case TLBI_ASID:
		return e->asid == op->asid && (e->walk || !e->global);
	case TLBI_ALL:
		return e->walk || !e->global;
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
	(void)asid, (void)va, (void)level;
}

static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level)
{
	(void)asid, (void)va, (void)level;
}

static inline void arch_tlbi_asid_local(u64 asid)
{
	(void)asid;
}

static inline void arch_tlbi_all_local(void)
{
}

static inline void arch_tlbi_all_global_local(void)
{
}

static inline void arch_tlbi_publish(void)
{
	barrier();
}

static inline void arch_tlbi_complete_local(void)
{
	barrier();
}

static inline void arch_pte_made(u64 va)
{
	(void)va;
	barrier();
}

/* The firmware's invalidate: a call that does nothing, since its completion is all that the shadow knows of it. */
#define ARCH_TLBI_FW

const char *engine_lacks_fw(void);

static inline const char *arch_tlbi_lacks_fw(void)
{
	return engine_lacks_fw();
}

static inline u64 arch_tlbi_run_fw(const struct cpumask *to, u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	(void)to, (void)asid, (void)va, (void)nr, (void)level, (void)tables;
	return 1;
}

static inline u64 arch_tlbi_asid_fw(const struct cpumask *to, u64 asid)
{
	(void)to, (void)asid;
	return 1;
}

static inline u64 arch_tlbi_fw_bound(void)
{
	return 0;
}

static inline bool arch_tlbi_prefers_fw(void)
{
	return false;
}

static inline const char *arch_tlbi_lacks_bcast(void)
{
	return "the host has no TLB of its own, so nothing to broadcast to";
}

#endif
