// SPDX-License-Identifier: GPL-2.0-only
/*
 * unshare, unshare-each: a table that several mms share becomes one mm's own, which then changes it in place (huge_pmd_unshare()).
 *
 * Under a lock (i_mmap_rwsem of Linux) an mm gives the table up: clear the entry that leads to it, count down, invalidate in this mm
 * with the walk caches. When only one sharer is left, the table is that one's own, and it may put into it what no other mm may see. There
 * is no new table and nothing is freed, so no grace period and no reference helps: whoever is inside the table by one of the other mms
 * must be out (T3):
 *
 *   a walk of mm C       gives up                                  the sharer that is left, A
 *   enters the table
 *                        C: not the last, no sync
 *                        B: the last; sync for the walkers of B
 *                                                                  maps a private page in the table
 *   finds it
 *
 * unshare-each syncs at every mm that gives up, for the walkers of that mm: any scheme will do. unshare syncs once, behind the last, as
 * tlb_flush_unshared_tables() (commit 8ce720d5bd91): for that the sync must reach the walkers of all former sharers, not of the last
 * alone. A scheme declares it by SOUND_SHARED.
 *
 * The lock is dropped behind the sync: before, A may find out that the table is its own already. In verdicts a CPU looks for that all the
 * time (owner_loop()). What says so is a count of the sharers, not of references, which others take for reasons of their own (commit
 * ca1a47cd3f5f).
 */
#include "lap.h"
#include "pool.h"

#define SHARERS 3
#define LEAVES 2

enum { M_NO_FLUSH = 1, M_LATE_SYNC, M_REFS };

static struct {
	struct spinlock lock;
	unsigned others;     /* sharers but one: pt_share_count */
	struct pword refs;   /* of the table: one a sharer, and whoever looks at it */
	u64 table;           /* 0: nobody may take it for its own now */
	struct pword *slot[SHARERS];
	pte_t old;           /* what leads to the table, in every mm */
	u64 private;         /* the page that the owner maps */
} shared;

/* --- the sharer that is left --- */

/* Lock held. */
static void own(const struct run *run, u64 va)
{
	struct pword *free = (struct pword *)phys_to_virt(shared.table) + LEAVES;

	if (!shared.private)
		return;
	oracle_table_owned(run->mm, shared.table); /* [share.reuse] */
	for (unsigned k = 1; k < SHARERS; k++)
		oracle_sync_done(run->sharer[k], shared.slot[k], shared.old);
	spin_lock(&run->mm->lock);
	pte_store(run->mm, free, va + LEAVES * PAGE_SIZE, 0, arch_pte_leaf(shared.private, PROT_R | PROT_W, 0));
	arch_pte_made(va + LEAVES * PAGE_SIZE);
	spin_unlock(&run->mm->lock);
	shared.private = 0;
}

static const struct run *owner_run;

/* Instead of walks: a reference for a while, and a look whether the table is this mm's own by now. */
static void owner_loop(struct walker *w)
{
	walker_begin(w);
	while (!w->stop) {
		pword_add(&shared.refs, 1);
		walker_park(w, 4);
		pword_add(&shared.refs, -1);
		spin_lock(&shared.lock);
		if (shared.table && !shared.others)
			own(owner_run, owner_run->va);
		spin_unlock(&shared.lock);
		walker_turn(w);
	}
}

/* --- the writer --- */

static void unshare_prepare(struct run *run)
{
	owner_run = run;
	spin_lock(&shared.lock);
	shared.old = pte_load(run->slot);
	shared.private = phys_alloc_page();
	shared.slot[0] = run->slot;
	for (unsigned k = 1; k < SHARERS; k++) {
		struct mm *mm = run->sharer[k];

		shared.slot[k] = pt_slot(mm, run->va, 1, true);
		spin_lock(&mm->lock);
		/* The table was filled long ago, by this CPU; behind the lock's release at the latest others see that. */
		pte_store(mm, shared.slot[k], run->va, 1, shared.old);
		arch_pte_made(run->va);
		spin_unlock(&mm->lock);
	}
	shared.others = SHARERS - 1;
	pword_add(&shared.refs, SHARERS);
	shared.table = arch_pte_pa(shared.old, 1);
	spin_unlock(&shared.lock);
}

