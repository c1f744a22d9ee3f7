// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page-table mapper.
 *
 * Geometry is data (pt_shift(), arch_pt_bits()), so one loop serves every ISA. Writers of one mm exclude each other by
 * mm->lock; software walkers and the MMU do not take it, so every store must be right for them at the moment it is made:
 *
 *  - A new table is filled before the entry that points to it is stored (pt_table_filled(); the reader's side is the address
 *    dependency from the entry to the table, which hardware walkers and pt_slot() keep as well).
 *  - A table is never unhooked and freed here: that is gather.c's, the one place where "unhook, invalidate, sync, free"
 *    stands. pt_free_all() is the exception, for an mm that nobody can reach any more.
 *  - A leaf never becomes a table, or a table a leaf, in one store. A CPU could then hold the 2M translation and a 4K one
 *    for one address at the same time, and which of them it uses is its own choice (x86: SDM Vol. 3, 4.10.2.3, where the
 *    two may even disagree in protection; arm64 calls the way around it break-before-make). So the entry is made
 *    not-present, the invalidate completes on every CPU, and only then the other kind is stored.
 */
#include <console.h>
#include <gather.h>
#include <phys.h>
#include <pt.h>
#include <tlb.h>

static unsigned slots_at(unsigned level)
{
	return 1U << arch_pt_bits(level);
}

static struct pword *table_of(pte_t e, unsigned level)
{
	return phys_to_virt(arch_pte_pa(e, level));
}

/* Put a new table into an empty slot; returns the entry. Lock held. */
static pte_t hook_table(struct mm *mm, struct pword *slot, u64 va, unsigned level)
{
	pte_t e = arch_pte_table(phys_alloc_table(), level);

	pt_table_filled(MUT_NONE);
	pte_store(mm, slot, va, level, e); /* [fault.populate] */
	return e;
}

/* The slot of @va at @level. Lock held, so that no table on the way goes; still each level is loaded once, as walkers must. */
static struct pword *slot_locked(struct mm *mm, u64 va, unsigned level, bool alloc)
{
	struct pword *table = phys_to_virt(mm->root_pa);

	for (unsigned l = ARCH_PT_LEVELS - 1; l > level; l--) {
		struct pword *slot = &table[pt_index(va, l)];
		pte_t e = pte_load(slot);

		if (alloc && e == PTE_NONE)
			e = hook_table(mm, slot, va, l);
		if (!arch_pte_present(e) || arch_pte_is_leaf(e, l))
			return NULL;
		table = table_of(e, l);
	}
	return &table[pt_index(va, level)];
}

/**
 * pt_slot - find the slot of @va at @level
 * @alloc: allocate missing tables
 * Return: the slot; NULL if a table is missing (without @alloc) or a larger leaf is in the way. Valid until the table that holds it
 * goes: the caller excludes that. Takes mm->lock.
 */
struct pword *pt_slot(struct mm *mm, u64 va, unsigned level, bool alloc)
{
	struct pword *slot;

	spin_lock(&mm->lock);
	slot = slot_locked(mm, va, level, alloc);
	spin_unlock(&mm->lock);
	return slot;
}

static bool leaf_allowed(u64 va, u64 pa, unsigned level)
{
	u64 mask = pt_size(level) - 1;

	return level < ARCH_PT_LEVELS && arch_pt_leaf_ok(level) && !((va | pa) & mask) && va >= pt_user_start() &&
	       !(va >> pt_shift(ARCH_PT_LEVELS));
}

/**
 * pt_map - map one leaf
 * @va: multiple of pt_size(@level), in the part of the address space that the mm owns
 * @pa: multiple of pt_size(@level); the mapping takes over one reference of the caller
 * Return: 0; -1 if anything is in the way (an empty table too), or level or alignment are not possible.
 */
