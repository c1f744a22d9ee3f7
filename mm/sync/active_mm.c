// SPDX-License-Identifier: GPL-2.0-only
/*
 * active-mm: each CPU publishes the mm whose tables it walks; sync interrupts only the CPUs that walk this mm. Yang's idea,
 * repaired: a full fence on both sides, and a mark that survives nesting.
 *
 * Origin: Yang v4, "mm: use targeted IPIs for TLB sync with lockless page table walkers" (seed 004): active_lockless_pt_walk_mm,
 * tlb_remove_table_sync_mm(). As posted it is active_mm_v4.c, which says what else is wrong with it; two holes are repaired here, (1) and (2).
 * State: one word a CPU, written by that CPU only: 0, an mm, or WALKS_ANY.
 * Invariant: when sync(mm) returns, no CPU is inside a walk of mm that began before sync() and can reach the old entry.
 *
 * (1) T1, the store-buffering pair:   walker                     sync
 *                                     W mark                     W slot
 *                                     full fence                 full fence (as posted: smp_rmb())
 *                                     R slot                     R mark
 * (2) T2, nesting: a walk from an NMI inside a walk must leave the outer mark as it found it. begin() returns the outer mark and
 *     end() stores it back. While the inner walk is of another mm the word must stand for both: WALKS_ANY, which every sync takes
 *     for its own.
 * end: a release store orders the last use before the mark goes; pairs with the fence behind the reads of the marks in sync().
 * May skip: every CPU that does not walk this mm. An mm freed and allocated again at the same address only costs an IPI.
 * Declared: sound everywhere. (Not for tables shared between mms: T3.)
 */
#include <sync.h>

enum { M_NO_BEGIN_FENCE = 1, M_NO_SYNC_FENCE, M_NO_RESTORE, M_NO_ANY, M_NO_RELEASE };

#define WALKS_ANY 1ULL

DEFINE_PERCPU_WORD(walk_mm);

static __always_inline u64 active_mm_begin(struct mm *mm, unsigned mut)
{
	struct pword *own = &walk_mm[this_cpu()].w;
	u64 outer = pword_load(own); /* [active-mm.begin.outer] */
	u64 me = (u64)(uintptr_t)mm;

	pword_store(own, outer == 0 || outer == me || mut == M_NO_ANY ? me : WALKS_ANY); /* [active-mm.begin.mark] */
	/* [active-mm.begin.fence] Orders the mark before every load of the walk; pairs with the fence in active_mm_sync(). */
	if (mut != M_NO_BEGIN_FENCE)
		fence_full();
	return outer;
}

static __always_inline void active_mm_end(struct mm *mm, u64 token, unsigned mut)
{
	struct pword *own = &walk_mm[this_cpu()].w;

	(void)mm;
	if (mut == M_NO_RELEASE)
		pword_store(own, token);
	else
		/* [active-mm.end.mark] Orders the last use before the mark goes; pairs with the fence behind active_mm_sync()'s scan. */
		pword_store_release(own, mut == M_NO_RESTORE ? 0 : token);
}

static __always_inline bool active_mm_hit(u64 mark, u64 me)
{
	return mark == me || mark == WALKS_ANY;
}

static __always_inline void active_mm_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	/* [active-mm.sync.fence] Orders the store to the slot before the loads of the marks; pairs with the fence in active_mm_begin(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	sync_others(&to);
	sync_scan(&to, walk_mm, active_mm_hit, (u64)(uintptr_t)mm); /* [active-mm.sync.scan] */
	/* [active-mm.sync.acquire] A mark read as gone before the free of what its walk used; pairs with the release in active_mm_end(). */
	fence_load();
	sync_ipi(&to);
}

SYNC_SCHEME(active_mm, .name = "active-mm", .origin = "Yang v4 repaired (seed 004)", .doc = "IPI to CPUs walking this mm",
	    .rank = 40, .law = LAW_MM_WALK,
	    .sound = SOUND_ALL);
SYNC_MUTANT(active_mm, M_NO_BEGIN_FENCE, .name = "active-mm", .mutation = "active-mm.no-begin-fence", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(active_mm, M_NO_SYNC_FENCE, .name = "active-mm", .mutation = "active-mm.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(active_mm, M_NO_RESTORE, .name = "active-mm", .mutation = "active-mm.no-restore", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE_NMI, .bound = 200);
SYNC_MUTANT(active_mm, M_NO_ANY, .name = "active-mm", .mutation = "active-mm.no-any", .catcher = SYNC_HOLES,
	    .workload = "two-mm", .walk = WALK_T_BARE_NMI, .bound = 4000);
SYNC_MUTANT(active_mm, M_NO_RELEASE, .name = "active-mm", .mutation = "active-mm.no-release", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000, .cpus = 3, .weak = true);
