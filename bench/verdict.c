// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts: run a cell in the oracle image under forced schedules until the oracle fires or the iterations are used up.
 *
 * A schedule is a seed: it decides every delay point, every drain of the modelled store buffer and every park of a walker, so the
 * same seed gives the same violation in the same iteration. Each cell runs SCHEDULES seeds, p->seed and up.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>

#include "mutation.h"
#include "pool.h"
#include "verdict.h"

#define SCHEDULES 4
/* A cell that is declared broken ends when it is caught, so it may take so many times as long as one that must be silent to the end. */
#define PATIENCE 10
#define ROUND 32

static struct pool pool;
static struct mm verdict_mm;
static struct run run;

/* Up to @n iterations of one round; returns how many were run. */
static u64 round_run(const struct cell *c, u64 first, u64 n, u64 *rng)
{
	unsigned got = pool_fill_for(&pool, &verdict_mm, n < ROUND ? (unsigned)n : ROUND, c->wl);
	struct sample s;
	u64 i;

	if (got == 0)
		panic("no memory for a round");
	for (i = 0; i < got && !oracle_verdict(); i++) {
		oracle_iteration(first + i + 1);
		pool_aim(&pool, (unsigned)i, &run);
		if (c->wl->prepare)
			c->wl->prepare(&run);
		crew_turns(&run, 1 + rng_next(rng) % 12);
		c->wl->sample(&run, &s);
		if (c->wl->finish)
			c->wl->finish(&run);
		pool_reuse();
	}
	return i;
}

/* A mutation of mm_switch() that loses bits of mm->loaded, and brings lost ones back. */
static bool loses_bits(void (*switch_mm)(struct mm *mm))
{
	return switch_mm == mm_switch_plain_ran || switch_mm == mm_switch_plain_loaded || switch_mm == mm_switch_plain_leave;
}

static void judged_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	tlb_method_inval_judged(run.tlb, mm, r, drained);
}

/* One schedule: @n iterations with @seed. Returns the iterations run; the verdict is oracle_verdict(). */
static u64 schedule_run(const struct plan *p, const struct cell *c, u64 seed, u64 n)
{
	struct oracle_run orun = { .seed = seed, .delay_points = true, .store_buffer = c->wl->store_buffer,
				   .no_access = !c->wl->invalidates, .tagged = c->wl->tags };
	struct crew_plan cp = { .loaded = workload_loaded(c->wl, p->loaded), .walkers = c->walkers, .dwell = p->dwell,
				.walk = c->walk, .seed = seed, .two_mms = c->wl->two_mms,
				.switches = c->wl->switches, .other_loop = c->walkers > 1 ? c->wl->other_loop : NULL, .stalls = true,
				.preempts = c->tlb && c->tlb->elides,
				.leave = c->wl->leave && c->tlb ? c->wl->leave(c->tlb) : NULL };
	u64 done = 0, rng = seed * 0x9e3779b97f4a7c15ULL | 1;

	if (c->wl->tags)
		mm_tag(c->wl->tags());
	if (c->wl->begin)
		c->wl->begin();
	run = (struct run){ .mm = &verdict_mm, .sync = c->sync->sync, .inval = c->tlb ? judged_inval : run_no_inval, .mut = c->mut };
	run.tlb = c->tlb;
	run.spare = c->walkers + 1;
	tlb_flush_implies_ipi = c->tlb && tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL;
	phys_huge_reset();
	mm_create(&verdict_mm);
	oracle_start(&orun);
	run.switch_mm = c->sync->switch_mm ? c->sync->switch_mm : tlb_method_switch(c->tlb);
	crew_share(&run, c->wl);
	crew_load_for(&run, c->wl, cp.loaded);
	run.target = pt_user_start();
	crew_start(&run, &cp, c->walkers_of ? c->walkers_of : c->sync);
	while (done < n && !oracle_verdict())
		done += round_run(c, done, n - done, &rng);
	oracle_stop();
	crew_stop(&run);
	run.nr_walkers = 0;
	/* The walkers have left. */
	if (loses_bits(run.switch_mm))
		mm_mask_clear(verdict_mm.loaded);
	crew_unload(&verdict_mm);
	tlb_method_mm_exit(c->tlb, &verdict_mm);
	if (c->wl->tags)
		mm_tag(0);
	mm_destroy(&verdict_mm);
	if (c->wl->end)
		c->wl->end();
	return done;
}

