// SPDX-License-Identifier: GPL-2.0-only
/*
 * thp-split, huge-fault, split-page: a large leaf becomes a table, and a large page becomes small ones.
 *
 * thp-split (__split_huge_pmd_locked()), under the page-table lock:
 *
 *   1 take the leaf out by an exchange: what the MMU set in it up to that moment is in the value
 *   2 invalidate (pmdp_invalidate()): no CPU has the large translation when the first small one can be loaded
 *   3 fill a table with leaves that translate alike
 *   4 store fence (smp_wmb()), then the entry that leads to it (pmd_populate())
 *
 * huge-fault is the same when a write to a huge zero page falls back to small ones (__split_huge_zero_page_pmd()): one of the leaves is a
 * page of its own.
 *
 * Before seed 000 step 2 interrupted every CPU where the mm ran: walkers handed out the slot's address as that of a leaf, and read a table
 * pointer there. Walkers that load an entry once, and go by the kind that is encoded in what they loaded, need no sync: every scheme is
 * sound, none too. Nothing is freed.
 *
 * split-page splits the compound page behind small leaves (split_huge_page_to_list_to_order()): unmap the leaves, invalidate, freeze the
 * count of references at 0 if nobody but they had one, divide the page, give the references back, map the leaves again. While the count is
 * 0 nobody can take a reference who raises it from another number only. What dividing writes is left out; the time that it takes is not.
 */
#include <console.h>

#include "lap.h"
#include "pool.h"

/* Delay points in a row, where the writer takes its time. */
#define SPLIT_STEPS 16

enum { M_NO_INVAL = 1, M_NO_BREAK, M_NO_FENCE, M_LOAD_STORE };

static u64 new_table; /* as it comes from where tables are kept for this: whatever it held before */
static const struct run *split_run;
static u64 new_page;  /* what the fault maps */

/* --- what the MMU does --- */

/* Instead of walks: another CPU writes through the leaf, so the MMU sets a bit in it. Not under the lock. */
static void write_loop(struct walker *w)
{
	walker_begin(w);
	while (!w->stop) {
		struct pword *slot = split_run ? split_run->slot : NULL;
		pte_t e = slot ? pte_load(slot) : PTE_NONE;

		/* Not the first time: it may be set before the writer comes, or while he is there. */
		if (arch_pte_is_leaf(e, 1) && !(e & ARCH_PTE_SOFT) && !(rng_next(&w->rng) & 7))
			pword_cmpxchg(slot, e, e | ARCH_PTE_SOFT);
		walker_turn(w);
	}
}

/* --- the table --- */

static void split_prepare(struct run *run)
{
	u64 *word;

	split_run = run;
	new_table = phys_alloc_table();
	word = phys_to_virt(new_table);
	for (unsigned i = 0; i < 1U << arch_pt_bits(0); i++)
		word[i] = POISON_WORD;
}

static void huge_fault_prepare(struct run *run)
{
	split_prepare(run);
	new_page = phys_alloc_page();
	if (!new_page)
		panic("huge-fault: no memory for the small page");
	*(volatile u64 *)phys_to_virt(new_page) = FRAME_TAG;
}

static __always_inline pte_t small_leaf(pte_t old, unsigned i)
{
	return arch_pte_leaf(arch_pte_pa(old, 1) + i * PAGE_SIZE, arch_pte_prot(old), 0) | (old & ARCH_PTE_SOFT);
}

/* Nobody sees it yet, so plain stores will do; but what is stored last has its place in the modelled store buffer, for what comes next. */
static __always_inline void fill(struct pword *table, pte_t old, const bool fault)
{
	for (unsigned i = (1U << arch_pt_bits(0)) - 1; i > 0; i--)
		table[i].v = small_leaf(old, i);
	pword_store(&table[0], fault ? arch_pte_leaf(new_page, PROT_R | PROT_W, 0) : small_leaf(old, 0));
}

/* The leaves are part of the mm with the store that hooked their table. */
static __always_inline void report(struct run *run, const struct pword *table)
{
	for (unsigned i = 0; oracle_build && i < 1U << arch_pt_bits(0); i++)
		oracle_pte_changed(run->mm, &table[i], run->va + i * PAGE_SIZE, 0, PTE_NONE, oracle_peek(&table[i]));
}

static __always_inline pte_t take(struct run *run)
{
	pte_t old, was;

	if (run_mutated(run, M_NO_BREAK))
		return pte_load(run->slot);
	if (!run_mutated(run, M_LOAD_STORE))
		return pte_xchg(run->mm, run->slot, run->va, 1, PTE_NONE);
	old = pte_load(run->slot);
	for (unsigned i = 0; i < SPLIT_STEPS; i++)
		pword_delay();
	was = oracle_peek(run->slot);
	pte_store(run->mm, run->slot, run->va, 1, PTE_NONE);
	oracle_entry_taken(run->slot, old, was);
	return old;
}

