// SPDX-License-Identifier: GPL-2.0-only
/*
 * percpu-count: each CPU counts the walks that it is inside; sync interrupts only CPUs whose count is not zero.
 *
 * Origin: Bras v6, patches 10 and 11 ("Adds counting method to track lockless pagetable walks"); lockless_pgtbl_walk_counter,
 * begin_lockless_pgtbl_walk(), end_lockless_pgtbl_walk(), serialize_against_pte_lookup().
 * State: one word a CPU, written by that CPU only, read by any. Not tagged by mm. Nests: an NMI walk adds one and takes one.
 * Invariant: when sync() returns, no CPU is inside a begin/end section that began before sync() and can reach the old entry.
 *
 * The store-buffering pair (T1):      walker                     sync
 *                                     W count                    W slot
 *                                     full fence                 full fence
 *                                     R slot                     R count
 * With both fences one of the two reads sees the other's write: a walker that loaded the old entry is seen and interrupted; one
 * that is not seen loads the new entry. Either fence missing breaks it, on x86 too (a store may pass a later load).
 * end: a full fence orders the last use before the decrement (as posted). TSO keeps that order without it, so its mutation is one of
 * ISAs with a weak order.
 * May skip: CPUs outside mm->ran, and those of it outside any walk.
 * Declared: sound everywhere. (Not for tables shared between mms: T3. A CPU that walks a shared table may have run another sharer
 * only, and mm->ran does not name it.)
 */
#include <sync.h>

enum { M_NO_BEGIN_FENCE = 1, M_NO_SYNC_FENCE, M_NO_MARK, M_NO_END_FENCE };

DEFINE_PERCPU_WORD(walk_count);

static __always_inline u64 percpu_count_begin(struct mm *mm, unsigned mut)
{
	struct pword *own = &walk_count[this_cpu()].w;

	(void)mm;
	if (mut != M_NO_MARK)
		pword_store(own, pword_load(own) + 1); /* [percpu-count.begin.mark] */
	/* [percpu-count.begin.fence] Orders the mark before every load of the walk; pairs with the fence in percpu_count_sync(). */
	if (mut != M_NO_BEGIN_FENCE)
		fence_full();
	return 0;
}

static __always_inline void percpu_count_end(struct mm *mm, u64 token, unsigned mut)
{
	struct pword *own = &walk_count[this_cpu()].w;

	(void)mm, (void)token;
	/*
	 * [percpu-count.end.fence] Orders the last use before the decrement; pairs with the interrupt, or with the fence behind the
	 * scan in percpu_count_sync().
	 */
	if (mut != M_NO_END_FENCE)
		fence_full();
	if (mut != M_NO_MARK)
		pword_store(own, pword_load(own) - 1); /* [percpu-count.end.mark] */
}

static __always_inline bool percpu_count_hit(u64 count, u64 arg)
{
	(void)count, (void)arg;
	return true;
}

static __always_inline void percpu_count_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	/*
	 * [percpu-count.sync.fence] Orders the store to the slot before the loads of the counters, and of mm->ran; pairs with the
	 * fence in percpu_count_begin(), and with the one in mm_switch().
	 */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	mm_mask_others(&to, mm->ran);
	sync_scan(&to, walk_count, percpu_count_hit, 0); /* [percpu-count.sync.scan] */
	/*
	 * [percpu-count.sync.acquire] Acquire: a count read as 0 before the free of what its walk used; pairs with the fence in
	 * percpu_count_end().
	 */
	fence_load();
	sync_ipi(&to);
}

SYNC_SCHEME(percpu_count, .name = "percpu-count", .origin = "Bras v6 10/11, 11/11 (seed 001)",
	    .doc = "IPI to CPUs inside any walk", .rank = 30, .usual = true, .law = LAW_ANY_WALK,
	    .sound = SOUND_ALL);
SYNC_MUTANT(percpu_count, M_NO_BEGIN_FENCE, .name = "percpu-count", .mutation = "percpu-count.no-begin-fence", .missing = "the full fence between the mark and the first load of the walk",
	    .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(percpu_count, M_NO_SYNC_FENCE, .name = "percpu-count", .mutation = "percpu-count.no-sync-fence", .missing = "the full fence between the store to the slot and the reads of the marks",
	    .catcher = SYNC_HOLES_T1, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
SYNC_MUTANT(percpu_count, M_NO_MARK, .name = "percpu-count", .mutation = "percpu-count.no-mark", .missing = "the mark", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(percpu_count, M_NO_END_FENCE, .name = "percpu-count", .mutation = "percpu-count.no-end-fence", .missing = "the fence between the last use and the end of the mark", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000, .cpus = 3, .weak = true);
SYNC_WALK_MUTANT(percpu_count, M_SLOT_IRQ_EARLY, SLOT, .name = "percpu-count", .mutation = "percpu-count.irq-early",
		 .missing = "closed interrupts until the last use", .catcher = SYNC_HOLES, .workload = "munmap-thp", .bound = 200);
SYNC_WALK_MUTANT(percpu_count, M_SLOT_AFTER_END, SLOT, .name = "percpu-count", .mutation = "slot.after-end",
		 .missing = "the last use before the end of the mark", .catcher = "deref-unreferenced", .workload = "munmap-thp",
		 .bound = 200);
