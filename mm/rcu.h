/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quiescent-state RCU: whoever waits for it waits until each CPU has passed a point outside any walk, without an interrupt. mm/rcu.c says
 * why. The read side, walk_loop(), says where these points are; it is the same for every scheme.
 */
#ifndef SKEET_RCU_H
#define SKEET_RCU_H

#include <cpu.h>
#include <percpu.h>

/*
 * By CPU, written by it only: even while it walks nothing for long (idle, an extended quiescent state), else odd; a quiescent state adds 2.
 */
extern struct percpu_word rcu_state[NR_CPUS];

/* This CPU is about to walk, or stops walking for long. Thread context, outside any walk. */
static __always_inline void rcu_enter(void)
{
	struct pword *own = &rcu_state[this_cpu()].w;

	pword_store(own, pword_load(own) + 1); /* [rcu.enter.mark] */
	/* [rcu.enter.fence] Orders the odd number before the walks to come; pairs with the fence in rcu_synchronize(). */
	fence_full();
}

static __always_inline void rcu_leave(void)
{
	struct pword *own = &rcu_state[this_cpu()].w;

	/* [rcu.leave.mark] Release: the walks so far are over; pairs with the acquire in sync_wait_odd(), rcu_poll(). */
	pword_store_release(own, pword_load(own) + 1);
}

/* Between two walks, as a context switch: thread context, between rcu_enter() and rcu_leave(). @fenced: constant, false in a mutation. */
static __always_inline void rcu_note_quiescent(const bool fenced)
{
	struct pword *own = &rcu_state[this_cpu()].w;

	if (!fenced)
		pword_store_release(own, pword_load(own) + 2);
	else
		/*
		 * [rcu.quiescent.mark] Full fence: the walks so far before the new number, as in rcu_leave(); and that before the walks to
		 * come, which pairs with the fence in rcu_synchronize().
		 */
		pword_add(own, 2);
}

/*
 * Wait until every walk is over that was going on anywhere when this was called. Context: thread, interrupts on, no walk of this CPU goes
 * on. What was unhooked before is unreachable for walks that begin later: full fence first.
 */
void rcu_synchronize(void);

struct rcu_head {
	struct rcu_head *next;
	void (*fn)(struct rcu_head *head);
};

/**
 * rcu_call - have @fn(@head) called when every walk is over that was going on anywhere
 *
 * Returns at once; @head belongs to RCU until @fn is called, from rcu_poll() or rcu_barrier() on any CPU, thread context, without a lock.
 * Context: thread.
 */
void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *head));
/* Go on with what rcu_call() left, without waiting; true if something is left. Context: thread, no walk of this CPU goes on. */
bool rcu_poll(void);
/* Wait until nothing is left. The same context, interrupts on. */
void rcu_barrier(void);

/* Mutations of rcu_poll(), for the oracle image. */
enum { M_RCU_SKIP_CPU = 1, M_RCU_JOIN_LATE };
extern unsigned rcu_mut;

#endif
