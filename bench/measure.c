// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measuring a group of cells: all sync schemes on one (workload, TLB method, walker type, walkers), interleaved in rounds.
 *
 * A round fills the pool (outside every window), starts the walkers with the scheme's loop, takes one sample a leaf and stops the
 * walkers. Between samples the writer gives way until every walker has taken a seeded number of turns: under icount CPUs change
 * places only there, and without it each sample would meet the walkers at the same place.
 *
 * A workload of one pass has all its leaves in one round, and none can be taken again: a sample that would be dropped elsewhere counts, but
 * its time is left out.
 */
#include <string.h>

#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pmu.h>
#include <tlbi.h>

#include "measure.h"
#include "pool.h"
#include "verdict.h"

typedef unsigned long long ull;

#define NULL_SAMPLES 65
/* Instructions that an empty function spends on its frame: each sync that returns at once may do without, and be shorter than nothing. */
#define FRAME 8
#define MAX_TURNS 24
#define BOUND_SAMPLES 200

static struct pool pool;
static struct mm bench_mm;
static struct run run;

struct overhead {
	u64 tlb, sync, rest;
	u64 insns; /* of a whole sample that neither invalidates nor syncs */
};

/* Does this CPU's event counter run? */
static bool pmu;

struct tally {
	u32 *unmap, *tlb, *sync;
	u64 times; /* samples in these, and in the sums */
	u64 net_unmap, gross_unmap, gross_tlb, gross_sync; /* sums */
	u64 insns; /* of this CPU, gross */
	struct totals t;
};

static struct tally tallies[PLAN_MAX];
static u64 tallies_cap;         /* samples that each of the first tallies_nr has room for */
static unsigned tallies_nr;
static u64 ran_elsewhere; /* CPUs beside the writer's where the mm ran: from the plan, not from mm->ran */

static __timed __noinline u64 null_window(void)
{
	u64 t0 = arch_cycles_start();

	return arch_cycles_stop() - t0;
}

/* Samples a cell: p->n, or the fixed function of workload, method and number of CPUs (never of wall time). */
static u64 samples_of(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb)
{
	if (wl->leaves)
		return wl->leaves() / (wl->span ? wl->span : 1);
	/* Each takes long, and its time is no figure: the counts and the sync are. */
	if (!p->n && tlb && tlb_method_bound(tlb))
		return BOUND_SAMPLES;
	return p->n ? p->n : nr_cpus <= 8 ? 10000 : nr_cpus <= 64 ? 80000 / nr_cpus : 1000;
}

static void tallies_alloc(unsigned nr, u64 n)
{
	u64 pages = (n * sizeof(u32) + PAGE_SIZE - 1) / PAGE_SIZE;

	if (n <= tallies_cap && nr <= tallies_nr)
		return;
	for (unsigned i = 0; i < nr; i++) {
		tallies[i].unmap = phys_to_virt(phys_alloc_pages((unsigned)pages));
		tallies[i].tlb = phys_to_virt(phys_alloc_pages((unsigned)pages));
		tallies[i].sync = phys_to_virt(phys_alloc_pages((unsigned)pages));
	}
	tallies_cap = n;
	tallies_nr = nr;
}

static void prepare(const struct workload *wl, unsigned i)
{
	pool_aim(&pool, i, &run);
	if (wl->prepare)
		wl->prepare(&run);
}

static void finish(const struct workload *wl)
{
	if (wl->finish)
		wl->finish(&run);
}

/* One sample; returns the instructions that this CPU completed around it, 0 if nobody counts. */
static u64 counted_sample(const struct workload *wl, struct sample *s)
{
	u64 before;

	if (!pmu) {
		wl->sample(&run, s);
		return 0;
	}
	before = arch_pmu_insns();
	wl->sample(&run, s);
	return pmu_since(before);
}

/* The same loop with calls that do nothing: what the harness itself costs. */
static void measure_overhead(const struct workload *wl, const struct crew_plan *cp, struct overhead *o)
{
	u32 tlb[NULL_SAMPLES], sync[NULL_SAMPLES], win[NULL_SAMPLES], insns[NULL_SAMPLES];
	unsigned got;
	struct sample s;

	run.nr_walkers = 0;
	run.turn_ovh = cp->account ? walker_turn_missed() : 0;
	run.open_ovh = cp->account ? walker_open_missed() : 0;
	run.settle = cp->account;
	run.inval = run_no_inval;
	run.sync = run_no_sync;
	got = pool_fill_for(&pool, &bench_mm, NULL_SAMPLES, wl);
	for (unsigned i = 0; i < got; i++) {
		prepare(wl, i);
		insns[i] = (u32)counted_sample(wl, &s);
		finish(wl);
		tlb[i] = (u32)s.tlb;
		sync[i] = (u32)s.sync;
		win[i] = (u32)null_window();
	}
	if (got == 0)
		panic("no memory for the overhead samples");
	o->tlb = stats_median(tlb, got);
	o->sync = stats_median(sync, got);
	o->rest = 2 * stats_median(win, got);
	o->insns = stats_median(insns, got);
}

