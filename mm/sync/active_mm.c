// SPDX-License-Identifier: GPL-2.0-only
/*
 * active-mm: each CPU publishes the mm whose tables it walks; sync interrupts only the CPUs that walk this mm. Yang's idea,
 * repaired: a full fence on both sides, and a mark that survives nesting.
 *
 * Origin: Yang v4, "mm: use targeted IPIs for TLB sync with lockless page table walkers" (seed 004): active_lockless_pt_walk_mm,
 * tlb_remove_table_sync_mm(). As posted it is active_mm_v4.c, which says what else is wrong with it; two holes are repaired here, (1) and
 * (2).
 * State: one word a CPU, written by that CPU only: 0, an mm, or MARK_ANY.
 * Invariant: when sync(mm) returns, no CPU is inside a walk of mm that began before sync() and can reach the old entry.
 *
 * Order and nesting: mark.h, (1) to (3). sync() as posted had smp_rmb() in place of the full fence of (1), and end() did not know (2).
 * May skip: every CPU that does not walk this mm. An mm freed and allocated again at the same address only costs an IPI.
 * Declared: sound everywhere. (Not for tables shared between mms: T3.)
 */
#include "mark.h"

DEFINE_PERCPU_WORD(marks);

static __always_inline u64 active_mm_begin(struct mm *mm, unsigned mut)
{
	return mark_begin(marks, mm, mut);
}

static __always_inline void active_mm_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	mark_end(marks, token, mut);
}

static __always_inline void active_mm_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	mark_scan(&to, marks, mm, mut);
	/*
	 * [active-mm.sync.acquire] Acquire: a mark read as gone before the free of what its walk used; pairs with the release in
	 * mark_end().
	 */
	fence_load();
	sync_ipi(&to);
}

SYNC_SCHEME(active_mm, .name = "active-mm", .origin = "Yang v4 repaired (seed 004)", .doc = "IPI to CPUs walking this mm",
	    .rank = 40, .usual = true, .law = LAW_MM_WALK,
	    .sound = SOUND_ALL);
SYNC_MUTANT(active_mm, M_NO_BEGIN_FENCE, .name = "active-mm", .mutation = "active-mm.no-begin-fence", .catcher = SYNC_HOLES,
	    .missing = "the full fence between the mark and the first load of the walk",
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(active_mm, M_NO_SYNC_FENCE, .name = "active-mm", .mutation = "active-mm.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .missing = "the full fence between the store to the slot and the reads of the marks",
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(active_mm, M_NO_RESTORE, .name = "active-mm", .mutation = "active-mm.no-restore", .catcher = SYNC_HOLES,
	    .missing = "the outer mark, put back when a nested walk ends",
	    .workload = "munmap-thp", .walk = WALK_T_BARE_NMI, .bound = 200);
SYNC_MUTANT(active_mm, M_NO_ANY, .name = "active-mm", .mutation = "active-mm.no-any", .catcher = SYNC_HOLES,
	    .missing = "a mark that stands for both mms while a nested walk is of another one",
	    .workload = "two-mm", .walk = WALK_T_BARE_NMI, .bound = 4000);
SYNC_MUTANT(active_mm, M_NO_RELEASE, .name = "active-mm", .mutation = "active-mm.no-release", .catcher = SYNC_HOLES,
	    .missing = "the fence between the last use and the end of the mark",
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000, .cpus = 3, .weak = true);
SYNC_WALK_MUTANT(active_mm, M_SLOT_IRQ_EARLY, SLOT, .name = "active-mm", .mutation = "active-mm.irq-early", .catcher = SYNC_HOLES,
		 .missing = "closed interrupts until the last use", .workload = "munmap-thp", .bound = 200);
/* Walkers that nobody tracks although writers change their tables: seed 004 does not wrap KVM's. */
SYNC_WALK_MUTANT(active_mm, M_KVM_UNTRACKED, KVM, .name = "active-mm", .mutation = "kvm.untracked", .catcher = SYNC_HOLES,
		 .missing = "the mark of a walker that the series does not wrap", .workload = "retype", .bound = 200);
SYNC_WALK_MUTANT(active_mm, M_EXEMPT_USER, EXEMPT, .name = "active-mm", .mutation = "exempt.user", .catcher = SYNC_HOLES,
		 .missing = "the mark: the table of a user is not exempt", .workload = "retype", .bound = 200);
