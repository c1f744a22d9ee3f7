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
	struct crew_plan cp = { .loaded = c->wl->invalidates && !c->wl->switches ? p->loaded : 0, .walkers = c->walkers, .dwell = p->dwell,
				.walk = c->walk, .seed = seed, .two_mms = c->wl->two_mms,
				.switches = c->wl->switches, .stalls = c->tlb && c->tlb->elides,
				.leave = c->wl->leave && c->tlb ? c->wl->leave(c->tlb) : NULL };
	u64 done = 0, rng = seed * 0x9e3779b97f4a7c15ULL | 1;

	if (c->wl->tags)
		mm_tag(c->wl->tags());
	if (c->wl->begin)
		c->wl->begin();
	run = (struct run){ .mm = &verdict_mm, .sync = c->sync->sync, .inval = c->tlb ? judged_inval : run_no_inval, .mut = c->mut };
	run.tlb = c->tlb;
	run.spare = c->walkers + 1;
	phys_huge_reset();
	mm_create(&verdict_mm);
	oracle_start(&orun);
	run.switch_mm = c->sync->switch_mm ? c->sync->switch_mm : tlb_method_switch(c->tlb);
	crew_load(&verdict_mm, cp.loaded, run.switch_mm);
	run.target = pt_user_start();
	crew_start(&run, &cp, c->sync);
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

/* A cell under up to @schedules seeds; fills @iterations and @seed; returns the violation or NULL. */
static const struct oracle_violation *cell_run(const struct plan *p, const struct cell *c, u64 n, unsigned schedules, u64 *seed,
					       u64 *iterations)
{
	*iterations = 0;
	for (unsigned i = 0; i < schedules; i++) {
		*seed = p->seed + i;
		*iterations += schedule_run(p, c, *seed, (n + schedules - 1) / schedules);
		if (oracle_verdict())
			return oracle_verdict();
	}
	return NULL;
}

bool verdict_declared_sound(const struct cell *c)
{
	unsigned need = c->wl->needs[c->walk];

	if (c->tlb && tlb_method_here(c->tlb)->drains == TLB_DRAINS_ALL)
		return true;
	return ((c->sync->sound | SOUND_ALWAYS) & need) == need;
}

/* With fewer walkers they meet the writer less often, and an iteration is quicker: 8 CPUs run what the workload says. */
static u64 iterations_of(const struct cell *c)
{
	u64 n = c->walk == WALK_T_BARE_NMI ? c->wl->iterations_nmi : c->wl->iterations;

	return c->walkers < 7 ? n * 12 / c->walkers : n;
}

static int cell_verdict(const struct plan *p, const struct cell *c)
{
	/* A cell that is declared broken is broken by its walkers: seen as sync() returns or, where CPUs run at once, a step later. */
	const char *catcher = verdict_declared_sound(c) ? NULL : SYNC_HOLES_T1 " deref-freed";
	u64 seed, iterations, n = p->iterations ? p->iterations : iterations_of(c);
	const struct oracle_violation *v = cell_run(p, c, n, SCHEDULES, &seed, &iterations);

	report_verdict(p, c, NULL, catcher, v, seed, iterations, SCHEDULES);
	return catcher ? !caught_by(catcher, v) : v != NULL;
}

/* CPUs that walk: all that have the mm loaded, but for the writer's and the spare ones. */
static unsigned walkers_of(const struct plan *p, const struct workload *wl)
{
	return p->loaded > 1 + wl->spare ? p->loaded - 1 - wl->spare : 0;
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

		for (unsigned t = 0; wl->sample && t < (wl->invalidates ? p->nr_tlb : 1); t++)
			bad |= group_verdicts(p, wl, wl->invalidates ? p->tlb[t] : NULL);
	}
	return bad;
}

static bool asked_for(const char *mutation)
{
	char v[48];

	for (unsigned i = 0; cmdline_value("mutate", i, v, sizeof(v)); i++)
		if (!strcmp(v, "all") || !strcmp(v, mutation))
			return true;
	return false;
}

struct mutants {
	const struct plan *p;
	int bad;
};

static void mutant_run(const struct mutation *m, void *arg)
{
	struct mutants *all = arg;
	const struct plan *p = all->p;
	struct cell c = m->cell;
	u64 seed, iterations;
	const struct oracle_violation *v;

	if (!asked_for(m->name))
		return;
	if (m->skip) {
		kprintf("SKIP mutate=%s: %s\n", m->name, m->skip);
		return;
	}
	if (p->loaded < m->cpus) {
		kprintf("SKIP mutate=%s: harmless with fewer than %u CPUs\n", m->name, m->cpus);
		return;
	}
	c.walkers = walkers_of(p, c.wl);
	v = cell_run(p, &c, m->bound, 1, &seed, &iterations);
	report_verdict(p, &c, m->name, m->catcher, v, seed, iterations, 1);
	all->bad |= !caught_by(m->catcher, v);
}

int verdict_mutants(const struct plan *p)
{
	struct mutants all = { .p = p };

	mutation_each(mutant_run, &all);
	return all.bad;
}