/* @n iterations of a cell under up to j->schedules seeds; fills the rest of @j. */
static void cell_run(const struct plan *p, const struct cell *c, u64 n, struct judgement *j)
{
	for (unsigned i = 0; i < j->schedules && !j->v; i++) {
		j->seed = p->seed + i;
		j->iterations += schedule_run(p, c, j->seed, (n + j->schedules - 1) / j->schedules);
		j->v = oracle_verdict();
	}
	report_verdict(p, c, j);
}

/* CPUs that one flush may drain: of mms that share tables and flush one by one, those of one mm. */
static unsigned flushed_together(const struct cell *c)
{
	unsigned sharers = workload_syncs(c->wl) > 1 && c->wl->sharers ? c->wl->sharers : 1;

	return (c->walkers + sharers - 1) / sharers + (c->wl->switches ? 0 : c->wl->spare);
}

/* Does the flush before a sync drain some CPUs and leave out a walker's? */
static bool drains_some(const struct cell *c)
{
	return c->tlb && (c->tlb->elides || (c->wl->mixes_ids && tlb_method_here(c->tlb)->drains == TLB_DRAINS_SOME)) && !c->wl->alone &&
	       !c->wl->syncs_first && flushed_together(c) > 1;
}

bool verdict_declared_sound(const struct cell *c)
{
	unsigned need = c->wl->needs[c->walk];

	if (c->tlb && tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL && !c->wl->alone)
		return true;
	/* The flush reaches nobody who has left the mm. Who takes references needs nothing of it. */
	if (need & (SOUND_BARE | SOUND_SLOT) && c->wl->alone && c->sync->trusts_flush && c->tlb &&
	    tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL)
		return false;
	if (need & (SOUND_BARE | SOUND_SLOT) && c->sync->trusts_any && drains_some(c))
		return false;
	return ((c->sync->sound | SOUND_ALWAYS) & need) == need;
}

/* With fewer walkers they meet the writer less often, and an iteration is quicker: 8 CPUs run what the workload says. */
static u64 iterations_of(const struct cell *c)
{
	u64 n = walk_nests(c->walk) ? c->wl->iterations_nmi : c->wl->iterations;

	return c->walkers < 7 ? n * 12 / c->walkers : n;
}

/* Nothing is judged that was not built. */
static bool is_instantiated(const struct cell *c)
{
	bool traps = c->walk == WALK_T_SLOT_MCE || c->walk == WALK_T_SLOT_IRQ;

	if (c->sync->walk_loop[c->walk] && (!walk_nests(c->walk) || (traps ? c->sync->trap_walk : c->sync->nmi_walk)))
		return true;
	kprintf("error: %s has no loop of walk=%s\n", c->sync->mutation ? c->sync->mutation : c->sync->name, walk_names[c->walk]);
	return false;
}

static int cell_verdict(const struct plan *p, const struct cell *c)
{
	/* A cell that is declared broken is broken by its walkers: seen as sync() returns or, where CPUs run at once, a step later. */
	struct judgement j = {
		.catcher = verdict_declared_sound(c) ? NULL : SYNC_HOLES_T1 " shared-reuse deref-freed",
		.missing = walk_nests(c->walk) && c->sync->missing_nested ? c->sync->missing_nested : c->sync->missing,
		.schedules = SCHEDULES,
	};

	if (!is_instantiated(c))
		return 1;
	cell_run(p, c, p->iterations ? p->iterations : iterations_of(c) * (j.catcher ? PATIENCE : 1), &j);
	return j.catcher ? !caught_by(j.catcher, j.v) : j.v != NULL;
}

/* CPUs that walk: all that have the mm loaded, or as many as the workload wants of them, but for the writer's and the spare ones. */
static unsigned walkers_of(const struct plan *p, const struct workload *wl)
{
	unsigned n = p->loaded > 1 + wl->spare ? p->loaded - 1 - wl->spare : 0;

	return wl->most && wl->most < n ? wl->most : n;
}

/* NULL, or why there is no verdict on @wl with @tlb (NULL: it does not invalidate). */
static const char *not_judged(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb)
{
	static char text[80];

	if (!walkers_of(p, wl)) {
		ksnprintf(text, sizeof(text), "it needs %u CPUs that have the mm loaded", 2 + wl->spare);
		return text;
	}
	if (wl->tags && arch_tlb_shared())
		return "translations outlive a switch here, in one table for all CPUs";
	if (wl->tags && !tlb->tagged)
		return "the method does not reach CPUs that have left the mm";
	return NULL;
}

