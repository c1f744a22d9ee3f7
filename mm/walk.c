// SPDX-License-Identifier: GPL-2.0-only
/* The parts of a walker that are not instantiated: giving way, its account, and the traps that walk. */
#include <console.h>
#include <smp.h>
#include <sync.h>
#include <walk.h>

struct walker *walk_current[NR_CPUS];
walk_fault_fn *walk_fault;
struct walker *walk_marking[NR_CPUS];
struct sync_calls sync_calls[NR_CPUS];

static __always_inline u64 no_begin(struct mm *mm, unsigned mut)
{
	(void)mm, (void)mut;
	return 0;
}

static __always_inline void no_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm, (void)token, (void)mut;
}

void walk_loop_slot_irq(struct walker *w)
{
	walk_loop(w, WALK_T_SLOT_IRQ, MUT_NONE, no_begin, no_end);
}

void walk_loop_exempt(struct walker *w)
{
	walk_loop(w, WALK_T_EXEMPT, MUT_NONE, no_begin, no_end);
}

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
	oracle_park();
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

/* Whose walk each CPU is asked for: one walker asks it, no other does. NULL: none. */
static struct walker *asked[NR_CPUS];

void walk_irq(void)
{
	struct walker **slot = &asked[this_cpu()], *w = *slot;

	if (!w)
		return;
	w->nmi_walk(w);
	/* Release: pairs with the acquire in walk_from_interrupt(). From here on the record is its owner's again. */
	__atomic_store_n(slot, NULL, __ATOMIC_RELEASE);
}

void walk_from_interrupt(struct walker *w)
{
	struct walker **slot = &asked[w->calls];
	unsigned late = 0;

	*slot = w;
	irq_walk_cpu(w->calls);
	/* Acquire: what the walk left in the record; pairs with the release in walk_irq(). */
	wait_until(!__atomic_load_n(slot, __ATOMIC_ACQUIRE), wait_late("a walk in an interrupt", &late));
}

void walk_still_closed(void)
{
	if (unlikely(arch_irqs_enabled()))
		panic("a walk that began with interrupts closed opened them on CPU %u", this_cpu());
}
