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
		if (c->wl->finish)
			c->wl->finish(&run);
		pool_reuse();
	}
	return i;
}

/* A mutation of mm_switch(), or itself. */
static void (*switch_of(const struct cell *c))(struct mm *mm)
{
	if (c->sync->switch_mm)
		return c->sync->switch_mm;
	return c->tlb && c->tlb->switch_mm ? c->tlb->switch_mm : mm_switch;
}

/* One schedule: @n iterations with @seed. Returns the iterations run; the verdict is oracle_verdict(). */
static u64 schedule_run(const struct plan *p, const struct cell *c, u64 seed, u64 n)
{
	struct oracle_run orun = { .seed = seed, .delay_points = true, .store_buffer = c->wl->store_buffer,
				   .no_access = !c->wl->invalidates };
	struct crew_plan cp = { .loaded = workload_loaded(c->wl, p->loaded), .walkers = c->walkers, .dwell = p->dwell,
				.walk = c->walk, .seed = seed, .two_mms = c->wl->two_mms,
				.switches = c->wl->switches, .other_loop = c->walkers > 1 ? c->wl->other_loop : NULL };
	u64 done = 0, rng = seed * 0x9e3779b97f4a7c15ULL | 1;

	run = (struct run){ .mm = &verdict_mm, .sync = c->sync->sync, .inval = c->tlb ? c->tlb->inval : run_no_inval, .mut = c->mut };
	phys_huge_reset();
	mm_create(&verdict_mm);
	oracle_start(&orun);
	crew_share(&run, c->wl);
	crew_load_for(&run, c->wl, cp.loaded);
	run.switch_mm = switch_of(c);
	run.target = pt_user_start();
	crew_start(&run, &cp, c->walkers_of ? c->walkers_of : c->sync);
	while (done < n && !oracle_verdict())
		done += round_run(c, done, n - done, &rng);
	oracle_stop();
	crew_stop(&run);
	run.nr_walkers = 0;
	/* A mutation of mm_switch() loses bits, and brings lost ones back. The walkers have left. */
	if (run.switch_mm != mm_switch)
		mm_mask_clear(verdict_mm.loaded);
	crew_unload(&verdict_mm);
	mm_destroy(&verdict_mm);
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

	if (c->tlb && tlb_method_here(c->tlb)->drains && !c->wl->alone)
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
	const char *catcher = verdict_declared_sound(c) ? NULL : SYNC_HOLES_T1 " shared-reuse deref-freed";
	u64 seed, iterations, n = p->iterations ? p->iterations : iterations_of(c);
	const struct oracle_violation *v = cell_run(p, c, n, SCHEDULES, &seed, &iterations);

	report_verdict(p, c, NULL, catcher, v, seed, iterations, SCHEDULES);
	return catcher ? !caught_by(catcher, v) : v != NULL;
}

static bool is_judged(const struct cell *c)
{
	return c->wl->needs[c->walk] != 0;
}

int verdict_run(const struct plan *p)
{
	int bad = 0;

	if (p->loaded < 2) {
		kprintf("SKIP verdicts: they need a walker, and only the writer's CPU has the mm loaded\n");
		return 0;
	}
	for (unsigned w = 0; w < p->nr_wl; w++)
		for (unsigned t = 0; p->wl[w]->sample && t < (p->wl[w]->invalidates ? p->nr_tlb : 1); t++)
			for (unsigned k = 0; k < p->nr_walk; k++)
				for (unsigned i = 0; i < p->nr_sync; i++) {
					struct cell c = { .wl = p->wl[w], .sync = p->sync[i], .walkers = p->loaded - 1,
							  .tlb = p->wl[w]->invalidates ? p->tlb[t] : NULL,
							  .walk = p->walk[k] };

					if (is_judged(&c))
						bad |= cell_verdict(p, &c);
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
	c.walkers = p->loaded - 1;
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