int pt_map(struct mm *mm, u64 va, u64 pa, unsigned prot, unsigned level)
{
	struct pword *slot;
	int rc = -1;

	if (!leaf_allowed(va, pa, level))
		return -1;
	spin_lock(&mm->lock);
	slot = slot_locked(mm, va, level, true);
	if (slot && pte_load(slot) == PTE_NONE) { /* [fault.load] */
		pte_store(mm, slot, va, level, arch_pte_leaf(pa, prot, level)); /* [fault.fill] */
		arch_pte_made(va);
		rc = 0;
	}
	spin_unlock(&mm->lock);
	return rc;
}

/**
 * pt_unmap - clear one leaf
 * @where: set to its slot if there was one; may be NULL
 * Return: what the slot held, A and D bits included; PTE_NONE if there was no leaf at @level. The caller invalidates, and
 * frees only after that: everybody but a test does both through gather.h.
 */
pte_t pt_unmap(struct mm *mm, u64 va, unsigned level, const struct pword **where)
{
	struct pword *slot;
	pte_t old = PTE_NONE;

	spin_lock(&mm->lock);
	slot = slot_locked(mm, va, level, false);
	if (slot && arch_pte_is_leaf(pte_load(slot), level))
		old = pte_xchg(mm, slot, va, level, PTE_NONE);
	spin_unlock(&mm->lock);
	if (where && old != PTE_NONE)
		*where = slot;
	return old;
}

/**
 * pt_lookup - translate @va by software
 * @level: set to the level of the leaf; may be NULL
 * Return: the leaf, or PTE_NONE. A snapshot: nothing keeps it valid unless the caller excludes writers.
 */
pte_t pt_lookup(struct mm *mm, u64 va, unsigned *level)
{
	const struct pword *table = phys_to_virt(mm->root_pa);

	for (unsigned l = ARCH_PT_LEVELS; l-- > 0;) {
		pte_t e = pte_load(&table[pt_index(va, l)]);

		if (arch_pte_is_leaf(e, l)) {
			if (level)
				*level = l;
			return e;
		}
		if (!arch_pte_present(e))
			break;
		table = table_of(e, l);
	}
	return PTE_NONE;
}

/* Fill a table that nobody sees yet (so plain stores will do) with leaves that translate as @leaf did. */
static void fill_split(u64 table_pa, pte_t leaf, unsigned level)
{
	struct pword *table = phys_to_virt(table_pa);
	u64 pa = arch_pte_pa(leaf, level);

	for (unsigned i = 0; i < slots_at(level - 1); i++)
		table[i].v = arch_pte_leaf(pa + i * pt_size(level - 1), arch_pte_prot(leaf), level - 1);
}

/* The new entries become part of @mm with the store that hooked their table. */
static void report_split(struct mm *mm, u64 table_pa, u64 va, unsigned level)
{
	const struct pword *table = phys_to_virt(table_pa);

	for (unsigned i = 0; i < slots_at(level - 1); i++)
		oracle_pte_changed(mm, &table[i], va + i * pt_size(level - 1), level - 1, PTE_NONE, table[i].v);
}

/**
 * pt_split - replace a leaf by a table of smaller ones with the same translations
 * @va: any address in the leaf
 * @level: of the leaf, at least 1
 * @tlb: reaches every CPU that has @mm loaded
 * Return: 0; -1 if there is no leaf at @level, or the next level down has no leaves.
 *
 * Neither a frame nor a table is freed, so no walker has to be waited for: one that loaded the old leaf translates as
 * before. The exchange keeps an A or D bit that the MMU sets until the very moment when the entry goes.
 * Source: __split_huge_pmd_locked() and pmdp_invalidate() of Linux.
 */
int pt_split(struct mm *mm, u64 va, unsigned level, const struct tlb_method *tlb)
{
	struct tlb_range r = { .va = va & ~(pt_size(level) - 1), .nr = 1, .level = level };
	struct pword *slot;
	pte_t old;
	u64 table;

	if (level == 0 || !arch_pt_leaf_ok(level - 1))
		return -1;
	spin_lock(&mm->lock);
	slot = slot_locked(mm, va, level, false);
	if (!slot || !arch_pte_is_leaf(pte_load(slot), level)) {
		spin_unlock(&mm->lock);
		return -1;
	}
	old = pte_xchg(mm, slot, r.va, level, PTE_NONE);
	tlb->inval(mm, &r, NULL);
	table = phys_alloc_table();
	fill_split(table, old, level);
	pt_table_filled(MUT_NONE);
	pte_store(mm, slot, r.va, level, arch_pte_table(table, level));
	arch_pte_made(r.va);
	report_split(mm, table, r.va, level);
	spin_unlock(&mm->lock);
	return 0;
}

