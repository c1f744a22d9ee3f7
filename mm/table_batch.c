// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables are freed behind a grace period, a page full of them in one call.
 *
 * Origin: mm/mmu_gather.c of Linux with MMU_GATHER_RCU_TABLE_FREE: tlb_remove_table(), struct mmu_table_batch, tlb_table_flush(),
 * tlb_remove_table_rcu(). Where the page for a batch cannot be had, Linux made every CPU take an interrupt and freed the one table
 * (__tlb_remove_table_one(), tlb_remove_table_sync_one()); since 1fb3d8c20bfa it is synchronize_rcu(), as here.
 * Rule: a table is added when it is unhooked and the invalidate of its walk caches is complete; RCU waits for software only.
 * What this is good for: tables that are given back. One that is used again in place has to be quiet now, not later (collapse, unshare).
 */
#include <phys.h>

#include "rcu.h"
#include "table_batch.h"

#define BATCH ((PAGE_SIZE - sizeof(struct rcu_head) - 2 * sizeof(u64)) / sizeof(u64))

struct table_batch {
	struct rcu_head head;
	u64 own; /* the page that this is */
	u64 n;
	u64 pa[];
};

unsigned table_batch_fail;

static void free_batch(struct rcu_head *head)
{
	struct table_batch *b = (struct table_batch *)head;

	for (u64 i = 0; i < b->n; i++)
		phys_free_table(b->pa[i]);
	frame_put(b->own);
}

static struct table_batch *new_batch(void)
{
	struct table_batch *b;
	u64 own = 0;

	if (table_batch_fail)
		table_batch_fail--;
	else
		own = phys_alloc_page();
	if (!own)
		return NULL;
	b = phys_to_virt(own);
	b->own = own;
	b->n = 0;
	return b;
}

void table_batch_add(struct table_batch **batch, u64 pa)
{
	struct table_batch *b = *batch ? *batch : new_batch();

	if (!b) {
		rcu_synchronize();
		phys_free_table(pa);
		return;
	}
	b->pa[b->n++] = pa;
	*batch = b;
	if (b->n == BATCH)
		table_batch_flush(batch);
}

void table_batch_flush(struct table_batch **batch)
{
	if (*batch)
		rcu_call(&(*batch)->head, free_batch);
	*batch = NULL;
}
