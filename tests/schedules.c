// SPDX-License-Identifier: GPL-2.0-only
/*
 * The races of lockless walks and of invalidates as forced schedules: each breaks the protocol that lacks a step, and leaves alone, or has
 * to wait for, the one that has it. docs/schedules.md says how to read a script.
 *
 * "mark" is the word by which the CPU of role W says that it walks, "slot" the entry that role S takes away, "count" that of the
 * references of its frame. A walker stands at its first "park" inside the walk with the leaf loaded, at its second one outside.
 */
#include "oracle_test.h"
#include "schedule_run.h"

#define LATE "walk-after-sync walk-overlooked freed-in-walk"

/* --- T1: the two halves of store buffering --- */

/* S reads the mark while its store to the slot may be buffered yet, and W begins then. */
SCRIPT(slot_late, AT(S, "load mark"), RUN(S, 1), AT(W, "park"), END(S));
/* W loads the slot while its mark may be buffered yet. */
SCRIPT(mark_late, AT(W, "park"), END(S));
/* The mark is there: S has to wait until W's walk is over. */
SCRIPT(waits, AT(W, "park"), WAITS(S), AT(W, "park"), IRQ(W), END(S));
/* W's mark goes before its use of the frame is over for all others. */
SCRIPT(mark_early, AT(W, "park"), AT(W, "store mark"), RUN(W, 1), SHOW(W, "mark"), END(S));

/* --- T2: a walk from an NMI inside a walk --- */
SCRIPT(nested, AT(W, "park"), NMI(W), END(S));
SCRIPT(nested_waits, AT(W, "park"), NMI(W), WAITS(S), AT(W, "park"), IRQ(W), END(S));
/* S looks while the NMI's walk, of another mm, goes on. */
SCRIPT(other_mm, AT(W, "park"), NMI(W), AT(W, "full fence"), RUN(W, 1), END(S));
SCRIPT(other_mm_waits, AT(W, "park"), NMI(W), AT(W, "full fence"), RUN(W, 1), WAITS(S), AT(W, "park"), AT(W, "park"), IRQ(W), END(S));

/* --- T4: a table of small leaves becomes a large one under a walker that is inside the table --- */
SCRIPT(in_table, AT(W, "load leaf"), END(S));
SCRIPT(in_table_waits, AT(W, "load leaf"), WAITS(S), AT(W, "park"), AT(W, "park"), IRQ(W), END(S));

/* --- T6 --- */
SCRIPT(alone, END(S));

/* --- T7: a CPU loads the mm while another reads which CPUs did --- */
SCRIPT(mask_read, AT(S, "load loaded"), RUN(S, 1), END(W), END(S));
SCRIPT(ran_read, AT(S, "load ran"), RUN(S, 1), AT(W, "park"), END(S));
/* W sets or clears its bit while F sets its own. */
SCRIPT(bit_lost, AT(W, "store loaded"), END(F), END(W), END(S));
SCRIPT(bit_kept, AT(W, "atomic loaded"), END(F), END(W), END(S));

/* --- T10 --- */
SCRIPT(fault_first, AT(S, "delay"), END(F), END(S));
SCRIPT(fault_waits, AT(S, "atomic slot"), RUN(S, 1), WAITS(F), END(S), END(F));

/* --- T11 --- */
SCRIPT(pin_late, AT(S, "delay"), AT(W, "park"), AT(W, "atomic count"), AT(W, "load slot"), RUN(W, 1), END(S));
SCRIPT(pin_none, AT(S, "delay"), AT(W, "park"), AT(W, "park"), END(S));
SCRIPT(pin_stale, AT(W, "park"), AT(S, "delay"), END(S), AT(W, "atomic count"), RUN(W, 1));

#define WALK_ZAP .w = play_walk_bare, .s = play_zap
#define MM .mark = "walk_mm"
#define COUNT .mark = "walk_count"

