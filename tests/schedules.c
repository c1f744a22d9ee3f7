// SPDX-License-Identifier: GPL-2.0-only
/*
 * The races of lockless walks and of invalidates as forced schedules: each breaks the protocol that lacks a step, and leaves alone, or has
 * to wait for, the one that has it. docs/schedules.md says how to read a script.
 *
 * "mark" is the word by which the CPU of role W says that it walks, "slot" the entry that role S takes away, "count" that of the
 * references of its frame. A walker stands at its first "park" inside the walk with the leaf loaded, at its second one outside.
 */
#include <string.h>

#include "oracle_test.h"
#include "schedule_run.h"

#define LATE "walk-after-sync walk-overlooked freed-in-walk"

/* --- T1: the two halves of store buffering --- */

/* S reads the mark while its store to the slot may be buffered yet, and W begins then. */
SCRIPT(slot_late, AT(S, "load mark"), RUN(S, 1), AT(W, "park"), END(S));
/* The same, where an acquire follows the look at the marks. */
SCRIPT(scan_over, AT(S, "load fence"), AT(W, "park"), END(S));
/* W loads the slot while its mark may be buffered yet. */
SCRIPT(mark_late, AT(W, "park"), END(S));
/* The mark is there: S has to wait until W's walk is over. */
SCRIPT(waits, AT(W, "park"), WAITS(S), AT(W, "park"), IRQ(W), END(S));
/* The same without an interrupt; and where it is the next walk that tells that this one is over. */
SCRIPT(polls, AT(W, "park"), WAITS(S), AT(W, "park"), SHOW(W, NULL), END(S));
SCRIPT(polls_next, AT(W, "park"), WAITS(S), AT(W, "park"), AT(W, "park"), END(S));
/* W's quiescent state before that walk is what ends the wait of S, which has looked while it was buffered yet. */
SCRIPT(polls_late, AT(W, "park"), AT(W, "park"), AT(W, "park"), WAITS(S), SHOW(W, NULL), END(S));
/* W's mark goes before its use of the frame is over for all others. */
SCRIPT(mark_early, AT(W, "park"), AT(W, "park"), SHOW(W, NULL), END(S));

/* W's plain store of the count comes over F's, by the fence behind it: the first is that of a CPU that RCU counts as idle no more. */
SCRIPT(count_lost, AT(W, "full fence"), AT(W, "full fence"), AT(F, "park"), AT(W, "park"), AT(W, "park"), END(S));

/* --- T2: a walk from an NMI inside a walk --- */
SCRIPT(nested, AT(W, "park"), NMI(W), END(S));
SCRIPT(nested_waits, AT(W, "park"), NMI(W), WAITS(S), AT(W, "park"), IRQ(W), END(S));
SCRIPT(nested_polls, AT(W, "park"), NMI(W), WAITS(S), AT(W, "park"), SHOW(W, NULL), END(S));
/* S looks while the NMI's walk, of another mm, goes on. */
SCRIPT(other_mm, AT(W, "park"), NMI(W), AT(W, "full fence"), RUN(W, 1), END(S));
SCRIPT(other_mm_waits, AT(W, "park"), NMI(W), AT(W, "full fence"), RUN(W, 1), WAITS(S), AT(W, "park"), AT(W, "park"), IRQ(W), END(S));

/* --- T4: a table of small leaves becomes a large one under a walker that is inside the table --- */
SCRIPT(in_table, AT(W, "load leaf"), END(S));
SCRIPT(in_table_waits, AT(W, "load leaf"), WAITS(S), AT(W, "park"), AT(W, "park"), IRQ(W), END(S));

/* It has loaded the leaf; S counts the references of the frame and copies it, and W takes one. */
SCRIPT(counted, AT(W, "park"), AT(S, "delay"), AT(W, "park"), END(S));
/* A walker that takes references, and its frame is given away, or freed, between the load of the leaf and the grab. */
SCRIPT(reused, AT(W, "park"), END(S), AT(W, "park"));

/* --- T6 --- */
SCRIPT(alone, END(S));
/* The sync is over before the slot is empty. */
SCRIPT(synced_first, AT(S, "atomic slot"), AT(W, "park"), END(S));

