// SPDX-License-Identifier: GPL-2.0-only
/*
 * sticky-adapt: sticky, but a CPU whose bit is taken away again and again marks its walks with a fence for a while instead, and is then
 * interrupted only inside a walk.
 *
 * Origin: not posted. The remedy for sticky's weak side: a walker that never rests, beside a CPU that syncs in a loop, is interrupted by
 * each sync, also when it is outside.
 * State: mm->walk_mask as sticky's, and a word a CPU, written by that CPU only, its mark: 0 while it is sticky; else MARK_OUTSIDE, or the
 * mm that it walks, or MARK_ANY (mark.h, with its nesting). And how often it was interrupted, which nobody else reads.
 * begin() arms as sticky's does, in both modes, so sync looks at the marks of armed CPUs only and stays flat in idle ones.
 * sync: of the armed, whoever is sticky, or walks the mm under its mark.
 * Invariant: that of sticky for a CPU whose mark is 0, that of active-mm for any other. Between the two:
 *
 * (1) To the mark: the CPU itself, in the interrupt that cleared its bit, so outside any walk of its thread. Who reads MARK_OUTSIDE knows
 *     by its release that the walks so far are over (the acquire at the end of sync()); who still reads 0 interrupts once too often. A
 *     walk from an NMI before the store is sticky and armed, behind it marked; either is over when the handler goes on. The atomic that
 *     clears the bit is not enough where an exception is no fence: a walk from an NMI between the two comes behind it.
 * (2) Back: the CPU itself, in begin() of an outermost walk: W 0, full fence, R slot. A sync that reads the old MARK_OUTSIDE has its
 *     fence between W slot and that read, so the walk loads the new entry (T1 once more: the mutation no-back-fence). One atomic: behind a
 *     plain store an NMI would read the 0, and walk without a fence, before others can.
 *
 * When: STREAK interrupts, each within SOON walks of the one before; back after QUIET walks under the mark without one. A walker in a storm
 * of syncs is thus interrupted as by active-mm, plus STREAK times in QUIET quiet walks; one in peace pays two loads and two tests.
 * May skip: CPUs that did not walk this mm since they were last interrupted, and those under the mark outside a walk of it.
 * Holes: T3.
 * Declared: sound everywhere but for T3.
 */
#include "mark.h"

enum { M_NO_BACK_FENCE = M_MARK_NR };

#define MARK_OUTSIDE 2ULL

#define STREAK 3u
#define SOON 32u
#define QUIET 256u

DEFINE_PERCPU_WORD(marks);

/* Written and read by its CPU only; an NMI's walk that is not counted is no harm. */
static struct {
	u64 walks;
	u64 last; /* walks when it was last interrupted */
	u64 streak;
} __cacheline past[NR_CPUS];

static void sticky_adapt_start(void)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		pword_store(&marks[cpu].w, 0);
		past[cpu].walks = past[cpu].last = past[cpu].streak = 0;
	}
}

static __always_inline u64 own_bit(void)
{
	return 1ULL << (this_cpu() % 64);
}

/* Under the mark, outside any walk: long enough? A mutation of the way back takes it at once. */
static __always_inline bool go_back(const unsigned mut)
{
	return past[this_cpu()].walks - past[this_cpu()].last > (mut == M_NO_BACK_FENCE ? 0 : QUIET);
}

