/* SPDX-License-Identifier: GPL-2.0-only */
/* Forced schedules: a case is a race, who plays which program, and a script (docs/schedules.md). */
#ifndef SKEET_TESTS_SCHEDULE_H
#define SKEET_TESTS_SCHEDULE_H

#include <mm.h>
#include <sync.h>
#include <tlb.h>
#include <walk.h>
#include <workload.h>

#include <oracle/script.h>

/* By the roles' numbers: who walks or translates, who takes away, and a third CPU. */
enum { W = 1, S = 2, F = 3 };

#define RUN(role, n) { SCRIPT_RUN, role, n, NULL }
#define AT(role, place) { SCRIPT_AT, role, 0, place }
#define WAITS(role) { SCRIPT_WAITS, role, 0, NULL }
#define END(role) { SCRIPT_END, role, 0, NULL }
#define SHOW(role, word) { SCRIPT_SHOW, role, 0, word }
#define NMI(role) { SCRIPT_NMI, role, 0, NULL }
#define BACK(role) { SCRIPT_BACK, role, 0, NULL }
#define IRQ(role) { SCRIPT_IRQ, role, 0, NULL }
#define SCRIPT(name, ...) static const struct script_step name[] = { __VA_ARGS__, { .op = SCRIPT_STOP } }

typedef void program_fn(void *arg); /* arg: its role */

enum schedule_flag {
	SCHED_LOADED = 1,     /* the CPU of role W has the mm loaded before the start */
	SCHED_WEAK = 2,       /* TSO keeps this order by itself */
	SCHED_OWN_TLBS = 4,   /* about what a CPU's own TLB holds */
	SCHED_HANDLERS = 8,   /* handlers are held */
	SCHED_NEST_OTHER = 16, /* the walk of an NMI is of the other mm */
	SCHED_FIRST_RUN = 32, /* no CPU ran the mm before */
	SCHED_W_LAST = 64,    /* role W plays on the last CPU */
	SCHED_TAGGED = 128,   /* no switch drops a translation */
	SCHED_NMI = 512,      /* somebody is interrupted whose interrupts are closed */
	SCHED_HISTORY = 256,  /* what was played before leaves traces: other accesses, the same verdict */
};

struct schedule {
	const char *race;
	const char *name;  /* MODEL or MODEL.LEFT-OUT: a case of the exhaustive models, tests/model/cases */
	const char *sync;  /* a scheme or a mutation of one; NULL: none is called */
	const char *tlb;   /* a method or a mutation of one; NULL: none is called */
	const char *mark;  /* the scheme's word of each CPU; NULL: it has none */
	program_fn *w, *s, *f;
	const struct script_step *script;
	const char *hole;  /* NULL: silent; else what the oracle may find, separated by spaces */
	unsigned flags;    /* enum schedule_flag */
	program_fn *before; /* NULL, or what the CPU of role W does before the start */
	void (*after)(void); /* NULL, or what there is to do when every CPU has left the mms */
	unsigned deadline; /* 0: the script's own */
	const char *writer; /* of play_writer(): a workload, or a mutation of one */
	const char *by;    /* NULL, or the scheme whose sync the writer calls, if it is not that of the walkers */
	void (*prepare)(void);      /* NULL: one large leaf */
	const char *(*witness)(void); /* NULL, or a hole that shows in the end, with the roles as the script left them */
};

/* The field that the roles play on. */
struct field {
	struct mm mm, other;
	u64 va, target, pa, page; /* page: of a fault; 0: none */
	struct pword *slot, *other_slot; /* of va, in mm and in other */
	pte_t old;                /* what they hold */
	struct pword *leaf;       /* of va in the small table; NULL: there is none */
	const struct sync_scheme *sync;
	const struct tlb_method *tlb;
	const struct workload *wl; /* of play_writer() */
	struct run run;
	struct walker walker[SCRIPT_ROLES + 1];
	bool moved;
};
extern struct field field;

/* --- programs (schedule_programs.c) --- */
program_fn play_walk_bare, play_walk_gup, play_walk_switching;
program_fn play_zap, play_zap_flush, play_zap_reuse, play_zap_sync_flush, play_zap_free_flush, play_sync;
program_fn play_munmap, play_munmap_inval_first, play_munmap_sync_first, play_munmap_free_first;
program_fn play_load, play_load_plain, play_load_plain_ran, play_leave_plain, play_leave;
program_fn play_dontneed, play_dontneed_locked, play_fault;
program_fn play_move_plain, play_move_fenced;
program_fn play_collapse, play_writer;
program_fn play_protect, play_permit;
program_fn play_unshare_last, play_unshare_each;
void prepare_leaf(void), prepare_small(void), prepare_sparse(void), prepare_shared(void);
const char *pinned_moved(void);

#endif
