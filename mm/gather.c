// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmu_gather: unhook, invalidate, sync, free.
 *
 * Rule. What a page table pointed to is given up in four steps, and no step begins before the one above is complete for
 * everything that was gathered:
 *
 *   1. unhook      the slot no longer leads to it: nobody *new* can find it. (gather_unhook_*())
 *   2. invalidate  axes (a) and (b): no CPU's TLB or walk cache leads to it. (tlb_method)
 *   3. sync        axis (c): every software walker that loaded the slot before step 1 has left its walk. (sync_scheme)
 *   4. free        the frame or table has no user left that its reference count does not know.
 *
 * Invariant. At the moment when a frame or table leaves the gather, no CPU holds a translation or walk-cache entry made
 * before the unhook that refers to it, no walker that loaded the old entry goes on without a reference of its own, and
 * every address that was unhooked lay in the range of an invalidate issued after its unhook, at a stride not larger than
 * its level.
 *
 * Why in this order. Invalidate before unhook: a hardware walk right behind the invalidate loads the old entry again, for
 * as long as it likes. Sync before unhook: a walk that begins behind the sync finds the old entry. Free before sync: the
 * allocator is LIFO, so the walker reads the next owner's data. Sync before invalidate would be as safe as this order, but
 * a method that interrupts CPUs with interrupts on has waited for their walkers already: sync takes the set of those CPUs
 * (@drained) and may leave them out. active-mm-v4 does; the other schemes do not look at it, and send as if nobody was drained.
 *
 * Races, from the other side. A walker that loaded the slot before the unhook is inside its walk at that time; the scheme
 * says how step 3 sees it (its marker and its fence, or the interrupt that cannot get in while interrupts are off). A walker
 * that takes references may keep the frame past step 4: then the drop in step 4 is not the last one, and the frame is freed
 * when the walker lets go. It cannot keep a table: tables have no count to raise, so for them step 3 is never optional.
 *
 * What to invalidate. The range covers every unhooked entry; the stride is the smallest level among them (Linux:
 * tlb_get_unmap_shift()), so one instruction a stride reaches all. A table that goes with leaves still in it counts for the
 * leaves' level too: their translations may be cached although nobody cleared them one by one. freed_tables tells the
 * method that walk caches must go as well, also on CPUs that could skip the flush of a leaf.
 *
 * Nested gathers. Two CPUs take entries out of one range, each with a gather of its own (MADV_DONTNEED needs no more than the lock of the
 * table). One has unhooked an entry and not invalidated it yet; the other finds the slot empty, has nothing to invalidate there, and
 * when it returns its caller relies on it that nobody translates by the old entry any more. So a gather that ends while another one of
 * the mm is open invalidates the whole mm, walk caches too, even if it has unhooked nothing (mm_tlb_flush_nested() in tlb_finish_mmu()).
 * Order: the count goes up before a gather's first unhook, and the lock of the table stands between that unhook and whoever finds the
 * slot empty, so he reads the raised count.
 *
 * Memory. A batch is as long as the memory that there is for it: a few items in the gather itself, more in a page of its own. Without
 * that page the gather flushes as often as the few are full (tlb_next_batch(), MMU_GATHER_BUNDLE): slower, as safe.
 *
 * Facts checked against Linux 6.12: include/asm-generic/tlb.h, mm/mmu_gather.c.
 */
#include <console.h>
#include <gather.h>
#include <oracle.h>
#include <phys.h>

static bool mutated(const struct mmu_gather *g, enum gather_mut mut)
{
	return oracle_build && g->mut == mut;
}

unsigned gather_fail;

static struct gather_item *item(struct mmu_gather *g, unsigned i)
{
	struct gather_item *more = phys_to_virt(g->page);

	return i < GATHER_BUNDLE ? &g->bundle[i] : &more[i - GATHER_BUNDLE];
}

/* Room for one more item? Asks for the page when the bundle is full. */
static bool has_room(struct mmu_gather *g)
{
	_Static_assert((GATHER_BATCH - GATHER_BUNDLE) * sizeof(struct gather_item) <= 4096, "a batch is a page");

	if (g->nr < g->room)
		return true;
	if (g->page)
		return false;
	if (gather_fail)
		gather_fail--;
	else
		g->page = phys_alloc_page();
	g->room = g->page ? GATHER_BATCH : GATHER_BUNDLE;
	return g->nr < g->room;
}

static void reset(struct mmu_gather *g)
{
	g->start = ~0ULL;
	g->end = 0;
	g->cleared = 0;
	g->freed_tables = false;
	g->nr = 0;
}

void gather_begin(struct mmu_gather *g, struct mm *mm, const struct tlb_method *tlb,
		  void (*sync)(struct mm *mm, const struct cpumask *drained))
{
	g->mm = mm;
	g->tlb = tlb;
	g->sync = sync;
	g->mut = MUT_NONE;
	g->room = GATHER_BUNDLE;
	g->page = 0;
	reset(g);
	/* A full fence, too: the count before the first unhook. Partner: whoever finds that slot empty under its lock, gather_finish(). */
	pword_add(&mm->gathers, 1);
}

static void record(struct mmu_gather *g, const struct pword *slot, pte_t old, u64 va, unsigned level)
{
	u64 start = va & ~(pt_size(level) - 1);
	u64 end = start + pt_size(level);

	g->start = start < g->start ? start : g->start;
	g->end = end > g->end && !(g->nr && mutated(g, M_GATHER_SHORT)) ? end : g->end;
	g->cleared |= 1U << level;
	*item(g, g->nr++) = (struct gather_item){ .slot = slot, .old = old, .level = level };
}

