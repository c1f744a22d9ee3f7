// SPDX-License-Identifier: GPL-2.0-only
/* The parts of a walker that are not instantiated: giving way, its account, and the NMI that nests into a walk. */
#include <sync.h>
#include <walk.h>

struct walker *walk_current[NR_CPUS];
walk_fault_fn *walk_fault;
struct walker *walk_marking[NR_CPUS];

void walk_fault_unmarked(void)
{
	walk_fault = sync_find("none")->fault;
}

/* Whose turn began last. Another walker's, when a turn ends: the machine cut this turn and its account holds theirs. */
static struct walker *volatile turn_of;

/* "resumed" is not 0 from before the clock is read until after "ran" is stored: a turn that the machine cuts shows. */
static __always_inline void account_stop(struct walker *w)
{
	if (!w->account)
		return;
	w->cuts += turn_of != w;
	w->ran += arch_cycles() - w->resumed;
	w->resumed = 0;
}

static __always_inline void account_start(struct walker *w)
{
	if (!w->account)
		return;
	turn_of = w;
	w->resumed = 1;
	w->resumed = arch_cycles();
}

__timed __noinline void walker_begin(struct walker *w)
{
	account_start(w);
}

__timed __noinline void walker_turn(struct walker *w)
{
	account_stop(w);
	w->turns++;
	arch_relax();
	account_start(w);
}

__timed __noinline void walker_open(struct walker *w, u64 flags)
{
	account_stop(w);
	w->opens++;
	arch_irq_restore(flags);
	account_start(w);
}

void walker_enter(struct walker *w)
{
	w->switch_mm(w->mm);
}

void walker_leave(struct walker *w)
{
	u64 round;

	if (w->leave)
		w->leave(w);
	else
		w->switch_mm(NULL);
	round = w->gate->asked;
	if (w->gathered == round)
		return;
	oracle_drain();
	/* Release: this CPU is outside the mm; pairs with the acquire in crew_gather(). */
	__atomic_store_n(&w->gathered, round, __ATOMIC_RELEASE);
	/* Acquire: what the writer did to the mm while all were outside; pairs with the release in crew_release(). */
	while (__atomic_load_n(&w->gate->open, __ATOMIC_ACQUIRE) != round && !w->stop)
		walker_turn(w);
}

void walker_gone(struct walker *w)
{
	w->switch_mm(NULL);
}

/* From 0, "ran" becomes the time of the first reading, and "resumed" is that of the second. */
u64 walker_turn_missed(void)
{
	static struct walker w;

	w = (struct walker){ .account = true };
	walker_turn(&w);
	return w.resumed - w.ran;
}

u64 walker_open_missed(void)
{
	static struct walker w;

	w = (struct walker){ .account = true };
	walker_open(&w, arch_irq_save());
	return w.resumed - w.ran;
}

void walk_nmi(void)
{
	struct walker *w = walk_current[this_cpu()];

	if (w)
		w->nmi_walk(w);
}

void walk_mark_step(void)
{
	unsigned cpu = this_cpu();
	struct walker *w = walk_marking[cpu];

	if (likely(!w) || rng_next(&w->rng) & 1)
		return;
	walk_marking[cpu] = NULL; /* the walk of the NMI has accesses of its own */
	nmi_walk_self();
	/* Its thread takes its time to go on: the writer's whole sync can come between two accesses. */
	if (!(rng_next(&w->rng) & 3))
		walker_park(w, 16);
	walk_marking[cpu] = w;
}
