/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the oracle share: the verdict and the record of events (oracle.c). */
#ifndef SKEET_SHADOW_H
#define SKEET_SHADOW_H

#include <oracle.h>
#include <phys.h>
#include <walk.h>

enum shadow_event {
	EV_STORE,      /* protocol word, value: made */
	EV_VISIBLE,    /* protocol word, value: left the store buffer */
	EV_LOAD,       /* protocol word that another CPU stored last, value */
	EV_PTE,        /* VA, old value */
	EV_WALK_BEGIN, /* mm */
	EV_WALK_LOAD,  /* VA, value */
	EV_WALK_DEREF, /* PA */
	EV_WALK_LEAF,  /* slot, value */
	EV_WALK_END,
	EV_TLBI_LEAF,  /* VA, ASID; the rest in the order of enum tlbi_scope */
	EV_TLBI_PAGE,  /* VA, ASID */
	EV_TLBI_ASID,  /* 0, ASID */
	EV_TLBI_ALL,
	EV_TLBI_ALL_GLOBAL,
	EV_TLBI_ISSUED, /* VA, ASID */
	EV_TLBI_OWN,
	EV_IPI_ACK,
	EV_STANDS,
	EV_RUNS,
	EV_LAZY,
	EV_NOT_LAZY,
	EV_SYNC_DONE,  /* slot, old value */
	EV_ALLOC,      /* PA, size */
	EV_FREE,       /* PA, size */
	EV_OWNED,      /* PA of a table, mm */
	EV_COUNTED,    /* PA, 1: and relies on it; 0: not any more */
	EV_ITERATION,  /* number */
	NR_EVENTS,
};

void shadow_event(enum shadow_event kind, u64 a, u64 b);
/* Record the first violation of the run; later ones are its consequences. @cpu: whose translation or walk it is. */
void shadow_violation(const char *hole, unsigned cpu, const char *fmt, ...) __printf_like(3, 4);

/*
 * shadow_order.c: was a walk that is over ordered before what another CPU does now, or did luck end it in time? Only while stores
 * are buffered.
 */
u64 order_now(void);                                            /* a number for what this CPU does next */
void order_stored(const struct pword *p, u64 made);             /* this CPU's store of that number is about to be visible */
void order_replaced(const struct pword *p, u64 made);           /* the same of an atomic, which has read the store before it */
u64 order_load(const struct pword *p);                          /* this CPU reads @p in memory; returns the value */
unsigned order_owner(const struct pword *p);                    /* the CPU that stored it last; NR_CPUS: not known */
void order_ended(const struct pword *slot, pte_t e, u64 va);    /* a walk that used @e unreferenced is over */
bool order_overlooked(const struct pword *slot, pte_t e, unsigned *cpu, u64 *va); /* ... and nothing ordered that */
void order_forget(void);

/* shadow_map.c: an entry changed; does anything still lead to a frame or table that goes? */
void shadow_map_changed(unsigned level, pte_t old, pte_t new);
/* The present entry @e goes to @slot: what walks loaded from there, if it was the same. */
void shadow_walk_mapped(const struct pword *slot, pte_t e, unsigned level);
void shadow_map_freed(u64 pa, bool table);

/* shadow_tlb.c and shadow_walk.c: a frame or table goes; forget what belongs to the last run. */
/* ... and the writer is through with what it took out of @slot. */
void shadow_tlb_done(const struct mm *mm, const struct pword *slot);
void shadow_tlb_freed(u64 pa, u64 size, bool table);
void shadow_walk_freed(u64 pa, u64 size, bool table);
/* ... and a table that mms shared is @mm's alone. */
void shadow_tlb_owned(const struct mm *mm, u64 pa);
void shadow_walk_owned(const struct mm *mm, u64 pa);
void shadow_tlb_start(const struct oracle_run *run);
const struct mm *shadow_loaded(unsigned cpu); /* what that CPU translates with */
/* The mm that @p lies in, of those that a walk is or was about; NULL: none. */
const struct mm *shadow_mm_around(const void *p);
/* words.c: what people call the protocol word @p. */
void shadow_word_name(char *buf, size_t size, const void *p);

#endif
