/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a walker that are not instantiated: giving way, and the NMI that nests into a walk. */
#include <walk.h>

struct walker *walk_current[NR_CPUS];

__timed void walker_turn(struct walker *w)
{
	w->ran += w->account ? arch_cycles() - w->resumed : 0;
	w->resumed = 0;
	w->turns++;
	arch_relax();
	w->resumed = w->account ? arch_cycles() : 0;
}

u64 walker_turn_missed(void)
{
	static struct walker w;

	/* From 0, "ran" becomes the time of the first reading and "resumed" that of the second. */
	w.account = true;
	w.ran = w.resumed = 0;
	walker_turn(&w);
	return w.resumed - w.ran;
}

void walk_nmi(void)
{
	struct walker *w = walk_current[this_cpu()];

	if (w)
		w->nmi_walk(w);
}