/* --- T7: a CPU loads the mm while another reads which CPUs did --- */
SCRIPT(mask_read, AT(S, "load loaded"), RUN(S, 1), END(W), END(S));
SCRIPT(ran_read, AT(S, "load ran"), RUN(S, 1), AT(W, "park"), END(S));
/* W sets or clears its bit while F sets its own. */
SCRIPT(bit_lost, AT(W, "store loaded"), END(F), END(W), END(S));
SCRIPT(ran_lost, AT(W, "store ran"), AT(F, "park"), END(W), END(S));
SCRIPT(ran_kept, AT(W, "atomic ran"), AT(F, "park"), END(W), WAITS(S), AT(F, "park"), IRQ(F), END(S));
SCRIPT(bit_kept, AT(W, "atomic loaded"), END(F), END(W), END(S));

/* --- T10 --- */
SCRIPT(fault_first, AT(S, "delay"), END(F), END(S));
SCRIPT(fault_waits, AT(S, "atomic slot"), RUN(S, 1), WAITS(F), END(S), END(F));

/* --- T11 --- */
SCRIPT(pin_late, AT(S, "delay"), AT(W, "park"), AT(W, "atomic count"), AT(W, "load slot"), RUN(W, 1), END(S));
/* Four accesses are enough to grab and recheck; W has found nothing to grab, and is in its next walk. */
SCRIPT(pin_none, AT(S, "delay"), AT(W, "park"), RUN(W, 4), END(S));
SCRIPT(pin_stale, AT(W, "park"), AT(S, "delay"), END(S), AT(W, "atomic count"), RUN(W, 1));
SCRIPT(pin_dropped, AT(W, "park"), AT(S, "delay"), END(S), AT(W, "park"));

/* --- T16, T17: two initiators, F behind S --- */
SCRIPT(second_sync, AT(W, "park"), WAITS(S), END(F));
SCRIPT(second_waits, AT(W, "park"), WAITS(S), WAITS(F), AT(W, "park"), IRQ(W), END(S), END(F));
/* S interrupts W, and an NMI walks in the handler, between the two clears. */
SCRIPT(in_handler, AT(W, "park"), AT(W, "park"), WAITS(S), AT(W, "store armed of CPU 1"), NMI(W), AT(W, "load leaf"), END(F));
/* ... before the one that there is: F has read the bit and is about to interrupt W, which it has to wait for. */
SCRIPT(in_handler_waits, AT(W, "park"), AT(W, "park"), WAITS(S), NMI(W), AT(W, "load leaf"), AT(F, "delay"), BACK(W), AT(W, "park"), IRQ(W),
       END(S), WAITS(F), AT(W, "park"), IRQ(W), END(F));

#define BARE_ZAP .w = play_walk_bare, .s = play_zap
#define BARE_MUNMAP .w = play_walk_bare, .s = play_munmap, .flags = SCHED_LOADED
#define SHARED(how) .w = play_walk_bare, .s = play_unshare_##how, .prepare = prepare_shared
#define COLLAPSE .w = play_walk_gup, .s = play_collapse, .prepare = prepare_small
#define KEPT(how) .w = play_walk_gup, .s = play_writer, .prepare = prepare_sparse, .writer = how
#define GUP_ZAP .w = play_walk_gup, .s = play_zap_reuse
#define PIN(how) .w = play_walk_gup, .s = play_move_##how, .witness = pinned_moved
#define ON_TLB .flags = SCHED_LOADED | SCHED_OWN_TLBS
#define SWITCH(how) .w = play_##how, .s = play_zap_flush
#define RAN_ZAP .s = play_zap_sync_flush

