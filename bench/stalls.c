// SPDX-License-Identifier: GPL-2.0-only
/*
 * stalls: what others lose while CPU 0 shoots at them, one shot behind the other. A shot is one invalidate of a page by a TLB method (with
 * sync=none), or one sync of a scheme (with no method); beside them `none`, where CPU 0 only waits.
 *
 *   shoot  a shot, as CPU 0 waits for it: the longest is the longest stretch in which the writer gets nowhere
 *   turn   of a target, which has the mm loaded: interrupts closed, WALKS walks marked by the scheme, interrupts open, and whatever handler
 *          was held back. The longest is what a watchdog sees that looks from an interrupt
 *   step   of a bystander, which has not loaded the mm and never walks: a fixed computation. The mean is its throughput, the longest its
 *          worst stall
 *
 * A turn and a step go from one reading of the clock to the next, so whatever comes between is in one of them. The last CPU is the
 * bystander, the others are targets; of two CPUs the other one is a target first, then a bystander. The ways to shoot go by turns, in
 * ROUNDS, so that what drifts falls on all of them. Under icount one clock counts for all CPUs: the times mean nothing, who was interrupted
 * does.
 */
#include <string.h>

#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define ROUNDS 10u
#define WALKS 64
#define STEPS 256
#define WARM 20 /* turns before the first that counts: code that has not run for a while starts slowly */
#define SHOTS 8 /* that there is room for beside each turn */
#define EXACT 500
/* Shots of a round by a method whose firmware call has a deadline around it. */
#define BOUND_SHOTS 20
#define NULL_SAMPLES 65

/* What one CPU does meanwhile, and its times in a round. */
struct watched {
	walk_cost_fn *walk; /* of a target; NULL: a bystander */
	u32 *v;
	u64 rng; /* of a bystander */
	u32 n;
	struct bystander_count took;
} __cacheline;
static struct watched watched[NR_CPUS];
/* How far it is, for CPU 0 to look at: written twice in a round, so that looking does not slow it down. */
enum { BEGUN = 1, FULL };
static struct percpu_word reached[NR_CPUS];
static volatile bool stop;

/* A way to shoot, and what came of it. */
struct way {
	const struct tlb_method *tlb;
	const struct sync_scheme *sync;
	u32 *shots, *turns, *steps;
	u64 nr_shots, nr_turns, nr_steps;
	struct totals t; /* of the shots */
	u64 turns_recv;  /* interrupts that targets took */
	struct bystander_count by;
};
static struct way ways[2 * PLAN_MAX];
static unsigned nr_ways;
static u64 room; /* turns of a CPU that each way has room for */

static struct mm mm;
static u64 frame;
static unsigned targets, bystander; /* of this pass: how many; which CPU, 0: none */
static u32 each;                    /* turns of a CPU in a round */

static __always_inline void turn(struct watched *w)
{
	if (w->walk) {
		u64 flags;

		rcu_note_quiescent(true);
		flags = arch_irq_save();
		w->walk(&mm, pt_user_start(), WALKS);
		arch_irq_restore(flags);
	} else {
		for (unsigned i = 0; i < STEPS; i++)
			rng_next(&w->rng);
	}
	arch_relax();
}

/* Of every CPU but 0, until that one says stop. */
static void watched_loop(void *arg)
{
	struct watched *w = arg;
	struct bystander_count before = bystander_now(this_cpu()), now;
	u64 last = 0;

	if (w->walk)
		rcu_enter();
	for (u64 i = 0; !stop; i++) {
		u64 t;

		turn(w);
		t = arch_cycles();
		if (i > WARM && w->n < each) {
			w->v[w->n++] = t - last > ~0U ? ~0U : (u32)(t - last);
			if (w->n == 1 || w->n == each)
				pword_store(&reached[this_cpu()].w, w->n == each ? FULL : BEGUN);
		}
		last = t;
	}
	if (w->walk)
		rcu_leave();
	now = bystander_now(this_cpu());
	w->took = (struct bystander_count){ now.recv - before.recv, now.sync - before.sync, now.tlb - before.tlb };
}

