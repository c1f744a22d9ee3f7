/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidates, raw layer: issue one instruction, order nothing. The fenced layer (publish -> raw x n -> complete) is
 * composed once in mm/tlb.c; the policy layer (which CPUs, which method) is mm/tlb/<method>.c. Reach is in the name.
 */
#ifndef SKEET_TLBI_H
#define SKEET_TLBI_H

#include <types.h>

struct cpumask;

/* An architectural invalidate as a value: what covers() judges and what the oracle removes. */
enum tlbi_scope {
	TLBI_LEAF,     /* every leaf entry, any size (ppc64: that of @level), that translates @va in @asid */
	TLBI_PAGE,     /* and the walk-cache entries on the way to it (x86, ppc64: all those of @asid) */
	TLBI_ASID,     /* all non-global entries of @asid */
	TLBI_ALL,      /* everything but global entries */
	TLBI_ALL_GLOBAL, /* everything */
};

struct tlbi_op {
	enum tlbi_scope scope;
	u64 asid;
	u64 va;
	unsigned level; /* of the leaf that is named */
};

/* A translation that may be cached: pure data for covers(). */
struct tlb_entry {
	u64 asid;
	u64 va;         /* start */
	unsigned level; /* size is pt_size(level) */
	bool global;
	bool walk;      /* a walk-cache entry (table pointer), not a leaf */
};

/* --- what the arch owes in <arch/tlbi.h> ---
 * #define ARCH_HAS_TLB: 1 if hardware translates, so that tests may read through a user mapping; 0 on the host
 * #define ARCH_TLBI_TABLES_WHOLE: 1 if no invalidate by address takes the walk caches, so that a freed table costs the whole ASID
 */
static inline bool arch_tlbi_covers(const struct tlbi_op *op, const struct tlb_entry *e); /* pure */

/*
 * NULL, or why this machine is known to drop more than the page that a page invalidate names: then tests do not ask for the
 * rest.
 */
static inline const char *arch_tlbi_inexact(void);

/*
 * Where translations are kept in a table of the machine's beside the trees (POWER's hashed page table), which the kernel fills when an
 * access asks for one: no CPU walks the trees, an entry outlives a switch of root and serves whoever loads the space later. Then an
 * invalidate is everybody's, there is none by one CPU alone, and an ID's entries go before it is given out again. An ISA that can have
 * it defines ARCH_TLB_SHARED; constant from arch_configure() on.
 */
static inline bool arch_tlb_shared(void);
static inline void arch_asid_retire(u64 asid); /* on return no CPU can translate by an entry of @asid. Interrupts off */
/* NULL, or why no CPU of this machine invalidates for itself alone. An ISA that may lack it defines ARCH_TLB_SHARED. */
static inline const char *arch_tlbi_lacks_local(void);

/* raw: issue on this CPU only; where that is not possible, on every CPU */
static inline void arch_tlbi_leaf_local(u64 asid, u64 va, unsigned level); /* TLBI_LEAF at least; @level: of the leaf */
static inline void arch_tlbi_page_local(u64 asid, u64 va, unsigned level); /* TLBI_PAGE */
static inline void arch_tlbi_asid_local(u64 asid);
static inline void arch_tlbi_all_local(void);        /* without global entries */
static inline void arch_tlbi_all_global_local(void); /* with them */
/*
 * @nr leaves of @level from @va, with the walk caches on the way to them if @tables. Returns the instructions issued. An ISA that has an
 * operation for the walk caches of an ASID alone defines ARCH_TLBI_WALKS as 1 and this function: there a run with @tables issues it once,
 * whatever @nr, which may be 0. Elsewhere each leaf takes its walk caches along.
 */
static inline u64 arch_tlbi_run_local(u64 asid, u64 va, u64 nr, unsigned level, bool tables);
static inline u64 arch_tlbi_asid_local_ops(void); /* instructions of arch_tlbi_asid_local() */
/*
 * raw: issue on every CPU, by a broadcast of the hardware. NULL, or why this machine has none; then nothing below is called.
 * An ISA that has one defines ARCH_TLBI_BCAST.
 */
static inline const char *arch_tlbi_lacks_bcast(void);
/*
 * 0: Linux broadcasts here, whoever has run the mm. Else it flushes on this CPU alone while no other has, and trims the mask that says so
 * (mm/tlb/linux.c): then the leaves above which that flush takes the whole ASID.
 */
