// SPDX-License-Identifier: GPL-2.0-only
/*
 * rcu: sync is synchronize_rcu(): wait until every CPU has been outside any walk, by its own leave. The reader pays nothing.
 *
 * Origin: Zijlstra's question to seed 004, "why not synchronize_rcu()", and what replaced the IPI where no memory for a batch is left
 * (1fb3d8c20bfa). Walks run with interrupts off, so they are RCU readers already.
 * State: mm/rcu.c, a number a CPU that changes between walks, as at context switches. begin() and end() do nothing.
 * Invariant, fences and partners: mm/rcu.c.
 * Cost: nobody is interrupted, and the reader's fast path is untouched: what the CPU pays it pays at a context switch, which costs far
 * more. The initiator waits for the slowest CPU's next quiescent state, not for the walk: here a walker passes one before each walk, in
 * Linux it is milliseconds (22.9 ms measured under load in seed 004's discussion). Good for a slow path, too slow for unshare and collapse.
 * May skip: idle CPUs.
 * Mutations: a CPU not waited for; a quiescent state without its fence; the look at the numbers before the store to the slot is visible.
 * And a call in place of the wait: enough for what its function frees, not for what is reused in place: the pages of a table that
 * collapses, a table that one mm has for its own.
 * Deferred frees (P10): rcu_call(), table_batch.c, with mutations of their own in tests/mm_rcu.c.
 * Declared: sound everywhere, for tables that mms share as well: RCU knows no mm.
 */
#include <rcu.h>
#include <sync.h>

enum { M_NO_SYNC_FENCE = 1, M_SKIP_CPU, M_CALL_COLLAPSE, M_CALL_UNSHARE };

SYNC_NO_MARK(rcu);

/* Of the mutations that do not wait: one call at a time is enough, for nothing is freed in it. */
static struct rcu_head called;
static bool is_called;

static void call_is_over(struct rcu_head *head)
{
	(void)head;
	is_called = false;
}

static inline void call_instead(void)
{
	if (!is_called) {
		is_called = true;
		rcu_call(&called, call_is_over);
	}
	rcu_poll();
}

static __always_inline void rcu_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained;
	if (mut == M_CALL_COLLAPSE || mut == M_CALL_UNSHARE) {
		call_instead();
		return;
	}
	if (mut != M_NO_SYNC_FENCE && mut != M_SKIP_CPU) {
		rcu_synchronize();
		return;
	}
	/* As in rcu_synchronize(): the store to the slot before the reads of the states; pairs with rcu_note_quiescent(). */
	if (mut != M_NO_SYNC_FENCE)
		fence_full(); /* as in rcu_synchronize() */
	sync_others(&to);
	if (mut == M_SKIP_CPU)
		cpumask_unset_last(&to);
	sync_wait_odd(&to, rcu_state);
}

SYNC_SCHEME(rcu, .name = "rcu", .origin = "Linux synchronize_rcu() (1fb3d8c20bfa)", .doc = "wait for a quiescent state of every CPU",
	    .rank = 73, .law = LAW_NOBODY,
	    .sound = SOUND_ALL | SOUND_SHARED);
SYNC_MUTANT(rcu, M_NO_SYNC_FENCE, .name = "rcu", .mutation = "rcu.no-sync-fence", .catcher = SYNC_HOLES_T1,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(rcu, M_SKIP_CPU, .name = "rcu", .mutation = "rcu.skip-cpu", .catcher = SYNC_HOLES,
	    .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
SYNC_MUTANT(rcu, M_WALK_NO_QS_FENCE, .name = "rcu", .mutation = "rcu.no-quiescent-fence", .catcher = SYNC_HOLES,
	    .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
SYNC_MUTANT(rcu, M_CALL_COLLAPSE, .name = "rcu", .mutation = "rcu.call-collapse", .catcher = SYNC_HOLES,
	    .missing = "the wait for the grace period before pages are copied and a table kept", .workload = "collapse", .walk = WALK_T_BARE,
	    .bound = 200);
SYNC_MUTANT(rcu, M_CALL_UNSHARE, .name = "rcu", .mutation = "rcu.call-unshare", .catcher = "shared-reuse " SYNC_HOLES,
	    .missing = "the wait for the grace period before a table is changed in place", .workload = "unshare", .walk = WALK_T_GUP,
	    .bound = 400, .cpus = 3);
