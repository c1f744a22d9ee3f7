/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mm's notifier: who keeps something derived from the tables (a secondary MMU) learns of a change before it is made and after.
 *
 * State: a sequence number, raised at the end of each change, and the number of changes that go on; both are stored under the lock.
 * Rule. A writer calls notifier_start() before it touches an entry and notifier_end() when it is through. Who derives something reads the
 * sequence number first, walks, takes the lock, and uses what it found only if !notifier_retry().
 * Invariant: what is used under the lock is what the tables say, until the next notifier_start() has the lock.
 *
 *   walker                            writer
 *   R seq
 *   R tables                          lock; active++; unlock
 *                                     W tables
 *                                     lock; seq++; active--; unlock
 *   lock; active or another seq?
 *   use; unlock
 *
 * Without the retry the walker uses what it loaded before the change (T12). Without a look at active it does when it read seq behind
 * notifier_start(), walked before the store, and uses before notifier_end().
 * What a secondary MMU itself drops at notifier_start() is not here: only the walker that asks for a level is (walk_level.h).
 * Source: mmu_invalidate_begin(), mmu_invalidate_end(), mmu_invalidate_retry() of virt/kvm and include/linux/kvm_host.h, Linux 6.12.
 */
#ifndef SKEET_NOTIFIER_H
#define SKEET_NOTIFIER_H

#include <mm.h>

/* Context: thread, interrupts on. */
static inline void notifier_start(struct mm *mm)
{
	struct notifier *n = &mm->notifier;

	spin_lock(&n->lock);
	pword_store(&n->active, pword_load(&n->active) + 1);
	spin_unlock(&n->lock);
}

static inline void notifier_end(struct mm *mm)
{
	struct notifier *n = &mm->notifier;

	spin_lock(&n->lock);
	pword_store(&n->seq, pword_load(&n->seq) + 1);
	pword_store(&n->active, pword_load(&n->active) - 1);
	spin_unlock(&n->lock);
}

static __always_inline u64 notifier_seq(const struct notifier *n)
{
	/* Acquire: the number before every load of the walk; pairs with the unlock in notifier_end(). */
	return pword_load_acquire(&n->seq);
}

/* The lock is held. */
static __always_inline bool notifier_retry(const struct notifier *n, u64 seq)
{
	return pword_load(&n->active) || pword_load(&n->seq) != seq;
}

#endif