static inline u64 arch_linux_ceiling_local(void);
/* @nr leaves of @level from @va, with the walk caches on the way to them if @tables. Returns the instructions issued. */
static inline u64 arch_tlbi_run_bcast(u64 asid, u64 va, u64 nr, unsigned level, bool tables);
static inline u64 arch_tlbi_run_ops(u64 nr, unsigned level); /* ... and how many it will be */
static inline void arch_tlbi_asid_bcast(u64 asid);
static inline u64 arch_tlbi_asid_bcast_ops(void);  /* ... and the instructions of that */
static inline void arch_tlbi_complete_bcast(void); /* ... on return no access of any CPU uses an invalidated entry */
static inline unsigned arch_tlbi_rounds(void);     /* how often to issue and complete: 1, or more on CPUs that get it wrong */
/*
 * raw: by a call of the firmware, on the CPUs of @to, of which the caller is none and @to names at least one; on CPUs whose
 * interrupts are closed, too. On return no access of those CPUs uses an invalidated entry. The call need not order anything: a
 * full fence stands before it. Returns the calls made. Where arch_tlb_shared(), @to is every CPU. arch_tlbi_lacks_fw(): NULL, or why this
 * machine has none; then nothing below is called. An ISA that has one defines ARCH_TLBI_FW.
 */
static inline const char *arch_tlbi_lacks_fw(void);
static inline u64 arch_tlbi_run_fw(const struct cpumask *to, u64 asid, u64 va, u64 nr, unsigned level, bool tables);
static inline u64 arch_tlbi_asid_fw(const struct cpumask *to, u64 asid);
/*
 * 0, or the ticks of arch_cycles() after which a timer ends a turn of this CPU's wait in the firmware: an emulator that executes
 * CPUs by turns would let it wait to the end of a long one. What such a call takes is this number as much as the firmware's work.
 */
static inline u64 arch_tlbi_fw_bound(void);
/* Does Linux call the firmware here, where it could interrupt as well? Only if there is one. In timed code: a constant by then. */
static inline bool arch_tlbi_prefers_fw(void);
/* order */
static inline void arch_tlbi_publish(void);        /* earlier PTE stores are visible to every walker before a later invalidate */
static inline void arch_pte_made(u64 va);          /* after an entry was stored for @va, which had none: accesses may use it */
static inline void arch_tlbi_complete_local(void); /* on return no access of this CPU uses an invalidated entry */

/* Width of the address-space IDs, at most 16. */
static inline unsigned arch_asid_bits(void);

/* Load a root. On return no new walk of this CPU starts from the old one, and it holds no entry of the old ASID. */
void arch_mmu_switch(u64 root_pa, u64 asid);
/* Make this CPU translate with the kernel's map; feature bits on. */
void arch_mmu_init_cpu(void);
/* Build the kernel's map; returns its root. Called once on the boot CPU, after phys_init(). */
u64 arch_mmu_kernel_root(void);

#include <arch/tlbi.h>

#if !defined(ARCH_TLBI_BCAST) || !defined(ARCH_TLBI_FW)
#include <console.h>
#endif

#ifndef ARCH_TLB_SHARED /* every CPU has a TLB of its own and walks the trees */
static inline bool arch_tlb_shared(void)
{
	return false;
}

static inline void arch_asid_retire(u64 asid)
{
	(void)asid;
}

static inline const char *arch_tlbi_lacks_local(void)
{
	return NULL;
}
#endif

#ifndef ARCH_TLBI_WALKS /* walk caches go with a leaf or with the ASID, and an ASID in one operation */
#define ARCH_TLBI_WALKS 0

static inline u64 arch_tlbi_run_local(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	const u64 step = 1ULL << arch_pt_shift(level);

	for (u64 left = nr; left; left--, va += step)
		if (tables)
			arch_tlbi_page_local(asid, va, level);
		else
			arch_tlbi_leaf_local(asid, va, level);
	return nr;
}

static inline u64 arch_tlbi_asid_local_ops(void)
{
	return 1;
}
#endif

#ifndef ARCH_TLBI_BCAST /* the ISA has none: nobody calls these */
static inline u64 arch_linux_ceiling_local(void)
{
	return 0;
}

static inline u64 arch_tlbi_run_bcast(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	(void)asid, (void)va, (void)nr, (void)level, (void)tables;
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline u64 arch_tlbi_run_ops(u64 nr, unsigned level)
{
	(void)level;
	return nr;
}

static inline void arch_tlbi_asid_bcast(u64 asid)
{
	(void)asid;
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline u64 arch_tlbi_asid_bcast_ops(void)
{
	return 1;
}

static inline void arch_tlbi_complete_bcast(void)
{
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline unsigned arch_tlbi_rounds(void)
{
	return 1;
}
#endif

#ifndef ARCH_TLBI_FW /* the same of the firmware */
static inline const char *arch_tlbi_lacks_fw(void)
{
	return "no firmware of this ISA invalidates on other CPUs";
}

static inline u64 arch_tlbi_run_fw(const struct cpumask *to, u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	(void)to, (void)asid, (void)va, (void)nr, (void)level, (void)tables;
	panic("firmware invalidate: %s", arch_tlbi_lacks_fw());
}

static inline u64 arch_tlbi_asid_fw(const struct cpumask *to, u64 asid)
{
	(void)to, (void)asid;
	panic("firmware invalidate: %s", arch_tlbi_lacks_fw());
}

static inline u64 arch_tlbi_fw_bound(void)
{
	return 0;
}

static inline bool arch_tlbi_prefers_fw(void)
{
	return false;
}
#endif

#endif
