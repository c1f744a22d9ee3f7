// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the roles of forced schedules do: one short program each, of the code that is under test.
 *
 * Writers that empty a slot do it by a plain store without mm->lock, whose release would empty the store buffer, where the race is
 * about that store. There is no other writer then.
 */
#include <gather.h>
#include <huge.h>
#include <phys.h>
#include <pt.h>

#include "schedule.h"

#define SPARSE_LEAVES 16 /* COLLAPSE_LEAVES of bench/collapse.c */

struct field field;

static struct walk_gate open_gate;

static void walk(void *arg, enum walk_type type, const struct walk_gate *gate)
{
	struct walker *w = &field.walker[(uintptr_t)arg];

	w->gate = gate;
	field.sync->walk_loop[type](w);
}

void play_walk_bare(void *arg)
{
	walk(arg, WALK_T_BARE, NULL);
}

void play_walk_gup(void *arg)
{
	walk(arg, WALK_T_GUP, NULL);
}

/* Loads the mm for each walk. */
void play_walk_switching(void *arg)
{
	walk(arg, WALK_T_BARE, &open_gate);
}

static const struct tlb_range *large(void)
{
	static struct tlb_range r;

	r = (struct tlb_range){ .va = field.va, .nr = 1, .level = HUGE_LEVEL };
	return &r;
}

static __always_inline void zap(bool flush)
{
	struct cpumask drained;

	cpumask_clear(&drained);
	pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, PTE_NONE);
	field.sync->sync(&field.mm, &drained);
	if (flush)
		field.tlb->inval(&field.mm, large(), NULL);
	oracle_sync_done(&field.mm, field.slot, field.old);
	frame_put(field.pa);
}

/* As slot-store: nothing but the scheme fences. */
void play_zap(void *arg)
{
	(void)arg;
	zap(false);
}

/* A second initiator: what it waits for was taken out before it began. */
void play_sync(void *arg)
{
	struct cpumask drained;

	(void)arg;
	cpumask_clear(&drained);
	field.sync->sync(&field.mm, &drained);
	oracle_sync_done(&field.mm, field.slot, field.old);
}

/* The frame has another owner at once. */
void play_zap_reuse(void *arg)
{
	(void)arg;
	zap(false);
	phys_alloc_huge();
}

/* As mm-switch: nothing but the scheme fences before it is through. */
void play_zap_sync_flush(void *arg)
{
	(void)arg;
	zap(true);
}

void play_zap_flush(void *arg)
{
	(void)arg;
	pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, PTE_NONE);
	field.tlb->inval(&field.mm, large(), NULL);
	frame_put(field.pa);
}

void play_zap_free_flush(void *arg)
{
	(void)arg;
	pt_unmap(&field.mm, field.va, HUGE_LEVEL, NULL);
	frame_put(field.pa);
	field.tlb->inval(&field.mm, large(), NULL);
}

static void no_sync(struct mm *mm, const struct cpumask *drained)
{
	(void)mm, (void)drained;
}

static void gather(unsigned mut)
{
	struct mmu_gather g;

	gather_begin(&g, &field.mm, field.tlb, field.sync ? field.sync->sync : no_sync);
	g.mut = mut;
	zap_huge_pmd(&g, field.va);
	gather_finish(&g);
}

void play_munmap(void *arg)
{
	(void)arg;
	gather(MUT_NONE);
}

void play_munmap_inval_first(void *arg)
{
	(void)arg;
	gather(M_GATHER_INVAL_FIRST);
}

void play_munmap_sync_first(void *arg)
{
	(void)arg;
	gather(M_GATHER_SYNC_FIRST);
}

void play_munmap_free_first(void *arg)
{
	(void)arg;
	gather(M_GATHER_FREE_FIRST);
}

/* --- who has the mm loaded --- */

void play_load(void *arg)
{
	(void)arg;
	mm_switch(&field.mm);
}

void play_load_plain(void *arg)
{
	(void)arg;
	mm_switch_plain_loaded(&field.mm);
}

void play_load_plain_ran(void *arg)
{
	(void)arg;
	mm_switch_plain_ran(&field.mm);
}

void play_leave(void *arg)
{
	(void)arg;
	if (field.tlb->switch_mm)
		field.tlb->switch_mm(NULL);
	else
		mm_switch(NULL);
}

void play_leave_plain(void *arg)
{
	(void)arg;
	mm_switch_plain_leave(NULL);
}

/* --- T10: two writers that both hold mmap_lock for reading --- */

/* zap_huge_pmd() before pmdp_huge_get_and_clear_full(): the flush stays in the gather until the lock is free. */
void play_dontneed(void *arg)
{
	struct mmu_gather g;

	(void)arg;
	gather_begin(&g, &field.mm, field.tlb, no_sync);
	zap_huge_pmd(&g, field.va);
	pword_delay();
	gather_finish(&g);
}

void play_dontneed_locked(void *arg)
{
	(void)arg;
	spin_lock(&field.mm.lock);
	pte_xchg(&field.mm, field.slot, field.va, HUGE_LEVEL, PTE_NONE);
	field.tlb->inval(&field.mm, large(), NULL);
	spin_unlock(&field.mm.lock);
	frame_put(field.pa);
}

