// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bystander: a CPU that has the mm loaded and never walks, and computes the same thing over and over. What a writer does to it is
 * interrupts only, so they are counted apart: those that the scheme sent, those of the TLB method.
 */
#include <walk.h>

#include "bystander.h"

#define STEPS 64

__timed void bystander_loop(struct walker *w)
{
	walker_begin(w);
	while (!w->stop) {
		for (unsigned i = 0; i < STEPS; i++)
			rng_next(&w->rng);
		walker_turn(w);
	}
}

struct bystander_count bystander_now(unsigned cpu)
{
	const struct cpu *c = &cpu_area[cpu];

	return (struct bystander_count){ .recv = c->ipi_recv + c->nmi_recv, .sync = c->sync_recv, .tlb = c->tlb_recv };
}