static void unshare_finish(struct run *run)
{
	spin_lock(&shared.lock);
	shared.table = 0;
	pword_add(&shared.refs, -1);
	if (shared.private)
		frame_put(shared.private);
	spin_unlock(&shared.lock);
	pool_drop(run);
}

static __always_inline void sync_sharer(struct lap *l, struct run *run, unsigned k)
{
	l->s->ran += run->sharer_ran[k];
	lap_sync(l, run->sharer[k]);
}

/* Sharer @k gives the table up. Lock held. True if it was the last one. */
static __always_inline bool give_up(struct lap *l, struct run *run, unsigned k)
{
	struct tlb_range r = { .va = run->va, .nr = LEAVES, .level = 0, .tables = true };
	struct mm *mm = run->sharer[k];
	bool last;

	spin_lock(&mm->lock);
	pte_xchg(mm, shared.slot[k], run->va, 1, PTE_NONE); /* [share.unshare] */
	spin_unlock(&mm->lock);
	last = --shared.others == 0; /* [share.count] */
	if (run_mutated(run, M_REFS))
		last = pword_add(&shared.refs, -1) == 1;
	else
		pword_add(&shared.refs, -1);
	lap_rest(l);
	if (!run_mutated(run, M_NO_FLUSH) || last)
		lap_inval(l, mm, &r);
	return last;
}

static __always_inline void unshare(struct run *run, struct sample *s, const bool each)
{
	struct lap l = lap_begin(run, s);

	spin_lock(&shared.lock); /* [share.lock] */
	for (unsigned k = SHARERS - 1; k > 0; k--) {
		bool last = give_up(&l, run, k);

		if (run_mutated(run, M_LATE_SYNC) && last) {
			spin_unlock(&shared.lock);
			for (unsigned i = 0; i < 16; i++)
				pword_delay();
			spin_lock(&shared.lock);
		}
		if (each || last)
			sync_sharer(&l, run, k);
	}
	own(run, run->va);
	spin_unlock(&shared.lock); /* [share.unlock] */
	lap_rest(&l);
}

static __timed void unshare_sample(struct run *run, struct sample *s)
{
	unshare(run, s, false);
}

static __timed void unshare_each_sample(struct run *run, struct sample *s)
{
	unshare(run, s, true);
}

#define UNSHARE(...)                                                                               \
	{                                                                                          \
		.iterations = 120, .iterations_nmi = 80, .invalidates = true, .store_buffer = true, \
		.small = LEAVES, .sharers = SHARERS, .other_loop = owner_loop, .prepare = unshare_prepare, \
		.finish = unshare_finish, __VA_ARGS__                                              \
	}

WORKLOAD(unshare) = UNSHARE(
	.name = "unshare",
	.doc = "two of three mms give a shared table up, one sync behind the last; the third changes it in place",
	.needs = { NEEDS_LEAF(SOUND_BARE | SOUND_SHARED), [WALK_T_GUP] = SOUND_BARE | SOUND_SHARED },
	.sample = unshare_sample);

WORKLOAD(unshare_each) = UNSHARE(
	.name = "unshare-each",
	.doc = "as unshare, a sync at each mm that gives up",
	.syncs = SHARERS - 1,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.sample = unshare_each_sample);

#define UNSHARE_MUTANT(ident, m, what, ...) \
	WRITER_MUTANT(ident, .mutation = "unshare." what, .workload = "unshare", .mut = m, .walk = WALK_T_GUP, __VA_ARGS__)

UNSHARE_MUTANT(unshare_no_flush, M_NO_FLUSH, "no-flush", .catcher = "stale-walk-cache stale-tlb", .bound = 40);
UNSHARE_MUTANT(unshare_late_sync, M_LATE_SYNC, "late-sync", .catcher = "shared-reuse " SYNC_HOLES, .bound = 400, .cpus = 3);
UNSHARE_MUTANT(unshare_refs, M_REFS, "refs", .catcher = "shared-reuse " SYNC_HOLES, .bound = 400, .cpus = 3);