void play_fault(void *arg)
{
	(void)arg;
	pt_map(&field.mm, field.va, field.page, PROT_R | PROT_W, 0);
}

/* --- T11: UFFDIO_MOVE looks at the count of pins behind the clear --- */

static __always_inline void move_page(bool fence)
{
	pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, PTE_NONE); /* [move.clear] */
	if (fence)
		fence_full(); /* [move.fence] the empty slot before the look at the count; pairs with the grab, which is a full fence (walk_grab()) */
	field.moved = pword_load(&frame_of(field.pa)->ref) == 1; /* [move.pins] */
	if (!field.moved)
		pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, field.old); /* [move.back] */
	pword_delay(); /* [move.take] */
}

void play_move_plain(void *arg)
{
	(void)arg;
	move_page(false);
}

void play_move_fenced(void *arg)
{
	(void)arg;
	move_page(true);
}

/* The page has another place, and a walker has a reference that it takes for good. */
const char *pinned_moved(void)
{
	return field.moved && frame_of(field.pa)->ref.v > 1 ? "pinned-moved" : NULL;
}

/* --- T4 --- */

void play_collapse(void *arg)
{
	(void)arg;
	collapse_huge_pmd(&field.mm, field.va, field.tlb, field.sync->sync);
}

/* A sample of a workload of the bench, as its verdicts are made of. */
void play_writer(void *arg)
{
	struct sample s;

	(void)arg;
	field.wl->sample(&field.run, &s);
}

/* --- T13 --- */

static void change_rights(unsigned prot)
{
	spin_lock(&field.mm.lock);
	pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, arch_pte_leaf(field.pa, prot, HUGE_LEVEL)); /* [local.change] */
	arch_pte_made(field.va);
	spin_unlock(&field.mm.lock);
	field.tlb->inval(&field.mm, large(), NULL);
	oracle_sync_done(&field.mm, field.slot, field.old);
}

void play_protect(void *arg)
{
	(void)arg;
	change_rights(PROT_R);
}

void play_permit(void *arg)
{
	(void)arg;
	change_rights(PROT_R | PROT_W | PROT_X);
}

/* --- T3: mm and other share a table; the walker came by other --- */

static __always_inline void unshare(bool each)
{
	struct cpumask drained;

	cpumask_clear(&drained);
	pte_store(&field.other, field.other_slot, field.va, HUGE_LEVEL, PTE_NONE);
	if (each)
		field.sync->sync(&field.other, &drained);
	pte_store(&field.mm, field.slot, field.va, HUGE_LEVEL, PTE_NONE);
	field.sync->sync(&field.mm, &drained);
	/* It belongs to one owner now, who may write into it what it likes. */
	oracle_sync_done(&field.other, field.other_slot, field.old);
	oracle_sync_done(&field.mm, field.slot, field.old);
}

/* Only the last of them syncs, for its own mm. */
void play_unshare_last(void *arg)
{
	(void)arg;
	unshare(false);
}

void play_unshare_each(void *arg)
{
	(void)arg;
	unshare(true);
}

/* --- what there is before the start --- */

static void find_slots(void)
{
	field.slot = pt_slot(&field.mm, field.va, HUGE_LEVEL, false);
	field.old = pte_load(field.slot);
}

void prepare_leaf(void)
{
	field.pa = phys_alloc_huge();
	*(volatile u64 *)phys_to_virt(field.pa) = FRAME_TAG;
	pt_map(&field.mm, field.va, field.pa, PROT_R | PROT_W, HUGE_LEVEL);
	find_slots();
}

/* The same memory by a table of small leaves. */
void prepare_small(void)
{
	prepare_leaf();
	split_huge_pmd(&field.mm, field.va, field.tlb);
	find_slots();
	field.leaf = pt_slot(&field.mm, field.va, 0, false);
}

/* As collapse of the bench wants it: the first leaves of a table, each with a reference on the one frame. */
void prepare_sparse(void)
{
	field.pa = phys_alloc_huge();
	*(volatile u64 *)phys_to_virt(field.pa) = FRAME_TAG;
	frame_get(field.pa, SPARSE_LEAVES - 1);
	for (unsigned i = 0; i < SPARSE_LEAVES; i++)
		pt_map(&field.mm, field.va + i * PAGE_SIZE, field.pa + i * PAGE_SIZE, PROT_R | PROT_W, 0);
	find_slots();
	field.leaf = pt_slot(&field.mm, field.va, 0, false);
	field.wl->prepare(&field.run);
}

/* One small leaf, by one table that two mms share. */
void prepare_shared(void)
{
	field.page = phys_alloc_page();
	*(volatile u64 *)phys_to_virt(field.page) = FRAME_TAG;
	pt_map(&field.mm, field.va, field.page, PROT_R | PROT_W, 0);
	find_slots();
	field.leaf = pt_slot(&field.mm, field.va, 0, false);
	field.other_slot = pt_slot(&field.other, field.va, HUGE_LEVEL, true);
	spin_lock(&field.other.lock);
	pte_store(&field.other, field.other_slot, field.va, HUGE_LEVEL, field.old);
	spin_unlock(&field.other.lock);
}
