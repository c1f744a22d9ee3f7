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

void pool_aim(const struct pool *p, unsigned i, struct run *run)
{
	run->va = pool_va(p, i);
	run->slot = p->slot[i];
	run->target = run->va;
}

unsigned pool_fill(struct pool *p, struct mm *mm, unsigned want)
{
	unsigned have = phys_huge_free();

	have = have > POOL_RESERVE ? have - POOL_RESERVE : 0;
	p->base = pt_user_start();
	p->nr = want < have ? want : have;
	if (p->nr > POOL_MAX)
		p->nr = POOL_MAX;
	if (p->nr == 0)
		kprintf("no memory: %u free 2M frames, more than %u are needed\n", phys_huge_free(), POOL_RESERVE);
	for (unsigned i = 0; i < p->nr; i++) {
		u64 pa = phys_alloc_huge();

		*(volatile u64 *)phys_to_virt(pa) = FRAME_TAG;
		if (pt_map(mm, pool_va(p, i), pa, PROT_R | PROT_W, 1))
			panic("pool: VA 0x%llx is taken", (unsigned long long)pool_va(p, i));
		p->slot[i] = pt_slot(mm, pool_va(p, i), 1, false);
	}
	return p->nr;
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
