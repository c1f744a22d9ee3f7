/* SPDX-License-Identifier: GPL-2.0-only */
/* mmu_gather: takes entries out of an mm and frees what they pointed to, in the one order that is safe (gather.c). */
#ifndef SKEET_GATHER_H
#define SKEET_GATHER_H

#include <cpumask.h>
#include <mm.h>
#include <mutant.h>
#include <pt.h>
#include <tlb.h>

#define GATHER_BUNDLE 8 /* items that need no memory of their own */
#define GATHER_BATCH 64

/* Mutations (oracle image): which step is made too early, or what the range forgets. Caught in tests/gather_mutants.c. */
enum gather_mut {
	M_GATHER_SYNC_FIRST = 1, /* sync before unhook */
	M_GATHER_INVAL_FIRST,    /* invalidate before unhook */
	M_GATHER_FREE_FIRST,     /* free before sync */
	M_GATHER_SHORT,          /* the range does not grow */
	M_GATHER_LARGEST,        /* the stride of the largest level that went */
	M_GATHER_NO_BELOW,       /* the leaves that go with their table do not count */
	M_GATHER_NO_TABLES,      /* the method is not told that tables go */
	M_GATHER_NO_NESTED,      /* the end does not look for other gathers of the mm */
};

struct gather_item {
	const struct pword *slot;
	pte_t old;     /* what the slot held */
	unsigned level; /* of the slot */
};

struct mmu_gather {
	struct mm *mm;
	const struct tlb_method *tlb;
	void (*sync)(struct mm *mm, const struct cpumask *drained); /* a scheme's (sync.h) */
	u64 start, end;      /* every VA that an unhooked entry translated */
	unsigned cleared;    /* bit l: leaves or table pointers of level l went (cleared_ptes, cleared_pmds, ...) */
	bool freed_tables;
	unsigned mut;        /* enum gather_mut, or MUT_NONE */
	unsigned nr, room;   /* items; room for, without asking for memory again */
	struct gather_item bundle[GATHER_BUNDLE];
	u64 page;            /* of the items behind these; 0: none */
};

/* Start an empty gather; gather_finish() ends it. @sync: the scheme that waits for the lockless walkers. */
void gather_begin(struct mmu_gather *g, struct mm *mm, const struct tlb_method *tlb,
		  void (*sync)(struct mm *mm, const struct cpumask *drained));
/* Take the leaf at @va out; its frame's reference is dropped by gather_flush(). PTE_NONE if there is none. Takes mm->lock. */
pte_t gather_unhook_leaf(struct mmu_gather *g, u64 va, unsigned level);
/* Take the table that @slot (of @va, at @level) points to out, with the leaves it may still hold. mm->lock is held. */
void gather_unhook_table(struct mmu_gather *g, struct pword *slot, u64 va, unsigned level);
/* Invalidate, sync, free; the gather is empty then and may go on. */
void gather_flush(struct mmu_gather *g);
/* The same, and the end of the gather. */
void gather_finish(struct mmu_gather *g);

/* For tests: so many of the next gathers that want a page find none. */
extern unsigned gather_fail;

#endif