static __always_inline u64 sticky_adapt_begin(struct mm *mm, unsigned mut)
{
	struct pword *word = &mm->walk_mask[this_cpu() / 64], *mark = &marks[this_cpu()].w;
	u64 outer = pword_load(mark), me = (u64)(uintptr_t)mm; /* [sticky-adapt.begin.outer] */

	past[this_cpu()].walks++;
	if (unlikely(!(pword_load(word) & own_bit()))) /* [sticky-adapt.begin.test] */
		/*
		 * [sticky-adapt.begin.arm] Full fence: the bit before every load of the walk; pairs with the fence in sticky_adapt_sync().
		 */
		pword_or(word, own_bit());
	if (likely(!outer))
		return 0;
	if (outer == MARK_OUTSIDE && go_back(mut)) {
		if (mut == M_NO_BACK_FENCE)
			pword_store(mark, 0);
		else
			/*
			 * [sticky-adapt.begin.back] Full fence: that there is no mark before every load of the walk; pairs with the fence
			 * in sticky_adapt_sync().
			 */
			pword_xchg(mark, 0);
		return 0;
	}
	pword_store(mark, outer == MARK_OUTSIDE || outer == me ? me : MARK_ANY); /* [sticky-adapt.begin.mark] */
	/* [sticky-adapt.begin.fence] Orders the mark before every load of the walk; pairs with the fence in sticky_adapt_sync(). */
	if (mut != M_NO_BEGIN_FENCE)
		fence_full();
	return outer;
}

static __always_inline void sticky_adapt_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	if (unlikely(token))
		mark_end(marks, mut == M_NO_RESTORE ? MARK_OUTSIDE : token, MUT_NONE);
}

static __always_inline bool too_often(void)
{
	u64 since = past[this_cpu()].walks - past[this_cpu()].last;

	past[this_cpu()].last = past[this_cpu()].walks;
	past[this_cpu()].streak = since <= SOON ? past[this_cpu()].streak + 1 : 0;
	return past[this_cpu()].streak >= STREAK;
}

/* Interrupts off, and no walk of this CPU's thread goes on. */
static void sticky_adapt_revoke(void *arg)
{
	struct mm *mm = arg;

	sync_called();
	/* [sticky-adapt.handler.clear] Full fence on both sides: as in sticky_clear(). */
	pword_and(&mm->walk_mask[this_cpu() / 64], ~own_bit());
	if (too_often())
		/*
		 * [sticky-adapt.handler.outside] Release: the last use of an NMI's walk behind the clear; pairs with the acquire in
		 * sticky_adapt_sync().
		 */
		pword_store_release(&marks[this_cpu()].w, MARK_OUTSIDE);
	sync_answer();
}

static __always_inline void sticky_adapt_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask armed, to;
	unsigned cpu;

	(void)drained;
	/*
	 * [sticky-adapt.sync.fence] Orders the store to the slot before the loads of the mask and the marks; pairs with the fences in
	 * sticky_adapt_begin().
	 */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	mm_mask_others(&armed, mm->walk_mask); /* [sticky-adapt.sync.scan] */
	cpumask_copy(&to, &armed);
	for_each_cpu(cpu, &armed) {
		u64 mark = pword_load(&marks[cpu].w); /* [sticky-adapt.sync.mark] */

		if (mark && !mark_hit(mark, (u64)(uintptr_t)mm))
			cpumask_unset(&to, cpu);
	}
	/*
	 * [sticky-adapt.sync.acquire] Acquire: a bit or a mark read as gone before the free of what its walks used; pairs with the
	 * atomic, and with the releases of the mark.
	 */
	fence_load();
	sync_call(&to, sticky_adapt_revoke, mm);
}

SYNC_SCHEME(sticky_adapt, .name = "sticky-adapt", .origin = "not posted", .doc = "sticky; a CPU that is interrupted too often marks each walk",
	    .start = sticky_adapt_start, .rank = 61, .calls = true, .law = LAW_ARMED_SOME,
	    .sound = SOUND_ALL);
#define ADAPT_MUTANT(m, what, ...)                                                                 \
	SYNC_MUTANT(sticky_adapt, m, .name = "sticky-adapt", .mutation = "sticky-adapt." what, .start = sticky_adapt_start, __VA_ARGS__)
ADAPT_MUTANT(M_NO_SYNC_FENCE, "no-sync-fence", .catcher = SYNC_HOLES_T1, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
ADAPT_MUTANT(M_NO_BEGIN_FENCE, "no-begin-fence", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
ADAPT_MUTANT(M_NO_BACK_FENCE, "no-back-fence", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
ADAPT_MUTANT(M_NO_RESTORE, "no-restore", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE_NMI, .bound = 2000);
