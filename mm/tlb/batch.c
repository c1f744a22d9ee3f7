// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: the slot is emptied now, the translation goes later, with many others. Reclaim of Linux (mm/rmap.c: try_to_unmap_flush();
 * arch/arm64: arch_tlbbatch_add_pending(), arch_tlbbatch_flush(), 43b3dfdd0455).
 *
 * Why. Reclaim unmaps page by page and frees in groups. With an IPI flush one for a group does. With a broadcast of the hardware each page
 * costs its TLBI all the same, but the wait for completion (DSB) is the dear part, and one at the end covers them all.
 *
 * Rule 1. Nothing that was added is freed, written back or promised gone before the batch is flushed on the CPU that filled it. A
 * completion covers the invalidates that its own CPU issued, and no others (Arm ARM, DSB; here oracle_tlbi_own_complete()).
 *
 * Rule 2. So a slot can be empty while its translation lives. Whoever finds it empty and relies on that (munmap or mprotect that
 * returns, a new mapping) asks first whether a batch is pending on the mm, under the same lock under which the slot was emptied, and
 * if so invalidates by itself: the whole address space, because it does not know what the other has added. Waiting for its own
 * completion would be no help (rule 1).
 *
 * mm->flush_batched: how many were added, and up to which of these somebody has invalidated since; different: pending. (tlb_flush_batched
 * of Linux, with its two counts in one word.) Adders only raise the first; who has flushed sets the second to the first as it was read
 * before, by a compare and exchange: what was added meanwhile stays pending. The counts are small, and the first must not come round
 * to the second: so when it is large the word begins again with one added, none flushed. Nothing is lost by that: it says "pending",
 * at worst once too often.
 *
 * Race.   reclaim                              munmap                             a third CPU
 *         lock, empty the slot, issue,
 *         count, unlock                                                           uses the old translation
 *                                              lock, slot is empty, count says
 *                                              pending: invalidate all
 *                                              unlock, map another frame there
 *         complete, free the old frame
 *
 * Walkers: a flush of the hardware drains nobody, so the frames of a batch go behind a sync, as everywhere.
 * Facts checked against Linux 6.12: mm/rmap.c: set_tlb_ubc_flush_pending(), flush_tlb_batched_pending().
 */
#include <batch.h>
#include <oracle.h>
#include <pt.h>

#include "ways.h"

static u64 added(u64 word)
{
	return word % BATCH_COUNTS;
}

static u64 flushed(u64 word)
{
	return word / BATCH_COUNTS;
}

static u64 counts(u64 added, u64 flushed)
{
	return flushed * BATCH_COUNTS + added;
}

void tlb_batch_begin(struct tlb_batch *b, struct mm *mm, const struct tlb_method *tlb,
		     void (*inval)(struct mm *mm, const struct tlb_range *r, struct cpumask *drained), unsigned mut)
{
	*b = (struct tlb_batch){ .mm = mm, .inval = inval, .issues = tlb_method_here(tlb)->reach == TLB_REACH_HW, .mut = mut };
}

static bool mutated(const struct tlb_batch *b, enum batch_mut mut)
{
	return oracle_build && b->mut == mut;
}

/* The whole address space. */
static void inval_all(struct tlb_batch *b, struct cpumask *drained)
{
	struct tlb_range r = { .va = pt_user_start(), .nr = tlb_ceiling + 1, .level = 0 };

	b->inval(b->mm, &r, drained);
}

static void count(struct tlb_batch *b)
{
	u64 v, next;

	do {
		v = pword_load(&b->mm->flush_batched);
		if (mutated(b, M_BATCH_OVERFLOW))
			next = counts(added(added(v) + 1), flushed(v));
		else if (added(v) > BATCH_COUNTS / 2)
			next = counts(1, 0);
		else
			next = v + 1;
	} while (!pword_cmpxchg(&b->mm->flush_batched, v, next));
}

void tlb_batch_add(struct tlb_batch *b, u64 va, unsigned level)
{
	struct tlb_range r = { .va = va, .nr = 1, .level = level };

	if (b->issues)
		tlb_issue_bcast(b->mm, &r);
	b->required = true;
	count(b);
}

void tlb_batch_flush(struct tlb_batch *b, struct cpumask *drained)
{
	cpumask_clear(drained);
	if (!b->required || mutated(b, M_BATCH_NO_FLUSH))
		return;
	if (b->issues)
		tlb_complete_bcast();
	else
		inval_all(b, drained);
	b->required = false;
}

void tlb_batched_pending(struct tlb_batch *b)
{
	u64 v = pword_load(&b->mm->flush_batched);

	if (added(v) == flushed(v) || mutated(b, M_BATCH_NO_PENDING))
		return;
	if (mutated(b, M_BATCH_OTHER_COMPLETES))
		tlb_complete_bcast();
	else
		inval_all(b, NULL);
	/* Whoever added meanwhile stays pending: then the word has changed. */
	pword_cmpxchg(&b->mm->flush_batched, v, counts(added(v), added(v)));
}