/*
 * Did the syncs of a sample, which sent @sent interrupts, keep the law of their scheme? Where walkers run on while the writer looks (@exact
 * false), who is inside a walk at the scan is not known here: no more than walk at all.
 */
static bool law_holds(const struct cell *c, u64 sent, const struct sample *s, bool exact)
{
	u64 others = nr_cpus - 1, drained = cpumask_weight(&run.drained);
	u64 syncs = workload_syncs(c->wl);

	switch (c->sync->law) {
	case LAW_NOBODY:
		return sent == 0;
	case LAW_ONLINE:
		return sent == syncs * others;
	case LAW_RAN:
		return sent == (c->wl->sharers ? s->ran : syncs * ran_elsewhere);
	case LAW_ANY_WALK:
		/* Of mms that share tables a CPU walks the one that it runs: the scheme may look at those CPUs only. */
		if (c->wl->sharers && sent == s->inside)
			return true;
		return exact ? sent == s->inside_any : sent <= syncs * run.nr_walkers;
	case LAW_MM_WALK:
		return exact ? sent == s->inside : sent <= syncs * run.nr_walkers;
	case LAW_MM_WALK_SOME:
		return exact ? sent <= s->inside : sent <= syncs * run.nr_walkers;
	case LAW_RAN_IF_WALK:
		/* Of several syncs some may find nobody. */
		if (exact && syncs == 1)
			return sent == (s->inside ? ran_elsewhere : 0);
		return sent <= syncs * ran_elsewhere && (!sent || run.nr_walkers);
	case LAW_ARMED:
		return exact && syncs == 1 ? sent == s->armed : sent <= syncs * run.nr_walkers;
	case LAW_ARMED_SOME:
		return exact && syncs == 1 ? sent <= s->armed : sent <= syncs * run.nr_walkers;
	case LAW_UNLESS_IMPLIED:
		return sent == (tlb_flush_implies_ipi ? 0 : syncs * others);
	case LAW_UNLESS_DRAINED:
		return syncs == 1 ? sent == (drained ? 0 : others) : sent <= syncs * others;
	case LAW_UNDRAINED:
		return syncs == 1 ? sent == others - drained : sent <= syncs * others;
	case LAW_UNASSERTED:
		break;
	}
	return true;
}

u64 measure_recv(void)
{
	u64 n = 0;

	for (unsigned i = 0; i < nr_cpus; i++)
		n += cpu_area[i].ipi_recv + cpu_area[i].nmi_recv;
	return n;
}

static u64 caught_total(void)
{
	u64 n = 0;

	for (unsigned i = 0; i < nr_cpus; i++)
		n += cpu_area[i].tlb_caught;
	return n;
}

static unsigned loaded_elsewhere(void)
{
	struct cpumask others;

	mm_mask_others(&others, bench_mm.loaded);
	return cpumask_weight(&others);
}

/* Counters before a sample; totals_add() takes the difference after it. */
struct counts {
	unsigned loaded; /* no counter: CPUs beside this that have the mm loaded */
	struct sync_count sync;
	struct tlb_count tlb;
	u64 recv;
	struct bystander_count by;
};

static struct counts counts_now(const struct totals *t)
{
	return (struct counts){ .loaded = loaded_elsewhere(), .sync = sync_count, .tlb = tlb_count, .recv = measure_recv(), .by = bystander_now(t->bystander) };
}

static void totals_add(struct totals *t, const struct counts *a, const struct counts *b, const struct sample *s)
{
	t->n++;
	t->ipi_sync += b->sync.ipi - a->sync.ipi;
	t->rounds += b->sync.ipi != a->sync.ipi;
	t->ipi_tlb += b->tlb.ipi - a->tlb.ipi;
	t->ipi_msg += b->sync.msg - a->sync.msg + b->tlb.msg - a->tlb.msg;
	t->ipi_recv += b->recv - a->recv;
	t->tlbi += b->tlb.tlbi - a->tlb.tlbi;
	t->lazy += b->tlb.lazy - a->tlb.lazy;
	t->loaded += a->loaded;
	t->by.recv += b->by.recv - a->by.recv;
	t->by.sync += b->by.sync - a->by.sync;
	t->by.tlb += b->by.tlb - a->by.tlb;
	t->inside += s->inside;
	t->inside_any += s->inside_any;
	t->armed += s->armed;
}

