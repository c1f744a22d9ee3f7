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
 * Every doubt is settled for "not mapped": a count stays at 0 where an entry of an unhooked table, or one that led to a frame when
 * it was freed, is cleared later.
 */
#include <cpu.h>
#include <mm.h>
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
		pa += f ? PAGE_SIZE << f->order : HUGE_SIZE;
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

#define NOWHERE (~0ULL)

/* The VA of the first entry in this table or below that leads to @f. */
static u64 entry_to(const struct frame *f, u64 table_pa, u64 va, unsigned level)
{
	const struct pword *table = phys_to_virt(table_pa);

	for (unsigned i = level == ARCH_PT_LEVELS - 1 ? ARCH_KERNEL_SLOTS : 0; i < 1U << arch_pt_bits(level); i++) {
		pte_t e = sb_peek(&table[i]);
		const struct frame *to = arch_pte_present(e) ? frame_find(arch_pte_pa(e, level)) : NULL;
		u64 at = va + i * pt_size(level);

		if (to && to == f)
			return at;
		if (!to || !level || !is_table(e, level) || to->state != FRAME_TABLE)
			continue;
		at = entry_to(f, arch_pte_pa(e, level), at, level - 1);
		if (at != NOWHERE)
			return at;
	}
	return NOWHERE;
}

/* A CPU that can get to @f by an mm that it has loaded, and where; NR_CPUS if there is none. */
static unsigned who_gets_to(const struct frame *f, u64 *va)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		const struct mm *mm = shadow_loaded(cpu);

		*va = mm ? entry_to(f, mm->root_pa, 0, ARCH_PT_LEVELS - 1) : NOWHERE;
		if (*va != NOWHERE)
			return cpu;
	}
	return NR_CPUS;
}

void shadow_map_freed(u64 pa, bool table)
{
	struct frame *f = frame_of(pa);
	u32 n = __atomic_load_n(&f->hooks, __ATOMIC_RELAXED);
	unsigned cpu;
	u64 va;

	if (!n)
		return;
	/* Said once, and not again of the next owner. */
	__atomic_store_n(&f->hooks, 0, __ATOMIC_RELAXED);
	cpu = who_gets_to(f, &va);
	if (cpu < NR_CPUS)
		shadow_violation("freed-mapped", cpu,
				 "CPU %u frees %s 0x%llx while %u page-table entries lead to it: CPU %u gets there by VA 0x%llx",
				 this_cpu(), table ? "table" : "frame", (unsigned long long)pa, n, cpu, (unsigned long long)va);
	else
		shadow_violation("freed-mapped", this_cpu(),
				 "CPU %u frees %s 0x%llx while %u page-table entries lead to it, none of an mm that a CPU has loaded",
				 this_cpu(), table ? "table" : "frame", (unsigned long long)pa, n);
}