static const struct schedule schedules[] = {
	{ "T1", "active-mm-v4", "active-mm-v4", NULL, "walk_mm", BARE_ZAP, .script = slot_late, .hole = LATE },
	{ "T1", "active-mm.no-sync-fence", "active-mm.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "percpu-count.no-sync-fence", "percpu-count.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "active-mm", "active-mm", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "percpu-count", "percpu-count", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "active-mm.no-begin-fence", "active-mm.no-begin-fence", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "percpu-count.no-begin-fence", "percpu-count.no-begin-fence", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "percpu-count.no-mark", "percpu-count.no-mark", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "broadcast.no-wait", "broadcast.no-wait", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "broadcast.skip-target", "broadcast.skip-target", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE,
	  .flags = SCHED_W_LAST },
	{ "T1", "active-mm", "active-mm", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "percpu-count", "percpu-count", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "broadcast", "broadcast", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "broadcast", "broadcast", NULL, NULL, BARE_ZAP, .script = waits, .flags = SCHED_W_LAST },
	{ "T1", "active-mm.no-release", "active-mm.no-release", NULL, NULL, BARE_ZAP, .script = mark_early, .hole = LATE, .flags = SCHED_WEAK },
	{ "T1", "percpu-count.no-end-fence", "percpu-count.no-end-fence", NULL, NULL, BARE_ZAP, .script = mark_early, .hole = LATE,
	  .flags = SCHED_WEAK },
	{ "T1", "active-mm", "active-mm", NULL, NULL, BARE_ZAP, .script = mark_early },
	{ "T1", "percpu-count", "percpu-count", NULL, NULL, BARE_ZAP, .script = mark_early },

	{ "T1", "mm-count.no-sync-fence", "mm-count.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "mm-mask.no-sync-fence", "mm-mask.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "mm-mask.no-sync-fence", "global-mask.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "poll.no-sync-fence", "poll.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "seq.no-sync-fence", "seq.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "sticky.no-sync-fence", "sticky.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "poll-then-ipi.no-sync-fence", "poll-then-ipi.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "rcu.no-sync-fence", "rcu.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "sticky-adapt.no-sync-fence", "sticky-adapt.no-sync-fence", NULL, NULL, BARE_ZAP, .script = scan_over, .hole = LATE },
	{ "T1", "mm-count", "mm-count", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "mm-mask", "mm-mask", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "mm-mask", "global-mask", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "poll", "poll", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "seq", "seq", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "sticky", "sticky", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "poll-then-ipi", "poll-then-ipi", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "rcu", "rcu", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "sticky-adapt", "sticky-adapt", NULL, NULL, BARE_ZAP, .script = scan_over },
	{ "T1", "mm-mask.plain-mark", "mm-mask.plain-set", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "poll.no-begin-fence", "poll.no-begin-fence", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "poll.no-wait", "poll.no-wait", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "seq.no-begin-fence", "seq.no-begin-fence", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "poll-then-ipi.no-ipi", "poll-then-ipi.no-ipi", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "seq.no-wait", "seq.skip-target", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE, .flags = SCHED_W_LAST },
	{ "T1", "mm-count.no-mark", "mm-count.no-mark", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "asym.no-wait", "asym.no-wait", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE, .flags = SCHED_NMI },
	{ "T1", "rcu.no-quiescent-fence", "rcu.no-quiescent-fence", NULL, NULL, BARE_ZAP, .script = polls_late, .hole = LATE },
	{ "T1", "asym.no-remote-fence", "asym.no-fence-there", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "rcu.no-grace", "rcu.skip-cpu", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE, .flags = SCHED_W_LAST },
	{ "T1", "sticky.plain-arm", "sticky.plain-arm", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE },
	{ "T1", "mm-count.plain-mark", "mm-count.plain-count", NULL, NULL, BARE_ZAP, .f = play_walk_bare, .script = count_lost, .hole = LATE },
	{ "T1", "mm-count", "mm-count", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "mm-mask", "mm-mask", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "mm-mask", "global-mask", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "sticky", "sticky", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "poll-then-ipi", "poll-then-ipi", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "sticky-adapt", "sticky-adapt", NULL, NULL, BARE_ZAP, .script = waits },
	{ "T1", "poll", "poll", NULL, NULL, BARE_ZAP, .script = polls },
	{ "T1", "seq", "seq", NULL, NULL, BARE_ZAP, .script = polls },
	{ "T1", "asym", "asym", NULL, NULL, BARE_ZAP, .script = polls_next },
	{ "T1", "rcu", "rcu", NULL, NULL, BARE_ZAP, .script = polls_next },
	{ "T1", "poll.no-release", "poll.no-release", NULL, NULL, BARE_ZAP, .script = mark_early, .hole = LATE, .flags = SCHED_WEAK },
	{ "T1", "seq.no-release", "seq.no-release", NULL, NULL, BARE_ZAP, .script = mark_early, .hole = LATE, .flags = SCHED_WEAK },
	{ "T1", "poll", "poll", NULL, NULL, BARE_ZAP, .script = mark_early },
	{ "T1", "seq", "seq", NULL, NULL, BARE_ZAP, .script = mark_early },

	{ "T2", "active-mm-v4.flushed", "active-mm-v4", "nmi", NULL, BARE_MUNMAP, .script = nested, .hole = LATE },
	{ "T2", "active-mm.no-restore", "active-mm.no-restore", NULL, NULL, BARE_ZAP, .script = nested, .hole = LATE },
	{ "T2", "active-mm", "active-mm", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "percpu-count", "percpu-count", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "broadcast", "broadcast", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "active-mm.no-any", "active-mm.no-any", NULL, NULL, BARE_ZAP, .script = other_mm, .hole = LATE,
	  .flags = SCHED_HANDLERS | SCHED_NEST_OTHER },
	{ "T2", "active-mm", "active-mm", NULL, NULL, BARE_ZAP, .script = other_mm_waits, .flags = SCHED_HANDLERS | SCHED_NEST_OTHER },
	{ "T2", "mm-mask.no-restore", "mm-mask.nest-clear", NULL, NULL, BARE_ZAP, .script = nested, .hole = LATE },
	{ "T2", "mm-mask.no-restore", "global-mask.nest-clear", NULL, NULL, BARE_ZAP, .script = nested, .hole = LATE },
	{ "T2", "seq.nest-end", "seq.nest-end", NULL, NULL, BARE_ZAP, .script = nested, .hole = LATE },
	{ "T2", "asym.nest-end", "asym.nest-end", NULL, NULL, BARE_ZAP, .script = nested, .hole = LATE, .flags = SCHED_NMI },
	{ "T2", "mm-count", "mm-count", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "mm-mask", "mm-mask", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "mm-mask", "global-mask", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "sticky", "sticky", NULL, NULL, BARE_ZAP, .script = nested_waits },
	{ "T2", "poll", "poll", NULL, NULL, BARE_ZAP, .script = nested_polls },
	{ "T2", "seq", "seq", NULL, NULL, BARE_ZAP, .script = nested_polls },

	{ "T3", "share.nobody", "none", NULL, NULL, SHARED(last), .script = mark_late, .hole = LATE },
	{ "T3", "share.own-mm-last", "active-mm", NULL, NULL, SHARED(last), .script = mark_late, .hole = LATE },
	{ "T3", "share.own-mm-each", "active-mm", NULL, NULL, SHARED(each), .script = waits },
	{ "T3", "share", "broadcast", NULL, NULL, SHARED(last), .script = waits },
	{ "T3", "share.broadcast-each", "broadcast", NULL, NULL, SHARED(each), .script = waits },

	{ "T4", "collapse.no-sync", "none", "ipi", NULL, COLLAPSE, .script = in_table, .hole = LATE },
	{ "T4", "collapse", "broadcast", "ipi", NULL, COLLAPSE, .script = in_table_waits },
	{ "T4", "collapse.neither", "gup.no-recheck", "ipi", NULL, KEPT("collapse.no-sync"), .script = counted, .hole = "ref-after-count" },
	{ "T4", "collapse.no-sync-kept", "none", "ipi", NULL, KEPT("collapse.no-sync"), .script = counted },
	{ "T4", "collapse.count-first", "gup.no-recheck", "ipi", NULL, KEPT("collapse.count-first"), .by = "broadcast", .script = waits,
	  .hole = "ref-after-count" },
	{ "T4", "collapse.no-recheck", "gup.no-recheck", "ipi", NULL, KEPT("collapse"), .by = "broadcast", .script = waits },
	{ "T4", "gup.no-recheck", "gup.no-recheck", NULL, NULL, GUP_ZAP, .script = reused, .hole = "bad-gup" },
	{ "T4", "gup.plain-get", "gup.plain-get", NULL, NULL, .w = play_walk_gup, .s = play_zap, .script = reused, .hole = "double-free" },
	{ "T4", "gup", "none", NULL, NULL, GUP_ZAP, .script = reused },
	{ "T4", "gup", "none", NULL, NULL, .w = play_walk_gup, .s = play_zap, .script = reused },

	{ "T5", "collapse.flush-ipis", "none", "ipi", NULL, COLLAPSE, .script = in_table_waits, .flags = SCHED_LOADED },
	{ "T5", "active-mm-v4.claims", "active-mm-v4", "nmi.claims-to-drain", NULL, BARE_MUNMAP, .script = mark_late, .hole = LATE },
	{ "T5", "active-mm-v4.flushed", "active-mm-v4", "nmi", NULL, BARE_MUNMAP, .script = waits },

	{ "T6", "gather.inval-first", NULL, "ipi", NULL, .s = play_munmap_inval_first, .script = alone, .hole = "stale-tlb", ON_TLB },
	{ "T6", "gather.free-first", NULL, "ipi", NULL, .s = play_zap_free_flush, .script = alone, .hole = "stale-tlb", ON_TLB },
	{ "T6", "gather.no-inval", NULL, "local", NULL, .s = play_munmap, .script = alone, .hole = "stale-tlb", ON_TLB },
	{ "T6", "gather", NULL, "ipi", NULL, .s = play_munmap, .script = alone, ON_TLB },
	{ "T6", "gather.free-first", "broadcast", "nmi", NULL, .w = play_walk_bare, .s = play_munmap_free_first, .script = waits, .hole = LATE,
	  .flags = SCHED_LOADED },
	{ "T6", "gather.sync-first", "broadcast", "nmi", NULL, .w = play_walk_bare, .s = play_munmap_sync_first, .script = synced_first,
	  .hole = LATE, .flags = SCHED_LOADED },
	{ "T6", "gather.no-sync", "none", "nmi", NULL, BARE_MUNMAP, .script = mark_late, .hole = LATE },
	{ "T6", "gather", "broadcast", "nmi", NULL, BARE_MUNMAP, .script = waits },

	{ "T7", "switch.no-flush-fence", NULL, "ipi.no-fence", NULL, SWITCH(load), .script = mask_read, .hole = "stale-tlb",
	  .flags = SCHED_OWN_TLBS },
	{ "T7", "switch", NULL, "ipi", NULL, SWITCH(load), .script = mask_read, .flags = SCHED_OWN_TLBS },
	{ "T7", "switch.skip-flush", NULL, "ipi.skip-target", NULL, .s = play_zap_flush, .script = alone, .hole = "stale-tlb",
	  .flags = SCHED_LOADED | SCHED_OWN_TLBS | SCHED_W_LAST },
	{ "T7", "switch", NULL, "ipi", NULL, .s = play_zap_flush, .script = alone, .flags = SCHED_LOADED | SCHED_OWN_TLBS | SCHED_W_LAST },
	{ "T7", "switch.plain-loaded", NULL, "ipi", NULL, SWITCH(load_plain), .f = play_load, .script = bit_lost, .hole = "stale-tlb",
	  .flags = SCHED_OWN_TLBS },
	{ "T7", "switch", NULL, "ipi", NULL, SWITCH(load), .f = play_load, .script = bit_kept, .flags = SCHED_OWN_TLBS },
	{ "T7", "switch.plain-leave", NULL, "ipi", NULL, SWITCH(leave_plain), .f = play_load, .script = bit_lost, .hole = "stale-tlb", ON_TLB },
	{ "T7", "switch", NULL, "ipi", NULL, SWITCH(leave), .f = play_load, .script = bit_kept, ON_TLB },
	{ "T7", "switch.no-sync-fence", "cpumask.no-sync-fence", "nmi", NULL, RAN_ZAP, .w = play_walk_switching, .script = ran_read, .hole = LATE,
	  .flags = SCHED_FIRST_RUN },
	{ "T7", "switch", "cpumask", "nmi", NULL, RAN_ZAP, .w = play_walk_switching, .script = ran_read, .flags = SCHED_FIRST_RUN },
	{ "T7", "switch.plain-ran", "cpumask", "nmi", NULL, RAN_ZAP, .w = play_load_plain_ran, .f = play_walk_switching, .script = ran_lost,
	  .hole = LATE, .flags = SCHED_FIRST_RUN },
	{ "T7", "switch", "cpumask", "nmi", NULL, RAN_ZAP, .w = play_load, .f = play_walk_switching, .script = ran_kept,
	  .flags = SCHED_FIRST_RUN },
	{ "T7", "switch.skip-target", "cpumask.skip-target", NULL, NULL, BARE_ZAP, .script = mark_late, .hole = LATE, .flags = SCHED_W_LAST },
	{ "T7", "switch", "cpumask", NULL, NULL, BARE_ZAP, .script = waits, .flags = SCHED_W_LAST },

	{ "T10", "dontneed.flush-late", NULL, "ipi", NULL, .s = play_dontneed, .f = play_fault, .script = fault_first, .hole = "two-sizes bbm",
	  ON_TLB },
	{ "T10", "dontneed", NULL, "ipi", NULL, .s = play_dontneed_locked, .f = play_fault, .script = fault_waits, ON_TLB },

	{ "T11", "pin.plain-clear", "none", NULL, NULL, PIN(plain), .script = pin_late, .hole = "pinned-moved" },
	{ "T11", "pin.no-recheck", "gup.no-recheck", NULL, NULL, PIN(fenced), .script = pin_stale, .hole = "pinned-moved" },
	{ "T11", "pin", "none", NULL, NULL, PIN(fenced), .script = pin_none },
	{ "T11", "pin", "none", NULL, NULL, PIN(fenced), .script = pin_dropped },

	{ "T13", "local.downgrade", NULL, "local", NULL, .s = play_protect, .script = alone, .hole = "stale-repointed", ON_TLB },
	{ "T13", "local.downgrade-all", NULL, "ipi", NULL, .s = play_protect, .script = alone, ON_TLB },
	{ "T13", "local", NULL, "local", NULL, .s = play_permit, .script = alone, ON_TLB },

	{ "T16", "sticky.writer-clears", "sticky.initiator-clears-first", NULL, NULL, BARE_ZAP, .f = play_sync, .script = second_sync,
	  .hole = LATE },
	{ "T16", "sticky", "sticky", NULL, NULL, BARE_ZAP, .f = play_sync, .script = second_waits },

	{ "T17", "sticky.two-copies", "sticky.copy", "ipi", NULL, .w = play_walk_bare, .s = play_sync, .f = play_collapse,
	  .prepare = prepare_small, .script = in_handler, .hole = LATE, .flags = SCHED_HANDLERS },
	{ "T17", "sticky", "sticky", "ipi", NULL, .w = play_walk_bare, .s = play_sync, .f = play_collapse, .prepare = prepare_small,
	  .script = in_handler_waits, .flags = SCHED_HANDLERS },
};

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
RACE_TEST(t16, "T16");
RACE_TEST(t17, "T17");