/* Every scheme and walker type on @wl with @tlb. */
static int group_verdicts(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb)
{
	const char *why = not_judged(p, wl, tlb);
	int bad = 0;

	if (why) {
		kprintf("SKIP %s.verdicts tlb=%s: %s\n", wl->name, tlb ? tlb->name : "-", why);
		return 0;
	}
	for (unsigned k = 0; k < p->nr_walk; k++)
		for (unsigned i = 0; wl->needs[p->walk[k]] && i < p->nr_sync; i++) {
			struct cell c = { .wl = wl, .sync = p->sync[i], .walkers = walkers_of(p, wl), .tlb = tlb, .walk = p->walk[k] };

			bad |= cell_verdict(p, &c);
		}
	return bad;
}

int verdict_run(const struct plan *p)
{
	int bad = 0;

	for (unsigned w = 0; w < p->nr_wl; w++) {
		const struct workload *wl = p->wl[w];

		if (wl->judge)
			bad |= wl->judge(p, wl);

		for (unsigned t = 0; wl->sample && t < (wl->invalidates ? p->nr_tlb : 1); t++)
			bad |= group_verdicts(p, wl, wl->invalidates ? p->tlb[t] : NULL);
	}
	return bad;
}

static bool asked_for(const struct plan *p, const char *mutation)
{
	char v[48];

	if (p->series && !cmdline_has("mutate"))
		return series_has_mutation(p->series, mutation);
	for (unsigned i = 0; cmdline_value("mutate", i, v, sizeof(v)); i++)
		if (!strcmp(v, "all") || !strcmp(v, mutation))
			return true;
	return false;
}

/* The cells of mutations with nothing left out: they must be silent for so many iterations. */
struct unmutated {
	struct cell c;
	u64 n;
};

struct mutants {
	const struct plan *p;
	u64 silent; /* times the bound; 0: not tried */
	struct unmutated unmutated[128];
	unsigned nr_unmutated;
	int bad;
};

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->wl == b->wl && a->sync == b->sync && a->tlb == b->tlb && a->walk == b->walk;
}

/* Mutations of one cell share a run, as long as the longest of them wants. */
static void unmutated_add(struct mutants *all, const struct cell *c, u64 n)
{
	unsigned i = 0;

	while (i < all->nr_unmutated && !same_cell(&all->unmutated[i].c, c))
		i++;
	if (i == ARRAY_SIZE(all->unmutated))
		panic("more than %u cells of mutations", i);
	if (i == all->nr_unmutated)
		all->unmutated[all->nr_unmutated++] = (struct unmutated){ *c, n };
	else if (all->unmutated[i].n < n)
		all->unmutated[i].n = n;
}

static void mutant_run(const struct mutation *m, void *arg)
{
	struct mutants *all = arg;
	const struct plan *p = all->p;
	struct judgement j = { .mutation = m->name, .catcher = m->catcher, .missing = m->missing, .bound = m->bound, .schedules = SCHEDULES };
	struct cell c = m->cell, base = m->base;

	if (!asked_for(p, m->name))
		return;
	if (m->skip) {
		kprintf("SKIP mutate=%s: %s\n", m->name, m->skip);
		return;
	}
	if (p->loaded < m->cpus) {
		kprintf("SKIP mutate=%s: harmless with fewer than %u CPUs\n", m->name, m->cpus);
		return;
	}
	c.walkers = base.walkers = walkers_of(p, c.wl);
	if (!is_instantiated(&c)) {
		all->bad = 1;
		return;
	}
	cell_run(p, &c, m->bound, &j);
	all->bad |= !caught_by(m->catcher, j.v);
	if (all->silent && base.sync)
		unmutated_add(all, &base, all->silent * m->bound);
}

int verdict_mutants(const struct plan *p)
{
	static struct mutants all;

	all = (struct mutants){ .p = p, .silent = cmdline_u64("silent", 0) };
	mutation_each(mutant_run, &all);
	for (unsigned i = 0; i < all.nr_unmutated; i++) {
		struct judgement j = { .schedules = SCHEDULES };

		cell_run(p, &all.unmutated[i].c, all.unmutated[i].n, &j);
		all.bad |= j.v != NULL;
	}
	return all.bad;
}
