/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving page tables back by RCU, many at a time. */
#ifndef SKEET_TABLE_BATCH_H
#define SKEET_TABLE_BATCH_H

#include <types.h>

struct table_batch;

/*
 * Free the table @pa, which is unhooked and of which no TLB knows, when no walker can be in it. *@batch: NULL, or what is being filled;
 * no lock protects it. Where there is no page for a batch it waits for the walkers here. Context: as rcu_synchronize().
 */
void table_batch_add(struct table_batch **batch, u64 pa);
/* Hand over what has been collected: the tables are free after rcu_barrier(). */
void table_batch_flush(struct table_batch **batch);

/* For tests: so many of the next batches find no page. */
extern unsigned table_batch_fail;

#endif