TEST_CASE(schedules, replay)
{
	ORACLE_CASE(r, SCHEDULE_CPUS);
	schedule_replay(r, schedules, ARRAY_SIZE(schedules));
}

/* --- scripts that do not fit say which step, who, and where that CPU stands --- */

SCRIPT(no_such_place, AT(S, "load slot"));
SCRIPT(no_wait, WAITS(S));
SCRIPT(nothing_buffered, AT(S, "store slot"), SHOW(S, "slot"));
SCRIPT(no_interrupt, AT(W, "park"), IRQ(W));
SCRIPT(closed, AT(W, "park"), END(S));
SCRIPT(no_end, END(W));
SCRIPT(not_held, AT(W, "park"), WAITS(S), NMI(S));

#define MISFIT(with, s, says) { { "-", "misfit", with, NULL, NULL, BARE_ZAP, .script = s, .deadline = 100000 }, says }

static const struct {
	struct schedule s;
	const char *says;
} misfits[] = {
	MISFIT("active-mm", no_such_place, "step 1, role 2 until load slot: CPU 2 is over, its last access was \"atomic count\""),
	MISFIT("active-mm", no_wait, "step 1, role 2 until it waits: CPU 2 is over"),
	MISFIT("active-mm", nothing_buffered, "step 2, role 2 shows its store to slot: CPU 2 is held before \"store slot\""),
	MISFIT("active-mm", no_interrupt, "step 2, role 1 has taken an interrupt: CPU 1 is held before \"park\""),
	MISFIT("broadcast", closed, "step 2, role 2 until it is over: CPU 2 waits for another CPU behind \"delay\""),
	MISFIT("active-mm", no_end, "step 1, role 1 until it is over: CPU 1 does not stop"),
	MISFIT("broadcast", not_held, "step 3, role 2 takes an NMI: CPU 2 waits for another CPU"),
};

TEST_CASE(schedules, misfit)
{
	ORACLE_CASE(r, SCHEDULE_CPUS);
	for (unsigned i = 0; i < ARRAY_SIZE(misfits); i++) {
		struct schedule_end end = schedule_play(&misfits[i].s);

		T_EXPECT(r, end.misfit && !strncmp(end.misfit, misfits[i].says, strlen(misfits[i].says)), "\"%s\" instead of \"%s\"",
			 end.misfit ? end.misfit : "it fits", misfits[i].says);
	}
}
