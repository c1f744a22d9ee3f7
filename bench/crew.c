// SPDX-License-Identifier: GPL-2.0-only
#include <console.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "bystander.h"
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

/* The mms that share tables with the run's, which is the first of them. */
static struct mm sharing[WL_SHARERS_MAX];
static unsigned nr_sharing;
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

static void sharers_drop(void)
{
	for (unsigned cpu = nr_cpus; cpu-- > 0 && nr_sharing;)
		crew_switch_on(cpu, NULL);
	for (unsigned k = 1; k < nr_sharing; k++)
		mm_destroy(&sharing[k]);
	nr_sharing = 0;
}

void crew_unload(struct mm *mm)
{
	for (unsigned cpu = nr_cpus; cpu-- > 0;)
		if (mm->loaded[cpu / 64].v >> (cpu % 64) & 1)
			crew_switch_on(cpu, NULL);
	sharers_drop();
	other_drop();
}

/*
 * Which of @n sharers a CPU runs: the writer's the first, and the next CPU the last one. So with one walker it is that of an mm that gives
 * the table up first.
 */
static unsigned sharer_of(unsigned cpu, unsigned n)
{
	return (n - cpu % n) % n;
}

void crew_share(struct run *run, const struct workload *wl)
{
	run->sharer[0] = run->mm;
	for (unsigned k = 1; k < wl->sharers; k++) {
		mm_create(&sharing[k]);
		run->sharer[k] = &sharing[k];
	}
	nr_sharing = wl->sharers;
}

void crew_load_for(struct run *run, const struct workload *wl, unsigned loaded)
{
	if (!wl->sharers) {
		crew_load(run->mm, loaded, run->switch_mm);
		if (wl->alone)
			run->switch_mm(run->mm);
		return;
	}
	switch_by = run->switch_mm;
	for (unsigned k = 0; k < wl->sharers; k++)
		run->sharer_ran[k] = 0;
	for (unsigned cpu = loaded; cpu-- > 0;) {
		unsigned k = sharer_of(cpu, wl->sharers);

		run->sharer_ran[k] += cpu != this_cpu();
		crew_switch_on(cpu, run->sharer[k]);
	}
}

static void crew_walk(void *arg)
{
	struct walker *w = arg;

	w->loop(w);
}

/* Not a walk: an initiator that has changed nothing. */
void crew_sync_loop(struct walker *w)
{
	static const struct cpumask nobody;

	walker_begin(w);
	while (!w->stop) {
		w->sync(w->mm, &nobody);
		walker_park(w, w->park_out);
	}
}

/* What CPU @i + 1 does. */
static walk_fn *loop_of(const struct crew_plan *plan, const struct sync_scheme *scheme, unsigned i)
{
	if (i == plan->walkers)
		return bystander_loop;
	if (plan->other_loop && i == plan->walkers - 1)
		return plan->other_loop;
	return scheme->walk_loop[plan->walk];
}

void crew_start(struct run *run, const struct crew_plan *plan, const struct sync_scheme *scheme)
{
	u32 in = CYCLE_TURNS * plan->dwell / 100;

	if (plan->two_mms || plan->walk == WALK_T_EXEMPT) {
		other_make();
		mm_forget_walkers(&other);
	}
	mm_forget_walkers(run->mm);
	if (scheme->start)
		scheme->start();
	walk_fault = scheme->fault;
	run->walkers = walkers;
	run->nr_walkers = plan->walkers + plan->bystander;
	for (unsigned i = 0; i < run->nr_walkers; i++) {
		struct walker *w = &walkers[i];
		bool away = plan->two_mms && i % 2;
		struct mm *mm = nr_sharing ? run->sharer[sharer_of(i + 1, nr_sharing)] : run->mm;

		*w = (struct walker){
			.mm = away ? &other : mm,
			.nest_mm = plan->two_mms && !away ? &other : mm,
			.nest_kind = plan->walk == WALK_T_GUP_NMI ? WALK_TABLES : WALK_BARE,
			.guest = &other,
			.calls = (i + 2) % (plan->walkers + 1),
			.target = &run->target,
			.rng = (plan->seed * NR_CPUS + i + 1) * 0x9e3779b97f4a7c15ULL | 1,
			.park_in = in ? in : 1,
			.park_out = in < CYCLE_TURNS ? CYCLE_TURNS - in : 1,
			/* Machine checks come at every step, and whoever was interrupted waits. */
			.park_trap = plan->walk == WALK_T_SLOT_IRQ && in ? in : 1,
			.account = plan->account,
			.stalls = plan->stalls,
			.preempts = plan->preempts,
			.leave = plan->leave,
			.nmi_walk = plan->walk == WALK_T_SLOT_MCE || plan->walk == WALK_T_SLOT_IRQ ? scheme->trap_walk :
				    scheme->nmi_walk,
			.gate = plan->switches ? &run->gate : NULL,
			.switch_mm = run->switch_mm,
			.sync = scheme->sync,
			.loop = loop_of(plan, scheme, i),
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
