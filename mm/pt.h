/* SPDX-License-Identifier: GPL-2.0-only */
/* One generic page-table mapper over the arch contract. Levels count up from the leaf. */
#ifndef SKEET_PT_H
#define SKEET_PT_H

#include <mm.h>
#include <mutant.h>
#include <oracle.h>
#include <pte.h>

/* --- slots: every load and store of an entry. The caller of a store holds mm->lock unless it says why not. --- */

/* One single-copy-atomic load (READ_ONCE); a walker passes what it loaded to oracle_walk_loaded() itself. */
static __always_inline pte_t pte_load(const struct pword *slot)
{
	return pword_load(slot);
}

static __always_inline void pte_store(struct mm *mm, struct pword *slot, u64 va, unsigned level, pte_t e)
{
	pte_t old = oracle_peek(slot);

	pword_store(slot, e);
	oracle_pte_changed(mm, slot, va, level, old, e);
}

/* Atomic exchange, as pmdp_huge_get_and_clear(): A and D bits set by the hardware meanwhile are in the returned value. */
static __always_inline pte_t pte_xchg(struct mm *mm, struct pword *slot, u64 va, unsigned level, pte_t e)
{
	pte_t old = pword_xchg(slot, e);

	oracle_pte_changed(mm, slot, va, level, old, e);
	return old;
}

/* Mutation of what follows. */
enum { M_TABLE_NO_FENCE = 200 };

/*
 * A new table is filled: its entries before the entry that will point to it (smp_wmb() before pmd_populate()). Pairs with the address
 * dependency of every walker. bench=litmus runs it with and without @mut.
 */
static __always_inline void pt_table_filled(const unsigned mut)
{
	/* [fault.fence] Orders the stores to the table before the store of the entry. */
	if (mut != M_TABLE_NO_FENCE)
		fence_store();
}

/*
 * --- the mapper ---
 *
 * These functions take mm->lock themselves, except where they say so. Thread context, interrupts on.
 */

/* The first VA that belongs to the mm alone: below lies what every mm shares with the kernel. */
static inline u64 pt_user_start(void)
{
	return (u64)ARCH_KERNEL_SLOTS << pt_shift(ARCH_PT_LEVELS - 1);
}

/* The slot of @va at @level; tables on the way are allocated if @alloc. NULL if there is none. */
struct pword *pt_slot(struct mm *mm, u64 va, unsigned level, bool alloc);
/* Map one leaf of pt_size(level) at @va. Returns 0, or -1 if something is mapped there or the alignment is wrong. */
int pt_map(struct mm *mm, u64 va, u64 pa, unsigned prot, unsigned level);
/* Clear the leaf and return what was there (PTE_NONE if nothing). The caller invalidates. */
pte_t pt_unmap(struct mm *mm, u64 va, unsigned level, const struct pword **where);
/* The value and level that translate @va now (PTE_NONE: nothing). */
pte_t pt_lookup(struct mm *mm, u64 va, unsigned *level);

struct tlb_method;
struct cpumask;

/* Replace the leaf at @level by a table of smaller leaves with the same translations. 0, or -1 if there is no such leaf. */
int pt_split(struct mm *mm, u64 va, unsigned level, const struct tlb_method *tlb);
/*
 * Replace the table below @level by one leaf, if its leaves translate contiguous, aligned memory with one protection.
 * @sync waits for the walkers of the old table. The leaf, or PTE_NONE if the table is not like that (nothing is changed then).
 */
pte_t pt_collapse(struct mm *mm, u64 va, unsigned level, const struct tlb_method *tlb,
		  void (*sync)(struct mm *mm, const struct cpumask *drained));
/* Free every table of @mm below its root, clearing each entry. Nobody translates or walks with it any more. */
void pt_free_all(struct mm *mm);

#endif
