// SPDX-License-Identifier: GPL-2.0-only
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <sync.h>
#include <walk.h>

#include "pool.h"

/* 2M frames left to the allocator of 4K pages. */
#define POOL_RESERVE 4

/* What the next owner of a frame writes: a walker that reads it used a frame that is no longer mapped. */
#define FRAME_REUSED 0x72657573656421ULL

static u64 leaf_va(const struct pool *p, unsigned leaf)
{
	return p->base + leaf * HUGE_SIZE;
}

u64 pool_va(const struct pool *p, unsigned i)
{
	return leaf_va(p, i * p->span);
}

/* Leaves of one table. The pool begins where a table does. */
static unsigned per_table(void)
{
	return 1U << arch_pt_bits(1);
}

u64 pool_most(void)
{
	/* The lower half of what the top table spans: above it addresses may want a sign. */
	u64 end = pt_size(ARCH_PT_LEVELS - 1) << (arch_pt_bits(ARCH_PT_LEVELS - 1) - 1);
	u64 leaves = (end - pt_user_start()) / HUGE_SIZE;

	return leaves < (u64)POOL_TABLES * per_table() ? leaves : (u64)POOL_TABLES * per_table();
}

void pool_aim(const struct pool *p, unsigned i, struct run *run)
{
	unsigned leaf = i * p->span;

	run->va = leaf_va(p, leaf);
	run->slot = p->table[leaf / per_table()] + leaf % per_table();
	run->span = p->span;
	/* Each of a sample's leaves in its turn. */
	run->target = leaf_va(p, leaf + i % p->span);
}

static u64 tagged_frame(void)
{
	u64 pa = phys_alloc_huge();

	*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	return pa;
}

/* @small: as in struct workload. The mapping takes over the one reference of @pa. */
static void map_leaf(struct pool *p, struct mm *mm, unsigned i, u64 pa, unsigned small)
{
	u64 va = leaf_va(p, i), size = small ? PAGE_SIZE : HUGE_SIZE;

	if (small > 1)
		frame_get(pa, small - 1);
	for (unsigned k = 0; k < (small ? small : 1); k++)
		if (pt_map(mm, va + k * size, pa + k * size, PROT_R | PROT_W, small ? 0 : 1))
			panic("pool: VA 0x%llx is taken", (unsigned long long)(va + k * size));
	p->table[i / per_table()] = pt_slot(mm, va, 1, false) - i % per_table();
}

/* The frames that may be taken: at most @want. */
static unsigned frames_for(unsigned want)
{
	unsigned have = phys_huge_free();

	have = have > POOL_RESERVE ? have - POOL_RESERVE : 0;
	if (have == 0)
		kprintf("no memory: %u free 2M frames, more than %u are needed\n", phys_huge_free(), POOL_RESERVE);
	return want < have ? want : have;
}

static unsigned fill(struct pool *p, struct mm *mm, unsigned want, unsigned small)
{
	p->base = pt_user_start();
	p->nr = frames_for(want < POOL_MAX ? want : POOL_MAX) / p->span * p->span;
	for (unsigned i = 0; i < p->nr; i++)
		map_leaf(p, mm, i, tagged_frame(), small);
	return p->nr;
}

unsigned pool_fill(struct pool *p, struct mm *mm, unsigned want)
{
	p->span = 1;
	return fill(p, mm, want, 0);
}

/* @want leaves, at most pool_most(), of @frames frames in turn. Returns @want (0: no memory, printed). */
static unsigned fill_shared(struct pool *p, struct mm *mm, unsigned want, unsigned frames)
{
	p->base = pt_user_start();
	frames = frames_for(want < frames ? want : frames);
	p->nr = frames ? want : 0;
	for (unsigned k = 0; k < frames; k++) {
		u64 pa = tagged_frame();
		unsigned leaves = (want - k + frames - 1) / frames;

		if (leaves > 1)
			frame_get(pa, leaves - 1);
		for (unsigned i = k; i < want; i += frames)
			map_leaf(p, mm, i, pa, 0);
	}
	return p->nr;
}

unsigned pool_fill_for(struct pool *p, struct mm *mm, unsigned want, const struct workload *wl)
{
	p->span = wl->span ? wl->span : 1;
	want *= p->span;
	return (wl->frames ? fill_shared(p, mm, want, wl->frames) : fill(p, mm, want, wl->small)) / p->span;
}

static void put_all(u64 pa, unsigned n)
{
	if (n > 1)
		frame_drop(pa, n - 1);
	if (n)
		frame_put(pa);
}

/* The references that the leaves of a table hold, whatever they lead to; then the table. */
static void drop_table(u64 table_pa)
{
	const struct pword *table = phys_to_virt(table_pa);
	unsigned held = 0; /* references on @pa's frame */
	u64 pa = 0;

	for (unsigned i = 0; i < 1U << arch_pt_bits(0); i++) {
		pte_t e = oracle_peek(&table[i]); /* nobody else gets here any more */

		if (!arch_pte_is_leaf(e, 0))
			continue;
		if (held && frame_of(pa) != frame_of(arch_pte_pa(e, 0))) {
			put_all(pa, held);
			held = 0;
		}
		pa = arch_pte_pa(e, 0);
		held++;
	}
	put_all(pa, held);
	phys_free_table(table_pa);
}

void pool_drop(struct run *run)
{
	struct tlb_range all = { .va = run->va, .nr = (u64)run->span << arch_pt_bits(0), .level = 0, .tables = true };
	pte_t old[POOL_SPAN_MAX];

	spin_lock(&run->mm->lock);
	for (unsigned k = 0; k < run->span; k++)
		old[k] = pte_xchg(run->mm, run->slot + k, run->va + k * HUGE_SIZE, 1, PTE_NONE);
	spin_unlock(&run->mm->lock);
	run->inval(run->mm, &all, &run->drained);
	sync_find("broadcast")->sync(run->mm, &run->drained);
	for (unsigned k = 0; k < run->span; k++)
		if (arch_pte_is_leaf(old[k], 1))
			frame_put(arch_pte_pa(old[k], 1));
		else if (arch_pte_present(old[k]))
			drop_table(arch_pte_pa(old[k], 1));
}

void pool_reuse(void)
{
	u64 pa = phys_alloc_huge();

	if (!pa)
		return;
	*(volatile u64 *)phys_to_virt(pa) = FRAME_REUSED;
	arch_relax();
	frame_put(pa);
}
