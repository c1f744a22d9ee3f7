// SPDX-License-Identifier: GPL-2.0-only
/*
 * asid-rollover: more address spaces than IDs, on CPUs that drop nothing when they go from one to another. The walkers' CPUs run the mm for
 * a walk each, and others in between, while the writer unmaps: IDs run out, are called in and given out again all the time (T14). There
 * are as few as there may be: one for what each CPU has loaded, one for what comes next, and one more.
 *
 * What goes wrong when a CPU does not flush in a new generation: it loads a space under the ID of another whose translations it still has.
 * The oracle finds that at the load, whether or not the two have an address in common (asid-reused).
 *
 * Verdicts only: how many CPUs run what has no law.
 */
#include <workload.h>

#include "storm.h"

#define MORE 6u /* address spaces beyond the IDs */

static struct mm others[NR_CPUS + 2 + MORE];

static unsigned nr_ids(void)
{
	return nr_cpus + 2;
}

/* One of the others, with its first load a new ID if its own was called in. */
static void load_another(struct walker *w)
{
	w->switch_mm(&others[rng_next(&w->rng) % (nr_ids() + MORE)]);
}

static void (*rollover_leave(const struct tlb_method *tlb))(struct walker *w)
{
	(void)tlb;
	return load_another;
}

static void rollover_begin(void)
{
	for (unsigned i = 0; i < nr_ids() + MORE; i++)
		mm_create(&others[i]);
}

static void rollover_end(void)
{
	for (unsigned i = 0; i < nr_ids() + MORE; i++)
		mm_destroy(&others[i]);
}

static void asid_rollover_sample(struct run *run, struct sample *s)
{
	storm_zap(run, 0);
	*s = (struct sample){ 0 };
}

WORKLOAD(asid_rollover) = {
	.name = "asid-rollover",
	.doc = "as munmap-thp, on CPUs that keep translations over a switch, with more mms than address-space IDs (verdicts only)",
	.iterations = 120,
	.iterations_nmi = 80,
	.needs = { NEEDS_LEAF(SOUND_BARE), [WALK_T_GUP] = SOUND_GUP },
	.invalidates = true,
	.store_buffer = true,
	.switches = true,
	.verdicts_only = true,
	.leave = rollover_leave,
	.tags = nr_ids,
	.begin = rollover_begin,
	.end = rollover_end,
	.sample = asid_rollover_sample,
};
