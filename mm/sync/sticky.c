// SPDX-License-Identifier: GPL-2.0-only
/*
 * sticky: a CPU that walks an mm puts itself into the mm's walker mask once and stays there; sync interrupts the CPUs in the mask, and the
 * interrupt takes them out. Walks in between cost one load and one test, and no fence.
 *
 * Origin: not posted; P13 of the design's notes. The aim is seed 004's "step 2": GUP-fast within 1 %, no interrupt for a CPU that does
 * not walk, a sync that does not grow with idle CPUs. A biased lock, or Linux's lazy mm_cpumask, for walkers.
 * State: mm->walk_mask, a bit a CPU, "may walk". begin() sets it, if it is not set yet, by an atomic. end() does nothing. Only the CPU
 * itself clears it, in the interrupt that sync sends: with interrupts on, so outside any walk of its thread.
 * Invariant: a CPU inside a walk of the mm has its bit set, and every sync whose fence came before that walk's load of an entry that the
 * writer replaced, or that reads the bit, waits for the walk. In detail:
 *
 * (1) The test in begin() is not fenced, and need not be. The bit is cleared in program order with the walks of its CPU and by nobody
 *     else, so what is read as set is set. It has been visible since the arming: a later sync reads it.
 * (2) T1, when arming only:           walker                     sync
 *                                     set the bit                W slot
 *                                     full fence (the atomic)    full fence
 *                                     R slot                     R mask
 * (3) Clearing. The handler is behind the last use of each walk of its thread in program order, but an interrupt is no barrier on weak
 *     ISAs: a second initiator that reads the bit as clear must know that those walks are over, so a full fence comes before the clear. And
 *     one behind it: a walk that begins later must not load before the bit is seen as clear, or (2) fails for the next arming; an
 *     acknowledgement before it would say that the bit is gone while it can still be read. One atomic is all of it here: pword_and() is a
 *     full fence on both sides.
 * (4) An NMI's walk in the handler, before the clear: the bit is set, and the handler goes on only when that walk is over. Behind it: it
 *     arms again, and the bit stays set behind the acknowledgement; the next sync interrupts.
 * (5) sync that sent nothing ends in an acquire: a bit read as clear before the free of what the walks used before; pairs with (3).
 *
 * Cost: an interrupt a CPU and arming. A CPU that walked once long ago is interrupted once more; walkers that go on while another CPU
 * syncs in a loop are interrupted by each sync (as by cpumask, but walkers only): sticky_adaptive.c bounds that.
 * May skip: CPUs that did not walk this mm since they were last interrupted for it.
 * Bits of an mm that goes need no clearing. A CPU that is unplugged clears its own (not here: CPUs stay).
 * Mutations: no fence in sync, a plain arming, a plain clear (another CPU's bit comes back or is lost), no clear but by the initiator
 * (before its interrupts: a second initiator reads 0 while the walk goes on; behind the answers: a walk that began in between is
 * forgotten), and a copy of the bit, of each CPU its own, that begin() tests and the handler clears behind the mask: a walk from an NMI
 * between the two is in neither. Those that need a second initiator are caught in two-sync. Without the order before the clear (3), or
 * without the acquire (5), only a weak order can fail, and only in loads, which the modelled store buffer makes in order: no mutation
 * here, the exhaustive model is their judge.
 * Holes: T3, as of every scheme that is keyed by the mm.
 * Declared: sound everywhere but for T3.
 */
#include <sync.h>

enum { M_NO_SYNC_FENCE = 1, M_PLAIN_ARM, M_PLAIN_CLEAR, M_INITIATOR_FIRST, M_INITIATOR_LAST, M_COPY };

/* Of the mutation M_COPY. */
DEFINE_PERCPU_WORD(armed);

static inline void sticky_start(void)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		pword_store(&armed[cpu].w, 0);
}

static __always_inline u64 own_bit(void)
{
	return 1ULL << (this_cpu() % 64);
}

