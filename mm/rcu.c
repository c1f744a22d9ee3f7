// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quiescent-state RCU: synchronize_rcu() and call_rcu() for tables that lockless walkers read.
 *
 * Origin: Linux's RCU with the walk as its reader: interrupts are off in a walk, so a CPU that has been through a context switch, or idles,
 * is in none that began before (kernel/rcu/tree.c: rcu_qs(), ct_kernel_exit() and _enter() with their atomic of dynticks, here
 * rcu_leave() and rcu_enter()). call_rcu() is P10, what mmu_gather frees tables with (MMU_GATHER_RCU_TABLE_FREE).
 *
 * Rule. A grace period begins with a full fence and a look at every CPU's number, and is over when each that was odd has changed.
 * Invariant: when it is over, no walk goes on that began before the fence, so nobody can reach what was unhooked before it.
 *
 * The store-buffering pair (T1), at each quiescent state and when a CPU leaves idle:
 *
 *   CPU                                the one who waits
 *   W number (+2, or odd)              W slot
 *   full fence                         full fence
 *   R slot                             R number
 *
 * Without the CPU's fence the next walk can load the old entry while the number still reads as before; then the change that ends the
 * grace period is the one that came before that walk. Without the other fence a CPU can read as idle while it can still load the
 * old entry. What ends a walk is ordered by the release store of the next number.
 *
 * Calls. There is one grace period for them at a time. What is called while it goes on waits for the next: its walkers may have
 * been missed by the look that has been taken (the mutation join-late). Nobody polls by itself: who calls polls, or waits in
 * rcu_barrier().
 * An NMI's walk inside a walk is covered by its thread's, one elsewhere by the next quiescent state of its CPU; on a CPU that is idle
 * here nobody may walk. A quiescent state is one atomic: between a store and a fence behind it, where an exception is no fence, an NMI
 * would walk while others still see the number before, and they would take the change for the end of its walk.
 */
#include <smp.h>
#include <sync.h>

#include "rcu.h"

struct percpu_word rcu_state[NR_CPUS];
unsigned rcu_mut;

void rcu_synchronize(void)
{
	struct cpumask to;

	/*
	 * [rcu.sync.fence] Orders what was unhooked before the look at the numbers; pairs with the fence in rcu_enter(), and with the
	 * atomic in rcu_note_quiescent().
	 */
	fence_full();
	sync_others(&to);
	sync_wait_odd(&to, rcu_state);
}

/* --- calls --- */

static struct {
	struct spinlock lock;
	struct rcu_head *called;  /* since the grace period began, newest first */
	struct rcu_head *waiting; /* before */
	struct cpumask busy;      /* CPUs that it still waits for; their numbers as they were: */
	u64 seen[NR_CPUS];
	volatile u64 left;        /* calls whose function has not returned */
} calls;

static bool mutated(unsigned mut)
{
	return oracle_build && rcu_mut == mut;
}

/* Lock held, nothing waits. */
static void begin_grace_period(void)
{
	unsigned cpu;

	calls.waiting = calls.called;
	calls.called = NULL;
	/* As in rcu_synchronize(). */
	fence_full();
	cpumask_copy(&calls.busy, &cpu_online_mask);
	if (mutated(M_RCU_SKIP_CPU))
		cpumask_unset_last(&calls.busy);
	for_each_cpu(cpu, &cpu_online_mask) {
		calls.seen[cpu] = pword_load(&rcu_state[cpu].w);
		if (!(calls.seen[cpu] & 1))
			cpumask_unset(&calls.busy, cpu);
	}
}

/* Lock held. */
static bool grace_period_is_over(void)
{
	unsigned cpu;

	for_each_cpu(cpu, &cpu_online_mask)
		if (cpumask_test(&calls.busy, cpu) && pword_load(&rcu_state[cpu].w) != calls.seen[cpu])
			cpumask_unset(&calls.busy, cpu);
	/* Acquire: the walks that ended before the numbers changed; pairs with rcu_note_quiescent(), rcu_leave(). */
	fence_load();
	return cpumask_empty(&calls.busy);
}

void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *head))
{
	struct rcu_head **list = mutated(M_RCU_JOIN_LATE) && calls.waiting ? &calls.waiting : &calls.called;

	head->fn = fn;
	spin_lock(&calls.lock);
	head->next = *list;
	*list = head;
	calls.left++;
	spin_unlock(&calls.lock);
}

/* Calls whose grace period is over, or NULL. Begins the next grace period, if there is something to wait for. */
static struct rcu_head *take_due(void)
{
	struct rcu_head *due = NULL;

	if (calls.waiting && grace_period_is_over()) {
		due = calls.waiting;
		calls.waiting = NULL;
	}
	if (!calls.waiting && calls.called)
		begin_grace_period();
	return due;
}

bool rcu_poll(void)
{
	struct rcu_head *due;
	u64 done = 0, left;

	spin_lock(&calls.lock);
	due = take_due();
	spin_unlock(&calls.lock);
	while (due) {
		struct rcu_head *head = due;

		due = head->next;
		head->fn(head);
		done++;
	}
	spin_lock(&calls.lock);
	calls.left -= done;
	left = calls.left;
	spin_unlock(&calls.lock);
	return left != 0;
}

void rcu_barrier(void)
{
	unsigned late = 0;

	wait_until(!rcu_poll(), wait_late("a grace period", &late));
}
