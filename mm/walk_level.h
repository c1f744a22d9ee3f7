/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walkers that use no frame: they want to know how large the leaf is, and need the tables on the way for that.
 *
 * size    perf_get_page_size(): what it found may be stale as soon as the walk is over, and nobody minds. Nests: from an NMI anywhere.
 * kvm     a secondary MMU that is about to map as large as the primary does (host_pfn_mapping_level() of x86, get_user_mapping_size() of
 *         arm64): the level must still be true when it is used. Reads the mm's notifier sequence, walks with interrupts off, takes the
 *         notifier's lock, and uses the level only if no change began since (mmu_invalidate_retry(); notifier.h has the race).
 * exempt  walks trees that no writer frees (the kernel's own, a guest's that its host does not change), outside any tracking: seed 001
 *         leaves init_mm and guest tables out, and no scheme may need them.
 */
#ifndef SKEET_WALK_LEVEL_H
#define SKEET_WALK_LEVEL_H

#include <notifier.h>
#include <walker.h>

static __always_inline void walk_once_size(struct walker *w, const enum walk_type type, const unsigned mut, walk_begin_fn *begin,
					   walk_end_fn *end)
{
	u64 flags = arch_irq_save();
	u64 va = *w->target, token = walk_in(w, type, WALK_TABLES, mut, begin);
	struct walked at;

	walk_levels(w->mm, va, type, &at);
	walk_dwell(w);
	walk_out(w, type, token, mut, end);
	walker_open(w, flags);
}

/* The same from an NMI, in whatever was interrupted. Of another mm, where the workload says so: then a mark must stand for both. */
static __always_inline void walk_size_nested(struct walker *w, const unsigned mut, walk_begin_fn *begin, walk_end_fn *end)
{
	struct walked at;
	u64 token = begin(w->nest_mm, mut);

	w->nest_armed = sync_calls[this_cpu()].n + 1;
	oracle_walk_begin(w->nest_mm, w->nest_kind);
	walk_levels(w->nest_mm, *w->target, WALK_T_SIZE, &at);
	oracle_walk_end();
	end(w->nest_mm, token, mut);
}

static __always_inline bool walk_may_use_level(const struct notifier *n, u64 seq, const unsigned mut)
{
	if (mut == M_KVM_NO_RETRY)
		return true;
	if (mut == M_KVM_SEQ_ALONE)
		return pword_load(&n->seq) == seq;
	return !notifier_retry(n, seq);
}

static __always_inline void walk_once_kvm(struct walker *w, const enum walk_type type, const unsigned mut, walk_begin_fn *begin,
					  walk_end_fn *end)
{
	struct notifier *n = &w->mm->notifier;
	u64 seq = notifier_seq(n), va = *w->target;
	u64 flags = arch_irq_save();
	u64 token = walk_in(w, type, WALK_TABLES, mut, begin);
	struct walked at;
	pte_t e = walk_levels(w->mm, va, type, &at);

	walk_dwell(w);
	walk_out(w, type, token, mut, end);
	walker_open(w, flags);
	if (e == PTE_NONE)
		return;
	spin_lock(&n->lock);
	if (walk_may_use_level(n, seq, mut))
		oracle_walk_level(w->mm, va, at.level);
	spin_unlock(&n->lock);
}

/* Untracked: of no mm that a writer changes, without begin() and end(). Mutated: the walkers' own. */
static __always_inline void walk_once_exempt(struct walker *w, const unsigned mut)
{
	u64 flags = arch_irq_save();
	bool guest = rng_next(&w->rng) & 1;
	struct mm *mm = mut == M_EXEMPT_USER ? w->mm : guest ? w->guest : &kernel_mm;
	u64 va = mm == &kernel_mm ? (u64)(uintptr_t)w : *w->target;
	struct walked at;

	oracle_walk_begin(mut == M_EXEMPT_USER ? mm : NULL, WALK_TABLES);
	walk_levels(mm, va, WALK_T_EXEMPT, &at);
	walk_dwell(w);
	oracle_walk_end();
	walker_open(w, flags);
}

#endif