static __always_inline u64 sticky_begin(struct mm *mm, unsigned mut)
{
	struct pword *word = &mm->walk_mask[this_cpu() / 64];
	u64 mask;

	if (mut == M_COPY && pword_load(&armed[this_cpu()].w) == (u64)(uintptr_t)mm)
		return 0;
	mask = pword_load(word); /* [sticky.begin.test] */
	if (likely(mask & own_bit()) && mut != M_COPY)
		return 0;
	if (mut == M_PLAIN_ARM)
		pword_store(word, mask | own_bit());
	else
		/* [sticky.begin.arm] Full fence: the bit before every load of the walk; pairs with the fence in sticky_sync(). */
		pword_or(word, own_bit());
	if (mut == M_COPY)
		pword_store(&armed[this_cpu()].w, (u64)(uintptr_t)mm);
	return 0;
}

static __always_inline void sticky_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)token, (void)mut;
}

/* Interrupts off, and no walk of this CPU's thread goes on. */
static __always_inline void sticky_clear(struct mm *mm, const unsigned mut)
{
	struct pword *word = &mm->walk_mask[this_cpu() / 64];

	sync_called();
	if (mut == M_PLAIN_CLEAR)
		pword_store(word, pword_load(word) & ~own_bit());
	else
		/*
		 * [sticky.handler.clear] Full fence on both sides: the last use of the walks so far before the bit goes, which pairs with
		 * the acquire in sticky_sync(); and that before the loads of the walks to come and before the answer.
		 */
		pword_and(word, ~own_bit());
	if (mut == M_COPY)
		pword_store(&armed[this_cpu()].w, 0);
	sync_answer();
}

static void sticky_revoke(void *mm)
{
	sticky_clear(mm, MUT_NONE);
}

static inline void sticky_revoke_plain(void *mm)
{
	sticky_clear(mm, M_PLAIN_CLEAR);
}

static inline void sticky_revoke_copy(void *mm)
{
	sticky_clear(mm, M_COPY);
}

static __always_inline void initiator_clears(struct mm *mm, const struct cpumask *to)
{
	for (unsigned i = 0; i < nr_cpu_words; i++)
		pword_and(&mm->walk_mask[i], ~to->w[i]);
}

static __always_inline void sticky_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained;
	/* [sticky.sync.fence] Orders the store to the slot before the loads of the mask; pairs with the atomic in sticky_begin(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full();
	mm_mask_others(&to, mm->walk_mask); /* [sticky.sync.scan] */
	/*
	 * [sticky.sync.acquire] Acquire: a bit read as clear before the free of what its walks used; pairs with the atomic in
	 * sticky_clear().
	 */
	fence_load();
	if (mut == M_INITIATOR_FIRST)
		initiator_clears(mm, &to);
	if (mut == M_INITIATOR_FIRST || mut == M_INITIATOR_LAST)
		sync_ipi(&to);
	else
		sync_call(&to, mut == M_PLAIN_CLEAR ? sticky_revoke_plain : mut == M_COPY ? sticky_revoke_copy : sticky_revoke, mm);
	if (mut == M_INITIATOR_LAST)
		initiator_clears(mm, &to);
}

SYNC_SCHEME(sticky, .name = "sticky", .origin = "not posted", .doc = "IPI to the CPUs that walked this mm since their last", .rank = 60,
	    .usual = true, .calls = true, .law = LAW_ARMED,
	    .sound = SOUND_ALL);
#define STICKY_MUTANT(m, what, ...)                                                                \
	SYNC_MUTANT(sticky, m, .name = "sticky", .mutation = "sticky." what, __VA_ARGS__)
STICKY_MUTANT(M_NO_SYNC_FENCE, "no-sync-fence", .catcher = SYNC_HOLES_T1, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
STICKY_MUTANT(M_PLAIN_ARM, "plain-arm", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000);
STICKY_MUTANT(M_PLAIN_CLEAR, "plain-clear", .catcher = SYNC_HOLES, .workload = "two-sync", .walk = WALK_T_BARE, .bound = 4000, .cpus = 4);
STICKY_MUTANT(M_INITIATOR_FIRST, "initiator-clears-first", .catcher = SYNC_HOLES, .workload = "two-sync", .walk = WALK_T_BARE, .bound = 1000,
	      .cpus = 3);
STICKY_MUTANT(M_INITIATOR_LAST, "initiator-clears-last", .catcher = SYNC_HOLES, .workload = "two-sync", .walk = WALK_T_BARE, .bound = 1000,
	      .cpus = 3);
STICKY_MUTANT(M_COPY, "copy", .catcher = SYNC_HOLES, .workload = "two-sync", .walk = WALK_T_BARE_NMI, .bound = 20000, .cpus = 3,
	      .start = sticky_start);