static const struct schedule schedules[] = {
	{ "T1", "active-mm-v4", "active-mm-v4", NULL, MM, WALK_ZAP, .script = slot_late, .hole = LATE },
	{ "T1", "active-mm.no-sync-fence", "active-mm.no-sync-fence", NULL, MM, WALK_ZAP, .script = slot_late, .hole = LATE },
	{ "T1", "percpu-count.no-sync-fence", "percpu-count.no-sync-fence", NULL, COUNT, WALK_ZAP, .script = slot_late, .hole = LATE },
	{ "T1", "active-mm", "active-mm", NULL, MM, WALK_ZAP, .script = slot_late },
	{ "T1", "percpu-count", "percpu-count", NULL, COUNT, WALK_ZAP, .script = slot_late },
	{ "T1", "active-mm.no-begin-fence", "active-mm.no-begin-fence", NULL, MM, WALK_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "percpu-count.no-begin-fence", "percpu-count.no-begin-fence", NULL, COUNT, WALK_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "percpu-count.no-mark", "percpu-count.no-mark", NULL, COUNT, WALK_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "none", "none", NULL, NULL, WALK_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "broadcast.no-wait", "broadcast.no-wait", NULL, NULL, WALK_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "broadcast.skip-target", "broadcast.skip-target", NULL, NULL, WALK_ZAP, .script = mark_late, .hole = LATE, .flags = SCHED_W_LAST },
	{ "T1", "active-mm", "active-mm", NULL, MM, WALK_ZAP, .script = waits },
	{ "T1", "percpu-count", "percpu-count", NULL, COUNT, WALK_ZAP, .script = waits },
	{ "T1", "broadcast", "broadcast", NULL, NULL, WALK_ZAP, .script = waits },
	{ "T1", "active-mm.no-release", "active-mm.no-release", NULL, MM, WALK_ZAP, .script = mark_early, .hole = LATE, .flags = SCHED_WEAK },
	{ "T1", "percpu-count.no-end-fence", "percpu-count.no-end-fence", NULL, COUNT, WALK_ZAP, .script = mark_early, .hole = LATE,
	  .flags = SCHED_WEAK },
	{ "T1", "active-mm", "active-mm", NULL, MM, WALK_ZAP, .script = mark_early },
	{ "T1", "percpu-count", "percpu-count", NULL, COUNT, WALK_ZAP, .script = mark_early },

	{ "T2", "active-mm-v4", "active-mm-v4", NULL, MM, WALK_ZAP, .script = nested, .hole = LATE },
	{ "T2", "active-mm.no-restore", "active-mm.no-restore", NULL, MM, WALK_ZAP, .script = nested, .hole = LATE },
	{ "T2", "active-mm", "active-mm", NULL, MM, WALK_ZAP, .script = nested_waits },
	{ "T2", "percpu-count", "percpu-count", NULL, COUNT, WALK_ZAP, .script = nested_waits },
	{ "T2", "active-mm.no-any", "active-mm.no-any", NULL, MM, WALK_ZAP, .script = other_mm, .hole = LATE,
	  .flags = SCHED_HANDLERS | SCHED_NEST_OTHER },
	{ "T2", "active-mm", "active-mm", NULL, MM, WALK_ZAP, .script = other_mm_waits, .flags = SCHED_HANDLERS | SCHED_NEST_OTHER },

	{ "T3", "share.nobody", "none", NULL, NULL, .w = play_walk_bare, .s = play_unshare_last, .prepare = prepare_shared, .script = mark_late,
	  .hole = LATE },
	{ "T3", "share.own-mm-last", "active-mm", NULL, MM, .w = play_walk_bare, .s = play_unshare_last, .prepare = prepare_shared,
	  .script = mark_late, .hole = LATE },
	{ "T3", "share.own-mm-each", "active-mm", NULL, MM, .w = play_walk_bare, .s = play_unshare_each, .prepare = prepare_shared,
	  .script = waits },
	{ "T3", "share", "broadcast", NULL, NULL, .w = play_walk_bare, .s = play_unshare_last, .prepare = prepare_shared, .script = waits },
	{ "T3", "share.broadcast-each", "broadcast", NULL, NULL, .w = play_walk_bare, .s = play_unshare_each, .prepare = prepare_shared,
	  .script = waits },

	{ "T4", "collapse.no-sync", "none", "ipi", NULL, .w = play_walk_gup, .s = play_collapse, .prepare = prepare_small, .script = in_table,
	  .hole = LATE },
	{ "T4", "collapse", "broadcast", "ipi", NULL, .w = play_walk_gup, .s = play_collapse, .prepare = prepare_small, .script = in_table_waits },

	{ "T5", "active-mm-v4.claims", "active-mm-v4", "nmi.claims-to-drain", MM, .w = play_walk_bare, .s = play_munmap, .script = mark_late,
	  .hole = LATE, .flags = SCHED_LOADED },
	{ "T5", "active-mm-v4.flushed", "active-mm-v4", "nmi", MM, .w = play_walk_bare, .s = play_munmap, .script = waits, .flags = SCHED_LOADED },

	{ "T6", "order.inval-first", NULL, "ipi", NULL, .s = play_munmap_inval_first, .script = alone, .hole = "stale-tlb",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T6", "order.free-first", NULL, "ipi", NULL, .s = play_zap_free_flush, .script = alone, .hole = "stale-tlb",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T6", "order.no-inval", NULL, "local", NULL, .s = play_munmap, .script = alone, .hole = "stale-tlb",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T6", "order", NULL, "ipi", NULL, .s = play_munmap, .script = alone, .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T6", "order.free-before-sync", "broadcast", "nmi", NULL, .w = play_walk_bare, .s = play_munmap_free_first, .script = waits,
	  .hole = LATE, .flags = SCHED_LOADED },
	{ "T6", "order", "broadcast", "nmi", NULL, .w = play_walk_bare, .s = play_munmap, .script = waits, .flags = SCHED_LOADED },

	{ "T7", "mask.no-flush-fence", NULL, "ipi.no-fence", NULL, .w = play_load, .s = play_zap_flush, .script = mask_read, .hole = "stale-tlb",
	  .flags = SCHED_OWN_TLBS },
	{ "T7", "mask", NULL, "ipi", NULL, .w = play_load, .s = play_zap_flush, .script = mask_read, .flags = SCHED_OWN_TLBS },
	{ "T7", "mask.plain-loaded", NULL, "ipi", NULL, .w = play_load_plain, .s = play_zap_flush, .f = play_load, .script = bit_lost,
	  .hole = "stale-tlb", .flags = SCHED_OWN_TLBS },
	{ "T7", "mask", NULL, "ipi", NULL, .w = play_load, .s = play_zap_flush, .f = play_load, .script = bit_kept, .flags = SCHED_OWN_TLBS },
	{ "T7", "mask.plain-leave", NULL, "ipi", NULL, .w = play_leave_plain, .s = play_zap_flush, .f = play_load, .script = bit_lost,
	  .hole = "stale-tlb", .flags = SCHED_OWN_TLBS | SCHED_LOADED },
	{ "T7", "mask", NULL, "ipi", NULL, .w = play_leave, .s = play_zap_flush, .f = play_load, .script = bit_kept,
	  .flags = SCHED_OWN_TLBS | SCHED_LOADED },
	{ "T7", "cpumask.no-sync-fence", "cpumask.no-sync-fence", "nmi", NULL, .w = play_walk_switching, .s = play_zap_sync_flush, .script = ran_read,
	  .hole = LATE, .flags = SCHED_FIRST_RUN },
	{ "T7", "cpumask", "cpumask", "nmi", NULL, .w = play_walk_switching, .s = play_zap_sync_flush, .script = ran_read,
	  .flags = SCHED_FIRST_RUN },

	{ "T10", "dontneed.late-flush", NULL, "ipi", NULL, .s = play_dontneed, .f = play_fault, .script = fault_first, .hole = "two-sizes bbm",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T10", "dontneed", NULL, "ipi", NULL, .s = play_dontneed_locked, .f = play_fault, .script = fault_waits,
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },

	{ "T11", "move.no-fence", "none", NULL, NULL, .w = play_walk_gup, .s = play_move, .script = pin_late, .hole = "pinned-moved",
	  .witness = pinned_moved },
	{ "T11", "move", "none", NULL, NULL, .w = play_walk_gup, .s = play_move_fenced, .script = pin_none, .witness = pinned_moved },
	{ "T11", "move.no-recheck", "gup.no-recheck", NULL, NULL, .w = play_walk_gup, .s = play_move_fenced, .script = pin_stale,
	  .hole = "pinned-moved", .witness = pinned_moved },

	{ "T13", "rights.local-downgrade", NULL, "local", NULL, .s = play_protect, .script = alone, .hole = "stale-repointed",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T13", "rights.downgrade", NULL, "ipi", NULL, .s = play_protect, .script = alone, .flags = SCHED_LOADED | SCHED_OWN_TLBS },
	{ "T13", "rights.local-upgrade", NULL, "local", NULL, .s = play_permit, .script = alone, .flags = SCHED_LOADED | SCHED_OWN_TLBS },
};

#define RACE_TEST(ident, race)                                                                     \
	TEST_CASE(schedules, ident)                                                                \
	{                                                                                          \
		ORACLE_CASE(r, SCHEDULE_CPUS);                                                     \
		schedule_race(r, schedules, ARRAY_SIZE(schedules), race);                          \
	}                                                                                          \
	_Static_assert(1, race)

RACE_TEST(t1, "T1");
RACE_TEST(t2, "T2");
RACE_TEST(t3, "T3");
RACE_TEST(t4, "T4");
RACE_TEST(t5, "T5");
RACE_TEST(t6, "T6");
RACE_TEST(t7, "T7");
RACE_TEST(t10, "T10");
RACE_TEST(t11, "T11");
RACE_TEST(t13, "T13");

/* The same script twice: the same accesses in the same order, and the same verdict. */
TEST_CASE(schedules, replay)
{
	ORACLE_CASE(r, SCHEDULE_CPUS);
	for (unsigned i = 0; i < ARRAY_SIZE(schedules); i++) {
		const struct schedule *s = &schedules[i];
		struct schedule_end first, again;

		if (schedule_lacks(s))
			continue;
		first = schedule_play(s);
		again = schedule_play(s);
		T_EXPECT(r, first.trace && first.trace == again.trace, "%s %s made other accesses the second time", s->race, s->name);
		T_EXPECT(r, first.hole == again.hole, "%s %s: %s, then %s", s->race, s->name, first.hole ? first.hole : "silent",
			 again.hole ? again.hole : "silent");
	}
}
