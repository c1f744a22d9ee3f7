/* SPDX-License-Identifier: GPL-2.0-only */
/* Transparent huge pages: what is done to a 2M leaf and to the reference that the mapping holds on its frame. */
#ifndef SKEET_HUGE_H
#define SKEET_HUGE_H

#include <gather.h>

#define HUGE_LEVEL 1

/* Unhook the 2M leaf of @va; its frame's reference goes with gather_flush(). False if there is none. */
bool zap_huge_pmd(struct mmu_gather *g, u64 va);
/* Split the 2M leaf of @va into a table of 4K leaves, each with a reference of its own. False if there is none. */
bool split_huge_pmd(struct mm *mm, u64 va, const struct tlb_method *tlb);
/* The way back, in place. False if the table of @va does not hold one whole 2M frame. */
bool collapse_huge_pmd(struct mm *mm, u64 va, const struct tlb_method *tlb,
		       void (*sync)(struct mm *mm, const struct cpumask *drained));

#endif
