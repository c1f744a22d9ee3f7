/* SPDX-License-Identifier: GPL-2.0-only */
/* Batched invalidates: entries go one by one, their translations together later (mm/tlb/batch.c). */
#ifndef SKEET_BATCH_H
#define SKEET_BATCH_H

#include <mm.h>
#include <tlb.h>

/* Mutations (oracle image), of the workload reclaim. */
enum batch_mut {
	M_BATCH_NO_PENDING = 1,  /* who relies on an empty slot does not ask whether its invalidate is pending */
	M_BATCH_OTHER_COMPLETES, /* ... completes its own invalidates, which are not those */
	M_BATCH_OVERFLOW,        /* the count of pending ones wraps */
	M_BATCH_NO_FLUSH,        /* the batch is not completed before its frames go */
};

/* Counts of mm->flush_batched wrap at so many. Tiny where wraps are to be met. */
#define BATCH_COUNTS (oracle_build ? 8u : 0x8000u)

/* What one CPU has emptied and not invalidated yet; on that CPU alone (struct tlbflush_unmap_batch). */
struct tlb_batch {
	struct mm *mm;
	void (*inval)(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
	bool issues;   /* the hardware broadcasts: an invalidate is issued with each entry; else one for all comes at the end */
	bool required; /* there is something to complete */
	unsigned mut;
};

/* An empty batch of @mm, by the method @tlb; @inval: its inval(), or what stands before it. */
void tlb_batch_begin(struct tlb_batch *b, struct mm *mm, const struct tlb_method *tlb,
		     void (*inval)(struct mm *mm, const struct tlb_range *r, struct cpumask *drained), unsigned mut);
/* The slot of @va at @level has just been emptied. mm->lock is held. */
void tlb_batch_add(struct tlb_batch *b, u64 va, unsigned level);
/* On return no CPU uses what was added. @drained: as of a method. The CPU that added; thread context, interrupts on. */
void tlb_batch_flush(struct tlb_batch *b, struct cpumask *drained);
/* A slot was found empty, and whoever relies on it goes on: on return no CPU uses what was emptied there. mm->lock is held. */
void tlb_batched_pending(struct tlb_batch *b);

#endif