/* Mutations: step 2 or 3 before step 1. */
static void too_early(struct mmu_gather *g, u64 va, unsigned level)
{
	struct tlb_range r = { .va = va & ~(pt_size(level) - 1), .nr = 1, .level = level };
	struct cpumask drained;

	cpumask_clear(&drained);
	if (mutated(g, M_GATHER_INVAL_FIRST))
		g->tlb->inval(g->mm, &r, &drained);
	if (mutated(g, M_GATHER_SYNC_FIRST))
		g->sync(g->mm, &drained);
}

/**
 * gather_unhook_leaf - step 1 for a leaf
 * @va: any address in it
 * @level: of the leaf
 * Return: what the slot held, or PTE_NONE if there was no leaf at @level. Flushes the batch first if it is full.
 */
pte_t gather_unhook_leaf(struct mmu_gather *g, u64 va, unsigned level)
{
	const struct pword *slot;
	pte_t old;

	if (!has_room(g))
		gather_flush(g);
	too_early(g, va, level);
	old = pt_unmap(g->mm, va, level, &slot); /* [gather.unhook] */
	if (old != PTE_NONE)
		record(g, slot, old, va, level);
	return old;
}

/* Leaves in the table that @e points to? A table below it would be lost: that is the caller's mistake. */
static bool holds_leaves(pte_t e, u64 va, unsigned level)
{
	const struct pword *table = phys_to_virt(arch_pte_pa(e, level));
	bool leaves = false;

	for (unsigned i = 0; i < 1U << arch_pt_bits(level - 1); i++) {
		pte_t below = pte_load(&table[i]);

		if (arch_pte_present(below) && !arch_pte_is_leaf(below, level - 1))
			panic("gather: the table of 0x%llx at level %u still holds a table in slot %u",
			      (unsigned long long)va, level, i);
		leaves |= arch_pte_present(below);
	}
	return leaves;
}

/**
 * gather_unhook_table - step 1 for a table
 * @slot: points to the table; of @va, at @level
 *
 * The frames that leaves in the table point to keep their references: the caller has another mapping for them, or owns
 * them. Context: mm->lock held; the batch must have room, which an empty gather has.
 */
void gather_unhook_table(struct mmu_gather *g, struct pword *slot, u64 va, unsigned level)
{
	pte_t old;

	if (!has_room(g))
		panic("gather: no room for the table of 0x%llx", (unsigned long long)va);
	old = pte_xchg(g->mm, slot, va & ~(pt_size(level) - 1), level, PTE_NONE);
	record(g, slot, old, va, level);
	g->freed_tables = !mutated(g, M_GATHER_NO_TABLES);
	if (holds_leaves(old, va, level) && !mutated(g, M_GATHER_NO_BELOW))
		g->cleared |= 1U << (level - 1);
}

static void invalidate(struct mmu_gather *g, struct cpumask *drained)
{
	unsigned largest = 31 - (unsigned)__builtin_clz(g->cleared);
	unsigned level = mutated(g, M_GATHER_LARGEST) ? largest : (unsigned)__builtin_ctz(g->cleared);
	struct tlb_range r = {
		.va = g->start,
		.nr = (g->end - g->start) / pt_size(level),
		.level = level,
		.tables = g->freed_tables,
	};

	g->tlb->inval(g->mm, &r, drained); /* [gather.invalidate] */
}

static void sync_walkers(struct mmu_gather *g, const struct cpumask *drained)
{
	g->sync(g->mm, drained); /* [gather.sync] */
	for (unsigned i = 0; i < g->nr; i++)
		oracle_sync_done(g->mm, item(g, i)->slot, item(g, i)->old);
}

static void free_items(struct mmu_gather *g)
{
	for (unsigned i = 0; i < g->nr; i++) {
		const struct gather_item *it = item(g, i);
		u64 pa = arch_pte_pa(it->old, it->level);

		if (arch_pte_is_leaf(it->old, it->level))
			frame_put(pa); /* [gather.free] */
		else
			phys_free_table(pa);
	}
}

/**
 * gather_flush - steps 2, 3 and 4 for all that was unhooked
 *
 * Context: thread, interrupts on (the method and the scheme may wait for other CPUs). Without anything unhooked: nothing.
 */
void gather_flush(struct mmu_gather *g)
{
	struct cpumask drained;

	if (!g->nr)
		return;
	cpumask_clear(&drained);
	if (!mutated(g, M_GATHER_INVAL_FIRST))
		invalidate(g, &drained);
	if (mutated(g, M_GATHER_FREE_FIRST))
		free_items(g);
	if (!mutated(g, M_GATHER_SYNC_FIRST))
		sync_walkers(g, &drained);
	if (!mutated(g, M_GATHER_FREE_FIRST))
		free_items(g);
	reset(g);
}

/* Another gather of the mm may have unhooked what this one found empty. */
static void flush_whole(struct mmu_gather *g)
{
	const struct tlb_range whole = { .nr = ~0ULL, .tables = true };
	struct cpumask drained;

	g->tlb->inval(g->mm, &whole, &drained);
}

/**
 * gather_finish - as gather_flush(), and the gather is over
 *
 * What its caller finds empty in the range nobody translates any more, whoever unhooked it.
 */
void gather_finish(struct mmu_gather *g)
{
	if (pword_load(&g->mm->gathers) > 1 && !mutated(g, M_GATHER_NO_NESTED))
		flush_whole(g);
	gather_flush(g);
	if (g->page)
		frame_put(g->page);
	pword_add(&g->mm->gathers, -1);
}