/*
 * Another number of sync IPIs than the scheme's law, or under icount (@exact) a time below zero? Once in 100 ms of virtual time
 * QEMU takes the turn from whoever runs. When that is the writer between counting the walkers and the scan, or a walker while only
 * the writer runs on, neither can tell; such a sample is dropped and taken again, up to odd_max() times.
 */
static bool is_odd(const struct cell *c, const struct counts *a, const struct counts *b, const struct sample *s,
		   const struct overhead *o, bool exact)
{
	if (!law_holds(c, b->sync.ipi - a->sync.ipi, s, exact))
		return true;
	return exact && (s->tlb < s->ran_tlb + o->tlb || s->sync + FRAME * workload_syncs(c->wl) < s->ran_sync + o->sync ||
			 s->rest < o->rest);
}

/*
 * Samples that may be dropped among @n good ones: more are not QEMU's doing, and taking them again would never end. QEMU gives each CPU an
 * equal share of what is left of the 100 ms, and a sample is as long as there are CPUs: their number counts twice.
 */
static u64 odd_max(u64 n)
{
	u64 cpus = nr_cpus;

	return 1 + cpus / 64 + n * (1000 + cpus * cpus) / 1000000;
}

static u64 cut_max(u64 n)
{
	return 100 + n;
}

static bool is_hopeless(const struct totals *t, u64 n)
{
	return t->odd > odd_max(n) || t->cut > cut_max(n);
}

static void times_add(struct tally *se, const struct sample *s, const struct overhead *o)
{
	u64 i = se->times++;

	se->tlb[i] = stats_less(s->tlb, s->ran_tlb + o->tlb);
	se->sync[i] = stats_less(s->sync, s->ran_sync + o->sync);
	se->unmap[i] = se->tlb[i] + se->sync[i] + stats_less(s->rest, o->rest);
	se->net_unmap += se->unmap[i];
	se->gross_tlb += s->tlb;
	se->gross_sync += s->sync;
	se->gross_unmap += s->tlb + s->sync + s->rest;
}

/* What is about to go is in use: this CPU has a translation of it. */
static void touch(const struct run *r)
{
	if (ARCH_HAS_TLB && mm_current() == r->mm)
		(void)*(const volatile u64 *)r->va;
}

/* One round of one scheme: up to @want samples. */
static void round_run(const struct plan *p, const struct cell *c, struct crew_plan *cp, struct tally *se, u64 want,
		      const struct overhead *o)
{
	unsigned got = pool_fill_for(&pool, &bench_mm, (unsigned)want, c->wl);
	u64 rng = (p->seed + se->t.n) * 0x9e3779b97f4a7c15ULL | 1, caught = caught_total();
	struct sample s;

	if (got == 0)
		panic("no memory for a round");
	run.sync = c->sync->sync;
	run.inval = c->tlb ? c->tlb->inval : run_no_inval;
	tlb_flush_implies_ipi = c->tlb && tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL;
	cp->seed = p->seed + se->t.n;
	pool_aim(&pool, 0, &run);
	oracle_start(&(struct oracle_run){ .seed = cp->seed });
	crew_start(&run, cp, c->sync);
	for (unsigned i = 0; i < got; i++) {
		struct counts a, b;
		bool good;
		u64 insns;

		prepare(c->wl, i);
		touch(&run);
		crew_turns(&run, 1 + rng_next(&rng) % MAX_TURNS);
		a = counts_now(&se->t);
		insns = counted_sample(c->wl, &s);
		b = counts_now(&se->t);
		good = false;
		if (s.cut)
			se->t.cut++;
		else if (is_odd(c, &a, &b, &s, o, p->account))
			se->t.odd++;
		else
			good = true;
		if (good) {
			times_add(se, &s, o);
			se->insns += insns;
		}
		if (good || c->wl->leaves)
			totals_add(&se->t, &a, &b, &s);
		finish(c->wl);
		pool_reuse();
	}
	crew_stop(&run);
	se->t.caught += caught_total() - caught;
	se->t.walks += crew_walks(&run);
	se->t.witness += crew_witness(&run);
	se->t.bad += oracle_verdict() != NULL;
	run.nr_walkers = 0;
}