/* Does the table that @e points to translate what one leaf could? Then that leaf, else PTE_NONE. Lock held. */
static pte_t merged_leaf(pte_t e, unsigned level)
{
	const struct pword *table;
	pte_t first;
	u64 pa;

	if (!arch_pte_present(e) || arch_pte_is_leaf(e, level))
		return PTE_NONE;
	table = table_of(e, level);
	first = pte_load(&table[0]);
	pa = arch_pte_pa(first, level - 1);
	if (!arch_pte_is_leaf(first, level - 1) || pa & (pt_size(level) - 1))
		return PTE_NONE;
	for (unsigned i = 1; i < slots_at(level - 1); i++) {
		pte_t next = pte_load(&table[i]);

		if (!arch_pte_is_leaf(next, level - 1) || arch_pte_prot(next) != arch_pte_prot(first) ||
		    arch_pte_pa(next, level - 1) != pa + i * pt_size(level - 1))
			return PTE_NONE;
	}
	return arch_pte_leaf(pa, arch_pte_prot(first), level);
}

/**
 * pt_collapse - replace a table of leaves by one leaf with the same translations
 * @va: any address in the range of the new leaf
 * @level: of the new leaf, at least 1
 * Return: the new leaf; PTE_NONE if there is no table at @level or its leaves are not one aligned, contiguous block of one
 * protection. mm->lock is held over the invalidate and the wait, as mmap_lock is in Linux: nobody may refill the slot meanwhile.
 *
 * The table goes through a gather, which invalidates both the leaves and the walk caches and waits for the walkers inside
 * the table before it is freed. The slot stays empty until all that is done: no two sizes at once, and no walker that
 * follows the old table to a slot which the new leaf does not know. Source: collapse_pte_mapped_thp() of Linux.
 */
pte_t pt_collapse(struct mm *mm, u64 va, unsigned level, const struct tlb_method *tlb,
		  void (*sync)(struct mm *mm, const struct cpumask *drained))
{
	struct pword *slot;
	struct mmu_gather g;
	pte_t leaf = PTE_NONE;

	va &= ~(pt_size(level) - 1);
	if (level == 0 || !arch_pt_leaf_ok(level))
		return PTE_NONE;
	gather_begin(&g, mm, tlb, sync);
	spin_lock(&mm->lock);
	slot = slot_locked(mm, va, level, false);
	if (slot)
		leaf = merged_leaf(pte_load(slot), level);
	if (leaf != PTE_NONE) {
		gather_unhook_table(&g, slot, va, level);
		gather_flush(&g);
		pte_store(mm, slot, va, level, leaf);
		arch_pte_made(va);
	}
	spin_unlock(&mm->lock);
	gather_finish(&g);
	return leaf;
}

/* Free the table at @table_pa, whose entries are at @level, and all below. */
static void free_below(struct mm *mm, u64 table_pa, u64 va, unsigned level, unsigned first)
{
	struct pword *table = phys_to_virt(table_pa);

	for (unsigned i = first; i < slots_at(level); i++) {
		u64 at = va + i * pt_size(level);
		pte_t e = pte_load(&table[i]);

		if (e == PTE_NONE)
			continue;
		if (arch_pte_present(e) && !arch_pte_is_leaf(e, level)) {
			free_below(mm, arch_pte_pa(e, level), at, level - 1, 0);
			pte_store(mm, &table[i], at, level, PTE_NONE);
			phys_free_table(arch_pte_pa(e, level));
		} else {
			pte_store(mm, &table[i], at, level, PTE_NONE);
		}
	}
}

void pt_free_all(struct mm *mm)
{
	free_below(mm, mm->root_pa, 0, ARCH_PT_LEVELS - 1, ARCH_KERNEL_SLOTS);
}
