// SPDX-License-Identifier: GPL-2.0-only
#include <console.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "crew.h"
#include "pool.h"

/* Mean turns of one walker's cycle of both parks. Longer than any wait between the flush and the scan of a sync. */
#define CYCLE_TURNS 16

static struct walker walkers[NR_CPUS];

/* The mm that no writer changes: one frame at each address that a writer's pool may have. No CPU loads it. */
static struct mm other;
static u64 other_frame; /* 0: there is no such mm now */

static void other_make(void)
{
	if (other_frame)
		return;
	other_frame = phys_alloc_huge();
	if (!other_frame)
		panic("no memory for the other mm's frame");
	*(volatile u64 *)phys_to_virt(other_frame) = FRAME_TAG;
	mm_create(&other);
	for (unsigned i = 0; i < POOL_MAX; i++)
		if (pt_map(&other, pt_user_start() + i * HUGE_SIZE, other_frame, PROT_R, 1))
			panic("the other mm has an address twice");
}

static void other_drop(void)
{
	if (!other_frame)
		return;
	mm_destroy(&other);
	frame_put(other_frame);
	other_frame = 0;
}

static void (*switch_by)(struct mm *mm); /* of crew_load() */

static void crew_switch(void *mm)
{
	switch_by(mm);
}

static void crew_switch_on(unsigned cpu, struct mm *mm)
{
	if (cpu == this_cpu()) {
		switch_by(mm);
		return;
	}
	smp_run(cpu, crew_switch, mm);
	smp_join(cpu, "switching mm");
}

void crew_load(struct mm *mm, unsigned loaded, void (*switch_mm)(struct mm *mm))
{
	switch_by = switch_mm;
	for (unsigned cpu = nr_cpus; cpu-- > 0;) {
		/* Half of the CPUs loaded means that the process ran on half: loaded=0 is "ran everywhere, left again". */
		if (loaded && cpu >= loaded)
			continue;
		crew_switch_on(cpu, mm);
		if (!loaded)
			crew_switch_on(cpu, NULL);
	}
}

void crew_unload(struct mm *mm)
{
	for (unsigned cpu = nr_cpus; cpu-- > 0;)
		if (mm->loaded[cpu / 64].v >> (cpu % 64) & 1)
			crew_switch_on(cpu, NULL);
	other_drop();
}

static void crew_walk(void *arg)
{
	struct walker *w = arg;

	w->loop(w);
}

void crew_start(struct run *run, const struct crew_plan *plan, const struct sync_scheme *scheme)
{
	u32 in = CYCLE_TURNS * plan->dwell / 100;

	if (plan->two_mms)
		other_make();
	walk_fault = scheme->fault;
	run->walkers = walkers;
	run->nr_walkers = plan->walkers;
	for (unsigned i = 0; i < plan->walkers; i++) {
		struct walker *w = &walkers[i];
		bool away = plan->two_mms && i % 2;

		*w = (struct walker){
			.mm = away ? &other : run->mm,
			.nest_mm = plan->two_mms && !away ? &other : run->mm,
			.target = &run->target,
			.rng = (plan->seed * NR_CPUS + i + 1) * 0x9e3779b97f4a7c15ULL | 1,
			.park_in = in ? in : 1,
			.park_out = in < CYCLE_TURNS ? CYCLE_TURNS - in : 1,
			.account = plan->account,
			.stalls = plan->stalls,
			.leave = plan->leave,
			.nmi_walk = scheme->nmi_walk,
			.gate = plan->switches ? &run->gate : NULL,
			.switch_mm = run->switch_mm,
			.loop = scheme->walk_loop[plan->walk],
		};
		smp_run(i + 1, crew_walk, w);
	}
	crew_turns(run, 1);
}

void crew_stop(struct run *run)
{
	for (unsigned i = 0; i < run->nr_walkers; i++)
		run->walkers[i].stop = 1;
	for (unsigned i = 0; i < run->nr_walkers; i++)
		smp_join(i + 1, "a walker to stop");
	walk_fault_unmarked();
}

void crew_turns(const struct run *run, u64 turns)
{
	for (unsigned i = 0; i < run->nr_walkers; i++) {
		const struct walker *w = &run->walkers[i];
		u64 until = w->turns + turns;
		unsigned late = 0;

		wait_until(w->turns >= until, wait_late("a walker to take its turns", &late));
	}
}

void crew_gather(struct run *run)
{
	u64 round = ++run->gate.asked;

	for (unsigned i = 0; i < run->nr_walkers; i++) {
		const struct walker *w = &run->walkers[i];
		unsigned late = 0;

		/* Acquire: pairs with the release in walker_leave(). */
		wait_until(__atomic_load_n(&w->gathered, __ATOMIC_ACQUIRE) == round, wait_late("a walker to leave the mm", &late));
	}
}

void crew_release(struct run *run)
{
	/* Release: pairs with the acquire in walker_leave(). */
	__atomic_store_n(&run->gate.open, run->gate.asked, __ATOMIC_RELEASE);
}

u64 crew_walks(const struct run *run)
{
	u64 n = 0;

	for (unsigned i = 0; i < run->nr_walkers; i++)
		n += run->walkers[i].walks;
	return n;
}

u64 crew_witness(const struct run *run)
{
	u64 n = 0;

	for (unsigned i = 0; i < run->nr_walkers; i++)
		n += run->walkers[i].bad;
	return n;
}
