// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forced schedules of the methods that leave CPUs out: generations and lazy CPUs (T8, T9), a paravirtual flush that passes over a CPU that
 * stands still (T5), a broadcast that reaches no CPU which runs the mm under an ID of its own (T15); and of IDs that are given out again
 * (T14). As tests/schedules.c.
 */
#include <bcast.h>
#include <cpumask.h>
#include <gen.h>
#include <huge.h>
#include <vcpu.h>

#include "oracle_test.h"
#include "schedule_run.h"

/* --- what role W's CPU does before, and then --- */

static void come(void *arg)
{
	(void)arg;
	field.tlb->switch_mm(&field.mm);
}

static void come_and_be_lazy(void *arg)
{
	come(arg);
	field.tlb->lazy_enter();
}

static void wake(void *arg)
{
	come(arg);
	pword_delay();
}

/* A bare walk by hand, which stands still with the entry above the table loaded. */
static void walk_and_stand(void *arg)
{
	u64 flags = arch_irq_save();

	(void)arg;
	oracle_walk_begin(&field.mm, WALK_BARE);
	oracle_walk_loaded(field.slot, pte_load(field.slot), field.va, HUGE_LEVEL);
	vcpu_stall(1, &field.walker[W].stop);
	oracle_walk_end();
	arch_irq_restore(flags);
}

/* --- T14: few IDs, and translations stay when a CPU goes to another mm --- */

static void few_ids(void *arg)
{
	(void)arg;
	mm_tag(nr_cpus + 2);
}

static void ids_back(void)
{
	mm_tag(0);
}

/* Runs one mm after another, until each ID has had another owner. */
static void run_many(void *arg)
{
	void (*run)(struct mm *mm) = field.tlb->switch_mm ? field.tlb->switch_mm : mm_switch;
	static struct mm next;

	(void)arg;
	run(&field.mm);
	for (unsigned i = 0; i < 2 * (nr_cpus + 2); i++) {
		mm_create(&next);
		run(&next);
		run(NULL);
		mm_destroy(&next);
	}
}

static void forget_id(void)
{
	bcast_mm_exit(&field.mm);
}

/* Another flush than S's, of a page that nobody frees. */
static void flush_next(void *arg)
{
	struct tlb_range r = { .va = field.va + HUGE_SIZE, .nr = 1, .level = HUGE_LEVEL };

	(void)arg;
	field.tlb->inval(&field.mm, &r, NULL);
}

/* The first flush gives the mm its ID for all, the second goes by it. */
static void flush_and_munmap(void *arg)
{
	flush_next(arg);
	play_munmap(arg);
}

SCRIPT(alone, END(S));
SCRIPT(many, END(W));
/* W and F run the mm under IDs of their own, also when S has given it one for all. */
SCRIPT(two_run, END(W), END(F), END(S));
/* S unmaps while W is lazy, and W comes back. */
SCRIPT(back_later, END(S), END(W));
/* W comes back, and its store that says so is buffered yet. */
SCRIPT(back_late, AT(W, "delay"), END(S));
/* S has looked whether W is lazy, and its store of the generation may be buffered yet. */
SCRIPT(raised_late, AT(S, "load fence"), RUN(S, 2), END(W), END(S));
/* S has its generation, and F the next one; F's interrupt comes first. */
SCRIPT(overtaken, AT(S, "delay"), END(F), END(S));
/* W stands still: the fence, the store that says so, and it is not back yet. */
SCRIPT(stands, AT(W, "full fence"), RUN(W, 2), END(S));
SCRIPT(stands_waits, AT(W, "full fence"), RUN(W, 2), WAITS(S), END(W), END(S));

#define LAZY .before = come_and_be_lazy, .flags = SCHED_OWN_TLBS
#define LEAF .s = play_munmap, .w = wake, LAZY
#define STANDING .w = walk_and_stand, .s = play_collapse, .prepare = prepare_small, .flags = SCHED_LOADED
#define TAGGED .flags = SCHED_OWN_TLBS | SCHED_TAGGED
#define ID_FOR_ALL .w = come, .f = come, .s = flush_and_munmap, .after = forget_id, .flags = SCHED_OWN_TLBS | SCHED_HISTORY
#define STALE "stale-tlb stale-walk-cache"

static const struct schedule schedules[] = {
	{ "T8", "lazy.skip-tables", NULL, "gen.skip-lazy", NULL, .s = play_collapse, .prepare = prepare_small, LAZY, .script = alone,
	  .hole = "stale-walk-cache bbm" },
	{ "T8", "lazy", NULL, "gen", NULL, .s = play_collapse, .prepare = prepare_small, LAZY, .script = alone },
	{ "T8", "lazy.no-catch-up", NULL, "gen.stay-behind", NULL, LEAF, .script = back_later, .hole = STALE },
	{ "T8", "lazy", NULL, "gen", NULL, LEAF, .script = back_later },
	{ "T8", "lazy.no-exit-fence", NULL, "gen.no-lazy-fence", NULL, LEAF, .script = back_late, .hole = STALE },
	{ "T8", "lazy", NULL, "gen", NULL, LEAF, .script = back_late },
	{ "T8", "lazy.plain-gen", NULL, "gen.plain-raise", NULL, LEAF, .script = raised_late, .hole = STALE },
	{ "T8", "lazy", NULL, "gen", NULL, LEAF, .script = raised_late },

	{ "T9", "generations.part-always", NULL, "gen.no-test", NULL, .s = play_munmap, .f = flush_next, .before = come,
	  .flags = SCHED_OWN_TLBS, .script = overtaken, .hole = "stale-tlb" },
	{ "T9", "generations", NULL, "gen", NULL, .s = play_munmap, .f = flush_next, .before = come, .flags = SCHED_OWN_TLBS,
	  .script = overtaken },

	{ "T14", "asid.no-flush", NULL, "ran.keep-stale", NULL, .w = run_many, .before = few_ids, .after = ids_back, TAGGED,
	  .script = many, .hole = "asid-reused" },
	{ "T14", "asid", NULL, "ran", NULL, .w = run_many, .before = few_ids, .after = ids_back, TAGGED, .script = many },

	{ "T15", "broadcast-asid.no-stragglers", NULL, "bcast.no-stragglers", NULL, ID_FOR_ALL, .script = two_run,
	  .hole = "stale-tlb" },
	{ "T15", "broadcast-asid", NULL, "bcast", NULL, ID_FOR_ALL, .script = two_run },

	{ "T5", "collapse.flush-elides", "none", "pv", NULL, STANDING, .script = stands, .hole = "walk-after-sync freed-in-walk" },
	{ "T5", "collapse", "broadcast", "pv", NULL, STANDING, .script = stands_waits },
};

RACE_TEST(t8, "T8");
RACE_TEST(t9, "T9");
RACE_TEST(t5_elided, "T5");
RACE_TEST(t14, "T14");
RACE_TEST(t15, "T15");

TEST_CASE(schedules, replay_tlb)
{
	ORACLE_CASE(r, SCHEDULE_CPUS);
	schedule_replay(r, schedules, ARRAY_SIZE(schedules));
}