static void watched_start(const struct way *w)
{
	stop = false;
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		bool aside = cpu == bystander;

		watched[cpu] = (struct watched){
			.walk = aside ? NULL : w->sync->cost[WALK_PART_LEVELS],
			.rng = 1,
			/* Behind the rounds before, and the targets before it. */
			.v = aside ? w->steps + w->nr_steps : w->turns + w->nr_turns + (u64)(cpu - 1) * each,
		};
		pword_store(&reached[cpu].w, 0);
		smp_run(cpu, watched_loop, &watched[cpu]);
	}
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		unsigned late = 0;

		wait_until(pword_load(&reached[cpu].w), wait_late("a CPU to begin its turns", &late));
	}
}

static bool watched_full(void)
{
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		if (pword_load(&reached[cpu].w) != FULL)
			return false;
	return true;
}

static void watched_stop(struct way *w)
{
	stop = true;
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++) {
		const struct watched *c = &watched[cpu];

		smp_join(cpu, "a CPU to end its turns");
		if (cpu == bystander) {
			w->nr_steps += c->n;
			w->by.recv += c->took.recv;
			w->by.sync += c->took.sync;
			w->by.tlb += c->took.tlb;
			continue;
		}
		memmove(w->turns + w->nr_turns, c->v, c->n * sizeof(*c->v));
		w->nr_turns += c->n;
		w->turns_recv += c->took.recv;
	}
}

static __timed __noinline u64 shoot(const struct way *w)
{
	static const struct cpumask nobody;
	const struct tlb_range r = { .va = pt_user_start(), .nr = 1 };
	struct cpumask drained;
	u64 t0 = arch_cycles_start();

	if (w->tlb)
		w->tlb->inval(&mm, &r, &drained);
	else
		w->sync->sync(&mm, &nobody);
	return arch_cycles_stop() - t0;
}

static bool only_waits(const struct way *w)
{
	return !w->tlb && w->sync == sync_find("none");
}

/* Until every other CPU has its turns, or there is no room for more shots. */
static void shoot_all(struct way *w)
{
	u64 most = w->nr_shots + (w->tlb && tlb_method_bound(w->tlb) ? BOUND_SHOTS : SHOTS * each);
	unsigned late = 0;

	if (only_waits(w)) {
		wait_until(watched_full(), wait_late("a CPU to take its turns", &late));
		return;
	}
	do {
		if (ARCH_HAS_TLB)
			(void)*(const volatile u64 *)pt_user_start();
		w->shots[w->nr_shots++] = (u32)shoot(w);
		arch_relax();
	} while (!watched_full() && w->nr_shots < most);
}

static void way_round(struct way *w)
{
	struct tlb_count tlb;
	struct sync_count sync;

	mm_create(&mm);
	if (pt_map(&mm, pt_user_start(), frame, PROT_R, 0))
		panic("stalls: no page was mapped");
	crew_load(&mm, targets + 1, tlb_method_switch(w->tlb));
	tlb_flush_implies_ipi = false;
	if (w->sync->start)
		w->sync->start();
	walk_fault = w->sync->fault;
	watched_start(w);
	tlb = tlb_count;
	sync = sync_count;
	shoot_all(w);
	w->t.ipi_tlb += tlb_count.ipi - tlb.ipi;
	w->t.ipi_sync += sync_count.ipi - sync.ipi;
	w->t.ipi_msg += tlb_count.msg - tlb.msg + sync_count.msg - sync.msg;
	w->t.tlbi += tlb_count.tlbi - tlb.tlbi;
	watched_stop(w);
	walk_fault_unmarked();
	crew_unload(&mm);
	tlb_method_mm_exit(w->tlb, &mm);
	mm_destroy(&mm);
}

/* What a shot that does nothing takes. */
static u64 overhead(void)
{
	static const struct tlb_method nothing = { .inval = run_no_inval };
	const struct way empty = { .tlb = &nothing };
	u32 v[NULL_SAMPLES];

	for (unsigned i = 0; i < NULL_SAMPLES; i++)
		v[i] = (u32)shoot(&empty);
	return stats_median(v, NULL_SAMPLES);
}

