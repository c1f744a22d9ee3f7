// SPDX-License-Identifier: GPL-2.0-only
/*
 * id-transition: as lazy-storm, but a CPU runs the mm for some walks before it leaves it, and every fourth sample another process begins:
 * what the method keeps for the mm goes (global IDs of bcast), while no CPU has it loaded. So CPUs run it under IDs of their own first,
 * are interrupted for the first flush, and are found under both kinds of ID, and in the middle of a switch, by the next (T15).
 */
#include <cpu.h>

#include "crew.h"
#include "storm.h"

static void id_transition_prepare(struct run *run)
{
	if (run->va / pt_size(1) % 4)
		return;
	crew_gather(run);
	tlb_method_mm_exit(run->tlb, run->mm);
	mm_mask_clear(run->mm->ran);
	pword_drain();
	crew_release(run);
}

/* A thread runs on, three times in four, unless the process ends. */
static void stay_or_leave(struct walker *w)
{
	if (w->gate->asked != w->gathered || rng_next(&w->rng) % 4 == 0)
		w->switch_mm(NULL);
}

static void (*id_transition_leave(const struct tlb_method *tlb))(struct walker *w)
{
	(void)tlb;
	return stay_or_leave;
}

WORKLOAD(id_transition) = {
	.name = "id-transition",
	.doc = "two CPUs unmap; the walkers' CPUs run the mm and leave it; every fourth time it is another process's (verdicts only)",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_BARE },
	.invalidates = true,
	.store_buffer = true,
	.switches = true,
	.mixes_ids = true,
	.leave = id_transition_leave,
	.spare = 1,
	.prepare = id_transition_prepare,
	.sample = storm_sample,
};
