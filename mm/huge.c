// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transparent huge pages.
 *
 * Every leaf holds one reference on its frame: a 2M leaf one, and after a split each of the 512 small leaves one on the
 * same 2M frame, so that each can be zapped alone and the last one frees the whole. The references of a split are taken
 * before the small leaves can be seen, and those of a collapse are dropped after the small leaves are gone for everybody:
 * the count is never lower than the number of ways to reach the frame.
 */
#include <huge.h>
#include <phys.h>
#include <pt.h>

#define SMALL_LEAVES (HUGE_SIZE / PAGE_SIZE)

/**
 * zap_huge_pmd - step 1 of giving up a 2M mapping
 * @g: gather of the mm
 * @va: any address in the mapping
 * Return: true if there was a 2M leaf. Source: zap_huge_pmd() of Linux.
 */
bool zap_huge_pmd(struct mmu_gather *g, u64 va)
{
	return gather_unhook_leaf(g, va, HUGE_LEVEL) != PTE_NONE;
}

static void drop(u64 pa, u64 n)
{
	while (n-- > 0)
		frame_put(pa);
}

/**
 * split_huge_pmd - replace the 2M leaf of @va by 512 small ones
 * Return: true if there was a 2M leaf. Context: thread, interrupts on; the caller excludes other changes of this leaf.
 */
bool split_huge_pmd(struct mm *mm, u64 va, const struct tlb_method *tlb)
{
	unsigned level;
	pte_t old = pt_lookup(mm, va, &level);
	u64 pa;

	if (old == PTE_NONE || level != HUGE_LEVEL)
		return false;
	pa = arch_pte_pa(old, HUGE_LEVEL);
	frame_get(pa, SMALL_LEAVES - 1);
	if (pt_split(mm, va, HUGE_LEVEL, tlb) == 0)
		return true;
	drop(pa, SMALL_LEAVES - 1);
	return false;
}

/**
 * collapse_huge_pmd - replace 512 small leaves of one 2M frame by a 2M leaf
 * @sync: waits for the walkers of the table that goes
 * Return: true if it was done; false, with nothing changed, if they do not map one whole frame alike.
 */
bool collapse_huge_pmd(struct mm *mm, u64 va, const struct tlb_method *tlb,
		       void (*sync)(struct mm *mm, const struct cpumask *drained))
{
	pte_t leaf = pt_collapse(mm, va, HUGE_LEVEL, tlb, sync);

	if (leaf == PTE_NONE)
		return false;
	drop(arch_pte_pa(leaf, HUGE_LEVEL), SMALL_LEAVES - 1);
	return true;
}