static __always_inline void split(struct run *run, struct sample *s, const bool fault)
{
	struct tlb_range r = { .va = run->va, .nr = 1, .level = 1 };
	struct pword *table = phys_to_virt(new_table);
	struct lap l = lap_begin(run, s);
	pte_t old;

	frame_get(arch_pte_pa(pte_load(run->slot), 1), (1U << arch_pt_bits(0)) - 1 - fault);
	spin_lock(&run->mm->lock);
	old = take(run);
	lap_rest(&l);
	if (!run_mutated(run, M_NO_INVAL) && !run_mutated(run, M_NO_BREAK))
		lap_inval(&l, run->mm, &r);
	lap_sync(&l, run->mm);
	fill(table, old, fault);
	/* The table's entries before the entry that leads to it; pairs with the address dependency of every walker. */
	if (!run_mutated(run, M_NO_FENCE))
		fence_store();
	pte_store(run->mm, run->slot, run->va, 1, arch_pte_table(new_table, 1));
	arch_pte_made(run->va);
	for (unsigned i = 0; i < SPLIT_STEPS; i++)
		pword_delay(); /* walkers come before the unlock */
	report(run, table);
	spin_unlock(&run->mm->lock);
	if (run_mutated(run, M_NO_BREAK))
		lap_inval(&l, run->mm, &r);
	lap_rest(&l);
}

static __timed void thp_split_sample(struct run *run, struct sample *s)
{
	split(run, s, false);
}

static __timed void huge_fault_sample(struct run *run, struct sample *s)
{
	split(run, s, true);
}

/* --- the page --- */

#define SPLIT_LEAVES 16

/* Nobody but the leaves has a reference: then nobody has one, for a while. */
static __always_inline bool freeze(u64 pa)
{
	if (!pword_cmpxchg(&frame_of(pa)->ref, SPLIT_LEAVES, 0))
		return false;
	oracle_frame_counted(pa, true);
	return true;
}

static __always_inline void unfreeze(u64 pa)
{
	oracle_frame_counted(pa, false);
	/* What dividing wrote before the references; pairs with the full fence of who takes one (frame_try_get()). */
	pword_store_release(&frame_of(pa)->ref, SPLIT_LEAVES);
}

static __timed void split_page_sample(struct run *run, struct sample *s)
{
	struct tlb_range r = { .va = run->va, .nr = SPLIT_LEAVES, .level = 0 };
	struct lap l = lap_begin(run, s);
	struct pword *table = phys_to_virt(arch_pte_pa(pte_load(run->slot), 1));
	pte_t old[SPLIT_LEAVES];
	u64 pa;

	spin_lock(&run->mm->lock);
	for (unsigned i = 0; i < SPLIT_LEAVES; i++)
		old[i] = pte_xchg(run->mm, &table[i], run->va + i * PAGE_SIZE, 0, PTE_NONE);
	spin_unlock(&run->mm->lock);
	pa = arch_pte_pa(old[0], 0);
	lap_rest(&l);
	lap_inval(&l, run->mm, &r);
	if (freeze(pa)) {
		for (unsigned i = 0; i < SPLIT_STEPS; i++)
			pword_delay();
		unfreeze(pa);
	}
	spin_lock(&run->mm->lock);
	for (unsigned i = 0; i < SPLIT_LEAVES; i++)
		pte_store(run->mm, &table[i], run->va + i * PAGE_SIZE, 0, old[i]);
	arch_pte_made(run->va);
	spin_unlock(&run->mm->lock);
	lap_rest(&l);
}

#define SPLIT(...)                                                                                 \
	{                                                                                          \
		.iterations = 16, .iterations_nmi = 12, .invalidates = true, .store_buffer = true, \
		.needs = { SOUND_ALWAYS, SOUND_ALWAYS, SOUND_ALWAYS }, .finish = pool_drop, __VA_ARGS__ \
	}

WORKLOAD(thp_split) = SPLIT(
	.name = "thp-split",
	.doc = "a 2M leaf becomes a table of small ones of the same frame",
	.other_loop = write_loop,
	.prepare = split_prepare,
	.sample = thp_split_sample);

WORKLOAD(huge_fault) = SPLIT(
	.name = "huge-fault",
	.doc = "as thp-split, one of the small leaves is another page: a write to a huge zero page",
	.prepare = huge_fault_prepare,
	.sample = huge_fault_sample);

WORKLOAD(split_page) = SPLIT(
	.name = "split-page",
	.doc = "unmap small leaves, freeze the references of their page, map them again; no sync",
	.syncs = WL_NO_SYNC,
	.small = SPLIT_LEAVES,
	.sample = split_page_sample);

#define SPLIT_MUTANT(ident, m, what, ...) \
	WRITER_MUTANT(ident, .mutation = "thp-split." what, .workload = "thp-split", .mut = m, .sync = "none", __VA_ARGS__)

SPLIT_MUTANT(split_no_inval, M_NO_INVAL, "no-inval", .walk = WALK_T_GUP, .catcher = "two-sizes bbm", .bound = 10);
SPLIT_MUTANT(split_no_break, M_NO_BREAK, "no-break", .walk = WALK_T_GUP, .catcher = "two-sizes bbm", .bound = 10);
SPLIT_MUTANT(split_no_fence, M_NO_FENCE, "no-fence", .walk = WALK_T_BARE, .catcher = "unfilled-table", .bound = 400, .weak = true);
SPLIT_MUTANT(split_load_store, M_LOAD_STORE, "load-store", .walk = WALK_T_BARE, .catcher = "lost-bits", .bound = 1000, .cpus = 3);
WRITER_MUTANT(split_page_plain_get, .mutation = "split-page.plain-get", .workload = "split-page", .sync = "none", .walk = WALK_T_GUP,
	      .walkers = "gup.plain-get", .catcher = "ref-after-count freed-mapped bad-gup double-free", .bound = 400);
