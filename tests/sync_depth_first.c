// SPDX-License-Identifier: GPL-2.0-only
/*
 * depth-first: not a scheme but a mistake that is easily made, and the reason that the walks of bare+nmi nest into begin() and end()
 * too. As active-mm, but which walk is the outermost is told by a count of its own, raised before the mark is stored:
 *
 *   thread: count = 1
 *      NMI: count is 1, so there is a mark already; walks without one
 *   thread: mark = mm
 *
 * The walk of the NMI is seen by no sync. Between any two steps after begin() nothing is wrong with it. A flush by NMI hides it, for it
 * waits until the NMI that walks is over: so the workload is one without.
 */
#include <sync.h>

enum { M_COUNT_FIRST = 1 };

DEFINE_PERCPU_WORD(walk_depth);
DEFINE_PERCPU_WORD(walk_mm);

static __always_inline u64 depth_first_begin(struct mm *mm, unsigned mut)
{
	struct pword *depth = &walk_depth[this_cpu()].w;
	u64 outer = pword_load(depth);

	(void)mut;
	pword_store(depth, outer + 1);
	if (!outer)
		pword_store(&walk_mm[this_cpu()].w, (u64)(uintptr_t)mm);
	/* Orders the mark before every load of the walk; pairs with the fence in depth_first_sync(). */
	fence_full();
	return outer;
}

static __always_inline void depth_first_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)mut;
	pword_store_release(&walk_depth[this_cpu()].w, token);
	if (!token)
		pword_store_release(&walk_mm[this_cpu()].w, 0);
}

static __always_inline bool depth_first_hit(u64 mark, u64 me)
{
	return mark == me;
}

static __always_inline void depth_first_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)drained, (void)mut;
	/* Orders the store to the slot before the loads of the marks; pairs with the fence in depth_first_begin(). */
	fence_full();
	sync_others(&to);
	sync_scan(&to, walk_mm, depth_first_hit, (u64)(uintptr_t)mm);
	/* Acquire: a mark read as gone before the free of what its walk used; pairs with the release in depth_first_end(). */
	fence_load();
	sync_ipi(&to);
}

SYNC_MUTANT(depth_first, M_COUNT_FIRST, .name = "depth-first", .mutation = "depth-first.nmi-in-begin", .catcher = SYNC_HOLES_T1,
	    .missing = "the mark of the inner walk while the outer one has none yet",
	    .workload = "slot-store", .walk = WALK_T_BARE_NMI, .bound = 4000);