static void report(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 n, u64 ovh, struct totals *t)
{
	struct stats st;

	if (!n)
		return;
	for (u64 i = 0; i < n; i++)
		v[i] = stats_less(v[i], ovh);
	t->n = n;
	stats_of(v, n, &st);
	report_result(p, c, metric, &st, st.mean_milli + ovh * 1000, ovh, t);
}

static void way_report(const struct plan *p, const struct workload *wl, struct way *w, u64 ovh)
{
	struct cell c = { .wl = wl, .sync = w->sync, .tlb = w->tlb, .walkers = targets };
	struct totals turns = { .ipi_recv = w->turns_recv };
	struct totals steps = { .ipi_recv = w->by.recv, .bystander = bystander, .by = w->by };

	report(p, &c, "shoot", w->shots, w->nr_shots, ovh, &w->t);
	report(p, &c, "turn", w->turns, w->nr_turns, 0, &turns);
	report(p, &c, "step", w->steps, w->nr_steps, 0, &steps);
}

/* With @nr targets, and the last CPU as a bystander or not. */
static void pass(const struct plan *p, const struct workload *wl, unsigned nr, bool with_bystander)
{
	struct plan here = *p; /* which says how many have the mm loaded */
	u64 ovh = overhead();

	targets = nr;
	bystander = with_bystander ? nr_cpus - 1 : 0;
	here.loaded = nr + 1;
	for (unsigned i = 0; i < nr_ways; i++) {
		struct way *w = &ways[i];

		*w = (struct way){ .tlb = w->tlb, .sync = w->sync, .shots = w->shots, .turns = w->turns, .steps = w->steps };
	}
	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 0; i < nr_ways; i++)
			way_round(&ways[i]);
	for (unsigned i = 0; i < nr_ways; i++)
		way_report(&here, wl, &ways[i], ovh);
}

static void add_way(const struct tlb_method *tlb, const struct sync_scheme *sync)
{
	ways[nr_ways].tlb = tlb;
	ways[nr_ways++].sync = sync;
}

static u32 *room_for(u64 n)
{
	return phys_to_virt(phys_alloc_pages((unsigned)((n * sizeof(u32) + PAGE_SIZE - 1) / PAGE_SIZE)));
}

static void set_up(const struct plan *p)
{
	u64 n = p->n ? p->n : p->account ? EXACT : nr_cpus <= 8 ? 20000 : 160000 / nr_cpus;

	each = n < ROUNDS ? 1 : (u32)(n / ROUNDS);
	n = each * ROUNDS;
	nr_ways = 0;
	add_way(NULL, sync_find("none"));
	for (unsigned i = 0; i < p->nr_tlb; i++)
		add_way(p->tlb[i], sync_find("none"));
	for (unsigned i = 0; i < p->nr_sync; i++)
		if (p->sync[i] != sync_find("none"))
			add_way(NULL, p->sync[i]);
	for (unsigned i = 0; i < nr_ways; i++) {
		if (n <= room && ways[i].shots)
			continue;
		ways[i].shots = room_for(SHOTS * n);
		ways[i].turns = room_for(n * nr_cpus);
		ways[i].steps = room_for(n);
	}
	room = n > room ? n : room;
	frame = phys_alloc_page();
	if (!frame)
		panic("stalls: no memory for a page");
}

static int stalls_measure(const struct plan *p, const struct workload *wl)
{
	if (probe_alone(wl))
		return 0;
	set_up(p);
	if (nr_cpus > 2)
		pass(p, wl, nr_cpus - 2, true);
	else
		pass(p, wl, 1, false);
	if (nr_cpus == 2)
		pass(p, wl, 0, true);
	frame_put(frame);
	return 0;
}

WORKLOAD(stalls) = {
	.name = "stalls",
	.doc = "what others lose while one CPU shoots: a bystander's throughput and worst stall, targets' and the writer's longest stretch",
	.raw = true,
	.invalidates = true,
	.measure = stalls_measure,
};
