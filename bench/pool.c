// SPDX-License-Identifier: GPL-2.0-only
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <walk.h>

#include "pool.h"

/* 2M frames left to the allocator of 4K pages. */
#define POOL_RESERVE 4

/* What the next owner of a frame writes: a walker that reads it used a frame that is no longer mapped. */
#define FRAME_REUSED 0x72657573656421ULL

u64 pool_va(const struct pool *p, unsigned i)
{
	return p->base + i * HUGE_SIZE;
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
	run->va = pool_va(p, i);
	run->slot = p->table[i / per_table()] + i % per_table();
	run->target = run->va;
}

static u64 tagged_frame(void)
{
	u64 pa = phys_alloc_huge();

	*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
	return pa;
}

static void map_leaf(struct pool *p, struct mm *mm, unsigned i, u64 pa)
{
	if (pt_map(mm, pool_va(p, i), pa, PROT_R | PROT_W, 1))
		panic("pool: VA 0x%llx is taken", (unsigned long long)pool_va(p, i));
	p->table[i / per_table()] = pt_slot(mm, pool_va(p, i), 1, false) - i % per_table();
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

unsigned pool_fill(struct pool *p, struct mm *mm, unsigned want)
{
	p->base = pt_user_start();
	p->nr = frames_for(want < POOL_MAX ? want : POOL_MAX);
	for (unsigned i = 0; i < p->nr; i++)
		map_leaf(p, mm, i, tagged_frame());
	return p->nr;
}

unsigned pool_fill_shared(struct pool *p, struct mm *mm, unsigned want, unsigned frames)
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
			map_leaf(p, mm, i, pa);
	}
	return p->nr;
}

unsigned pool_fill_for(struct pool *p, struct mm *mm, unsigned want, const struct workload *wl)
{
	return wl->frames ? pool_fill_shared(p, mm, want, wl->frames) : pool_fill(p, mm, want);
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
