// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm-count: an mm counts the walks of its tables that are going on; sync interrupts where the mm ran, or nobody while there is none.
 *
 * Origin: Bras v1 to v5, "Adds tracking for lockless pagetable walks" (seed 001): lockless_pgtbl_walk_count of struct mm_struct or of
 * its context, start_lockless_pgtbl_walk(), end_lockless_pgtbl_walk(), running_lockless_pgtbl_walk(), the last asked by
 * serialize_against_pte_lookup(). Given up in v6 for a counter a CPU (percpu_count.c): every walk of every thread writes one line, twice.
 * "Atomics are horrifically slow on Power", two of them are nearly a lock, and what the walk is for is to do without the lock.
 * State: mm->walk_count, raised and lowered by atomics. Nests, whatever the walks' mms: an NMI's walk adds one and takes one.
 * Invariant: as cpumask, but when the count is read as 0 no walk of the mm that began before can reach the old entry.
 *
 * The store-buffering pair (T1):      walker                     sync
 *                                     add to the count           W slot
 *                                     full fence (the atomic)    full fence
 *                                     R slot                     R count
 * end: the atomic orders the last use before the decrement; pairs with the fence behind the load of the count in mm_count_sync().
 * v1 dropped the count before interrupts were opened, in places before the last use of the slot pointer: the mutation no-mark is that
 * at its worst.
 * Mutations: plain-count, a load and a store in place of the atomic: of two CPUs that come or go at once one is lost, and a walk that
 * goes on is not counted.
 * May skip: everybody while nobody walks the mm; else CPUs where it never ran. One walker of N costs N - 1 interrupts.
 * Holes: walkers of another mm that came into a shared table (T3). Tables of a file belong to no mm (Zijlstra on v5).
 * Declared: sound everywhere but for T3.
 */
#include <sync.h>

enum { M_NO_SYNC_FENCE = 1, M_NO_MARK, M_PLAIN_COUNT };

static __always_inline void mm_count_add(struct mm *mm, s64 n, const unsigned mut)
{
	if (mut == M_PLAIN_COUNT && n > 0)
		pword_store(&mm->walk_count, pword_load(&mm->walk_count) + (u64)n);
	else if (mut != M_NO_MARK)
		pword_add(&mm->walk_count, n);
}

static __always_inline u64 mm_count_begin(struct mm *mm, unsigned mut)
{
	/* [mm-count.begin.mark] Full fence: the count before every load of the walk; pairs with the fence in mm_count_sync(). */
	mm_count_add(mm, 1, mut);
	/* The same where the count is no atomic. */
	if (mut == M_PLAIN_COUNT)
		fence_full(); /* as the atomic would */
	return 0;
}

static __always_inline void mm_count_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)token;
	/*
	 * [mm-count.end.mark] Full fence: the last use before the decrement; pairs with the interrupt, or the fence behind the load in
	 * mm_count_sync().
	 */
	mm_count_add(mm, -1, mut);
}

static __always_inline void mm_count_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	/*
	 * [mm-count.sync.fence] Orders the store to the slot before the load of the count, and of mm->ran; pairs with the atomic in
	 * mm_count_begin(), and with the fence in mm_switch().
	 */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	if (!pword_load(&mm->walk_count)) { /* [mm-count.sync.scan] */
		/*
		 * [mm-count.sync.acquire] Acquire: a count read as 0 before the free of what its walks used; pairs with the atomic in
		 * mm_count_end().
		 */
		fence_load();
		return;
	}
	mm_mask_others(&to, mm->ran);
	sync_ipi(&to);
}

SYNC_SCHEME(mm_count, .name = "mm-count", .origin = "Bras v1 to v5 (seed 001)", .doc = "IPI to the CPUs where the mm ran, if any walks it",
	    .rank = 25, .law = LAW_RAN_IF_WALK,
	    .sound = SOUND_ALL);
SYNC_MUTANT(mm_count, M_NO_SYNC_FENCE, .name = "mm-count", .mutation = "mm-count.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(mm_count, M_NO_MARK, .name = "mm-count", .mutation = "mm-count.no-mark", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(mm_count, M_PLAIN_COUNT, .name = "mm-count", .mutation = "mm-count.plain-count", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000, .cpus = 3);
