// SPDX-License-Identifier: GPL-2.0-only
/*
 * table-free, table-free-ipi, table-free-ipi-only: munmap() of a range that takes its page tables along (free_pgtables()).
 *
 *   1 clear the leaves, invalidate them
 *   2 clear the entries that lead to the tables
 *   3 invalidate with the walk caches: freed_tables
 *   4 wait for the walks inside the tables
 *   5 free the frames and the tables
 *
 * A frame has a reference that a walker could take, a table has none: step 4 is for every walker. How it is done depends on what
 * Linux was built for, and on whether it has memory for a list of tables (mm/mmu_gather.c):
 *
 *   table-free            tlb_remove_table(): the tables of a batch, one flush and one wait
 *   table-free-ipi        no memory for a batch, tlb_remove_table_one(): each table with a flush and tlb_remove_table_sync_one()
 *   table-free-ipi-only   without MMU_GATHER_RCU_TABLE_FREE: nobody waits, so the flush must have been an interrupt that closed
 *                         interrupts hold off. Sound with a method that drains, and with no other, whatever the scheme.
 */
#include "lap.h"
#include "pool.h"

#define TABLES 4
#define LEAVES 2

enum { M_FREE_FIRST = 1, M_INVAL_FIRST, M_NO_SYNC, M_LEAF_ONLY, M_SYNC_ONCE };

enum mode { BATCH, EACH, NEVER };

/* Step 1: the leaves of all tables. Their range has holes, as wide as the tables. */
static __always_inline void zap(struct lap *l, struct run *run)
{
	struct tlb_range r = { .va = run->va, .nr = (u64)TABLES << arch_pt_bits(0), .level = 0,
			       .tables = run_mutated(run, M_INVAL_FIRST) };

	if (run_mutated(run, M_INVAL_FIRST))
		lap_inval(l, run->mm, &r);
	spin_lock(&run->mm->lock);
	for (unsigned k = 0; k < TABLES; k++) {
		struct pword *table = phys_to_virt(arch_pte_pa(pte_load(run->slot + k), 1));

		for (unsigned i = 0; i < LEAVES; i++)
			pte_xchg(run->mm, &table[i], run->va + k * HUGE_SIZE + i * PAGE_SIZE, 0, PTE_NONE);
	}
	spin_unlock(&run->mm->lock);
	lap_rest(l);
	if (!run_mutated(run, M_INVAL_FIRST) && !run_mutated(run, M_FREE_FIRST))
		lap_inval(l, run->mm, &r);
}

/* Steps 2 to 4 for the @nr tables from @first on; what led to them goes to @old. */
static __always_inline void unhook(struct lap *l, struct run *run, unsigned first, unsigned nr, pte_t *old, const bool sync)
{
	struct tlb_range r = { .va = run->va + first * HUGE_SIZE, .nr = nr, .level = 1, .tables = !run_mutated(run, M_LEAF_ONLY) };

	spin_lock(&run->mm->lock);
	for (unsigned k = first; k < first + nr; k++)
		old[k] = pte_xchg(run->mm, run->slot + k, run->va + k * HUGE_SIZE, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	lap_rest(l);
	if (!run_mutated(run, M_INVAL_FIRST) && !run_mutated(run, M_FREE_FIRST))
		lap_inval(l, run->mm, &r);
	if (sync && !run_mutated(run, M_NO_SYNC) && !(run_mutated(run, M_SYNC_ONCE) && first))
		lap_sync(l, run->mm);
}

/* Step 5. @pa: the frame of each table's leaves. */
static __always_inline void release(struct lap *l, struct run *run, unsigned first, unsigned nr, const pte_t *old, const u64 *pa)
{
	for (unsigned k = first; k < first + nr && !run_mutated(run, M_FREE_FIRST); k++)
		oracle_sync_done(run->mm, run->slot + k, old[k]);
	for (unsigned k = first; k < first + nr; k++) {
		phys_free_table(arch_pte_pa(old[k], 1));
		frame_drop(pa[k], LEAVES - 1);
		frame_put(pa[k]);
	}
	lap_rest(l);
}

static __always_inline void table_free(struct run *run, struct sample *s, const enum mode mode)
{
	const struct tlb_range all = { .va = run->va, .nr = (u64)TABLES << arch_pt_bits(0), .level = 0, .tables = true };
	const unsigned step = mode == EACH ? 1 : TABLES;
	struct lap l = lap_begin(run, s);
	pte_t old[TABLES];
	u64 pa[TABLES];

	for (unsigned k = 0; k < TABLES; k++)
		pa[k] = arch_pte_pa(pte_load(phys_to_virt(arch_pte_pa(pte_load(run->slot + k), 1))), 0);
	lap_restart(&l);
	zap(&l, run);
	for (unsigned k = 0; k < TABLES; k += step) {
		unhook(&l, run, k, step, old, mode != NEVER);
		release(&l, run, k, step, old, pa);
	}
	if (run_mutated(run, M_FREE_FIRST))
		lap_inval(&l, run->mm, &all);
}

static __timed void table_free_sample(struct run *run, struct sample *s)
{
	table_free(run, s, BATCH);
}

static __timed void table_free_ipi_sample(struct run *run, struct sample *s)
{
	table_free(run, s, EACH);
}

static __timed void table_free_ipi_only_sample(struct run *run, struct sample *s)
{
	table_free(run, s, NEVER);
}

#define TABLE_FREE(...)                                                                            \
	{                                                                                          \
		.iterations = 120, .iterations_nmi = 60, .invalidates = true, .store_buffer = true,\
		.small = LEAVES, .span = TABLES, __VA_ARGS__                                       \
	}

WORKLOAD(table_free) = TABLE_FREE(
	.name = "table-free",
	.doc = "unmap 4 tables of small leaves: one flush of them and one sync",
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.sample = table_free_sample);

WORKLOAD(table_free_ipi) = TABLE_FREE(
	.name = "table-free-ipi",
	.doc = "as table-free without memory for a batch: a flush and a sync for each table",
	.syncs = TABLES,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.sample = table_free_ipi_sample);

WORKLOAD(table_free_ipi_only) = TABLE_FREE(
	.name = "table-free-ipi-only",
	.doc = "as table-free without any sync: the flush must have interrupted the walkers",
	.syncs = WL_NO_SYNC,
	.needs = { NEEDS_FLUSH, NEEDS_FLUSH, NEEDS_FLUSH },
	.sample = table_free_ipi_only_sample);

#define TABLE_FREE_MUTANT(ident, m, what, ...) \
	WRITER_MUTANT(ident, .mutation = "table-free." what, .workload = "table-free", .mut = m, .walk = WALK_T_GUP, __VA_ARGS__)

TABLE_FREE_MUTANT(table_free_free_first, M_FREE_FIRST, "free-first", .catcher = "stale-tlb stale-walk-cache", .bound = 20);
TABLE_FREE_MUTANT(table_free_inval_first, M_INVAL_FIRST, "inval-first", .catcher = "stale-tlb stale-walk-cache", .bound = 20);
TABLE_FREE_MUTANT(table_free_no_sync, M_NO_SYNC, "no-sync", .catcher = SYNC_HOLES, .bound = 200);
TABLE_FREE_MUTANT(table_free_leaf_only, M_LEAF_ONLY, "leaf-only", .catcher = "stale-walk-cache", .bound = 20, .walks = true);
WRITER_MUTANT(table_free_ipi_sync_once, .mutation = "table-free-ipi.sync-once", .workload = "table-free-ipi", .mut = M_SYNC_ONCE,
	      .walk = WALK_T_GUP, .catcher = SYNC_HOLES, .bound = 200);