/* The whole pass, with a mean for each time that was left out. */
static void pass_report(const struct plan *p, const struct cell *c, const struct tally *se, u64 ovh)
{
	u64 left_out = se->t.n - se->times, total = se->net_unmap + se->net_unmap / se->times * left_out;
	struct stats st = { .min = total, .p50 = total, .p90 = total, .p99 = total, .p999 = total, .max = total,
			    .mean_milli = total * 1000 };

	report_result(p, c, "munmap", &st, (se->gross_unmap + se->gross_unmap / se->times * left_out) * 1000, ovh * se->t.n, &se->t);
}

static int group_report(const struct plan *p, const struct cell *c, struct tally *se, u64 want, const struct overhead *o)
{
	struct stats st;
	u64 n = se->times, ovh = o->tlb + o->sync + o->rest;

	if (is_hopeless(&se->t, want)) {
		kprintf("error: %s: beside %llu good samples %llu were negative or interrupted another number of CPUs than the scheme's "
			"law, and a timer cut %llu; valid are %llu and %llu\n",
			c->sync->name, (ull)n, (ull)se->t.odd, (ull)se->t.cut, (ull)odd_max(want), (ull)cut_max(want));
		return 1;
	}
	stats_of(se->unmap, n, &st);
	if (c->wl->leaves)
		pass_report(p, c, se, ovh);
	if (pmu)
		se->t.insns = se->insns > n * o->insns ? (se->insns - n * o->insns) * 1000 / n : 0;
	report_result(p, c, "unmap", &st, se->gross_unmap * 1000 / n, ovh, &se->t);
	se->t.insns = 0;
	if (c->tlb) {
		stats_of(se->tlb, n, &st);
		report_result(p, c, "tlb", &st, se->gross_tlb * 1000 / n, o->tlb, &se->t);
	}
	stats_of(se->sync, n, &st);
	report_result(p, c, "sync", &st, se->gross_sync * 1000 / n, o->sync, &se->t);
	if (verdict_declared_sound(c) && (se->t.witness || se->t.bad)) {
		kprintf("error: %s is declared sound here, but walkers read %llu frames that were freed under them, and the oracle reported in "
			"%llu rounds\n",
			c->sync->name, (ull)se->t.witness, (ull)se->t.bad);
		return 1;
	}
	return 0;
}

static void pmu_start(const struct plan *p)
{
	static bool said;
	const char *why = p->pmu ? arch_pmu_on() : NULL;

	pmu = p->pmu && !why;
	if (why && !said) {
		kprintf("SKIP pmu: %s\n", why);
		said = true;
	}
}

int measure_group(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb, enum walk_type walk, unsigned walkers)
{
	struct crew_plan cp = { .walkers = walkers, .walk = walk, .dwell = p->dwell, .account = p->account, .two_mms = wl->two_mms,
				.switches = wl->switches, .leave = wl->leave && wl->invalidates ? wl->leave(tlb) : NULL,
				.loaded = workload_loaded(wl, p->loaded), .bystander = p->bystander && walkers + 1 < p->loaded };
	struct cell c = { .wl = wl, .tlb = wl->invalidates ? tlb : NULL, .walk = walk, .walkers = walkers };
	u64 n = samples_of(p, wl, c.tlb), left = n;
	struct overhead o;
	int bad = 0;

	pmu_start(p);
	tallies_alloc(p->nr_sync, n);
	for (unsigned i = 0; i < p->nr_sync; i++) {
		struct tally *se = &tallies[i];

		memset(&se->t, 0, sizeof(se->t));
		se->t.bystander = cp.bystander ? walkers + 1 : 0;
		se->times = se->net_unmap = se->gross_unmap = se->gross_tlb = se->gross_sync = se->insns = 0;
	}
	mm_create(&bench_mm);
	run.mm = &bench_mm;
	crew_share(&run, wl);
	/* Before any CPU has the mm loaded: these samples invalidate nothing. */
	measure_overhead(wl, &cp, &o);
	run.switch_mm = tlb_method_switch(tlb);
	crew_load_for(&run, wl, cp.loaded);
	ran_elsewhere = (cp.loaded ? cp.loaded : nr_cpus) - 1;
	while (left) {
		left = 0;
		for (unsigned i = 0; i < p->nr_sync; i++) {
			c.sync = p->sync[i];
			if (tallies[i].t.n == n || is_hopeless(&tallies[i].t, n))
				continue;
			round_run(p, &c, &cp, &tallies[i], n - tallies[i].t.n, &o);
			left += n - tallies[i].t.n;
		}
	}
	crew_unload(&bench_mm);
	tlb_method_mm_exit(tlb, &bench_mm);
	mm_destroy(&bench_mm);
	for (unsigned i = 0; i < p->nr_sync; i++) {
		c.sync = p->sync[i];
		bad |= group_report(p, &c, &tallies[i], n, &o);
	}
	return bad;
}
