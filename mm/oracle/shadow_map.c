// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is still mapped.
 *
 * Rule. A frame or a table may go only when no entry of any mm leads to it any more. Otherwise hardware and software walkers go on
 * finding it after it has another owner, and no invalidate and no sync() helps, because the next walk loads the entry again. This
 * is "free before unhook" of gather.c; it needs no CPU that has the mm loaded. Verdict: freed-mapped.
 *
 * So each frame counts the entries that lead to it (struct frame, hooks): leaves of any size that lie in it or cover it, and
 * pointers to it as a table. References do not matter here: a frame is freed with its last one, however many mappings had one.
 *   - An entry counts from the store on, although others may not see it yet: the worst case.
 *   - An entry that was replaced does not count any more, but as long as that store sits in a store buffer memory still holds the
 *     old one. shadow_tlb.c has a record of it for that time, and the free looks there as well. What the freeing CPU itself has
 *     buffered is visible by then, because a real free does not overtake it (phys.c).
 *   - A table that is unhooked takes along what is in it: nobody gets there any more. One that is hooked full counts what is in it
 *     entry by entry, as whoever hooks it reports it (pt_split()).
 * Entries are counted from boot on, not from the start of a run. Addresses outside memory (devices) are nobody's.
 *
 * Every doubt is settled for "not mapped": a count stays at 0 where an entry of an unhooked table is cleared later.
 */
#include <cpu.h>
#include <phys.h>

#include "shadow.h"
#include "store_buffer.h"

static void hook(u32 *n)
{
	__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
}

static void unhook(u32 *n)
{
	u32 v = __atomic_load_n(n, __ATOMIC_RELAXED);

	while (v && !__atomic_compare_exchange_n(n, &v, v - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/* Every frame that @e leads to: a leaf may cover many. */
static void each_frame(pte_t e, unsigned level, void (*change)(u32 *n))
{
	u64 pa = arch_pte_pa(e, level), end = pa + (arch_pte_is_leaf(e, level) ? pt_size(level) : PAGE_SIZE);

	while (pa < end) {
		struct frame *f = frame_find(pa);

		if (f)
			change(&f->hooks);
		/* Memory is whole blocks of the size of a large frame. */
		pa += f && !f->order ? PAGE_SIZE : HUGE_SIZE;
	}
}

static void unhook_below(u64 table_pa, unsigned level)
{
	const struct frame *f = frame_find(table_pa);
	const struct pword *table;

	if (!f || f->state != FRAME_TABLE)
		return;
	table = phys_to_virt(table_pa);
	for (unsigned i = 0; i < 1U << arch_pt_bits(level); i++) {
		pte_t e = sb_peek(&table[i]);

		if (!arch_pte_present(e))
			continue;
		each_frame(e, level, unhook);
		if (!arch_pte_is_leaf(e, level))
			unhook_below(arch_pte_pa(e, level), level - 1);
	}
}

static bool is_table(pte_t e, unsigned level)
{
	return arch_pte_present(e) && !arch_pte_is_leaf(e, level);
}

void shadow_map_changed(unsigned level, pte_t old, pte_t new)
{
	if (is_table(old, level) && is_table(new, level) && arch_pte_pa(old, level) == arch_pte_pa(new, level))
		return;
	if (arch_pte_present(new))
		each_frame(new, level, hook);
	if (arch_pte_present(old))
		each_frame(old, level, unhook);
	if (is_table(old, level))
		unhook_below(arch_pte_pa(old, level), level - 1);
}

void shadow_map_freed(u64 pa, bool table)
{
	u32 n = __atomic_load_n(&frame_of(pa)->hooks, __ATOMIC_RELAXED);

	if (n)
		shadow_violation("freed-mapped", this_cpu(), "CPU %u frees %s 0x%llx while %u page-table entries still lead to it",
				 this_cpu(), table ? "table" : "frame", (unsigned long long)pa, n);
}
