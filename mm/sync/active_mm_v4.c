// SPDX-License-Identifier: GPL-2.0-only
/*
 * active-mm-v4: Yang v4 as it was posted. A negative control: the verdict must be "broken", in exactly these cells.
 *
 * Origin: seed 004, patch 1/3. begin(): this_cpu_write(active_lockless_pt_walk_mm, mm); smp_mb(). end(): smp_store_release(NULL).
 * tlb_remove_table_sync_mm(): smp_rmb(), then the online CPUs whose pointer is mm get an IPI.
 * Modelled of patch 3/3 ("when the TLB flush path already sends IPIs the extra sync IPI is redundant"): sync() passes over the CPUs that
 * the flush says it drained. As posted that is a property of the machine, set at boot, and sync() as a whole does nothing; here it is the
 * mask that the method returns for this flush, so a CPU that the flush did not reach is still looked at. A method that says so
 * without draining (T5, the mutation nmi.claims-to-drain) breaks both alike.
 * Holes:
 *   T1  sync() has a read fence where a full fence is needed: the store to the slot may still be in the store buffer when the mark
 *       is read as NULL, and a walker that starts then loads the old entry. Zijlstra's objection. A TLB flush in between (its
 *       locked operations) hides it: seen in slot-store only.
 *   T2  end() stores NULL whatever was there: a size walk from an NMI inside a walk wipes the outer mark out.
 *   Not exercised here: T3, tables shared between mms (the mark names one mm, the sync another); walkers that the series does not
 *   wrap (KVM, arm64 and powerpc of their own); no acquire behind the reads of the marks (x86 keeps that order).
 * Declared: sound for gup (which needs no sync) and, behind a flush, for bare walkers that nothing nests into; else broken.
 */
#include <sync.h>

DEFINE_PERCPU_WORD(walk_mm);

static __always_inline u64 active_mm_v4_begin(struct mm *mm, unsigned mut)
{
	(void)mut;
	pword_store(&walk_mm[this_cpu()].w, (u64)(uintptr_t)mm); /* [active-mm-v4.begin.mark] */
	/* [active-mm-v4.begin.fence] Orders the mark before every load of the walk; its partner in sync is missing (T1). */
	fence_full();
	return 0;
}

static __always_inline void active_mm_v4_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)token, (void)mut;
	pword_store_release(&walk_mm[this_cpu()].w, 0); /* [active-mm-v4.end.mark] */
}

static __always_inline bool active_mm_v4_hit(u64 mark, u64 me)
{
	return mark == me;
}

static __always_inline void active_mm_v4_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mut;
	/* [active-mm-v4.sync.fence] As posted. Orders loads only: not the store to the slot before the loads below (T1). */
	fence_load();
	sync_others(&to);
	cpumask_subtract(&to, drained); /* [active-mm-v4.sync.drained] */
	sync_scan(&to, walk_mm, active_mm_v4_hit, (u64)(uintptr_t)mm); /* [active-mm-v4.sync.scan] */
	sync_ipi(&to);
}

SYNC_SCHEME(active_mm_v4, .name = "active-mm-v4", .origin = "Yang v4 as posted (seed 004)",
	    .doc = "IPI to CPUs walking this mm; broken by T1 and T2", .rank = 50, .usual = true, .law = LAW_UNASSERTED,
	    .missing = "a full fence between the store to the slot and the reads of the marks (T1)",
	    .missing_nested = "the outer mark, put back when a nested walk ends (T2); or a full fence in sync (T1)",
	    .sound = SOUND_GUP | SOUND_BARE);
