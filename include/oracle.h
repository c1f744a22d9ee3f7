/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle's hooks. They live in the wrappers that load and store protocol words, fence, issue and complete an
 * invalidate, acknowledge an IPI, begin and end a walk, allocate and free: never in a scheme's file. The timing image has
 * empty inlines of every one (mm/oracle/off/oracle_ops.h); the oracle image has mm/oracle/oracle.c.
 *
 * The shadow is the worst case: a translation that *could* be cached on a CPU that has the mm loaded *is*, from the store
 * that made it present until an invalidate whose definition covers it completes on that CPU.
 */
#ifndef SKEET_ORACLE_H
#define SKEET_ORACLE_H

#include <pte.h>
#include <tlbi.h>
#include <types.h>

struct cpumask;
struct mm;
struct pword;

enum walk_kind {
	WALK_BARE, /* uses what it found without a reference, inside the walk */
	WALK_GUP,  /* takes a reference (inc-not-zero) and rechecks; may use the frame only with it */
	WALK_TABLES, /* uses no frame: what it needs are the tables on the way */
};

struct oracle_violation {
	const char *hole;  /* short name: "stale-tlb", "freed-mapped", "walk-after-sync", "walk-overlooked", "deref-freed", "freed-in-walk", ... */
	unsigned cpu;      /* whose translation or walk it is */
	u64 iteration;     /* 1-based */
	char text[200];    /* plain words: which CPU held what, since when, which step let it go */
};

/* --- interrupts --- */
static inline void oracle_trap_enter(void); /* first thing in any interrupt or NMI: the interrupted CPU's buffer drains */
static inline void oracle_trap_leave(void); /* last thing there: the handler's own stores drain, too */
static inline void oracle_park(void);       /* a walker gives way: a script may hold it here */
/* First in an NMI, before the above: must it wait? Then nmi_serve() is called when it need not any more. */
static inline bool oracle_nmi_held(void);
static inline void oracle_drain(void);      /* unlock, request word, ICR write, pause of a wait loop: empty this CPU's buffer */
static inline void oracle_ipi_ack(void);    /* this CPU took an IPI with interrupts on and is about to acknowledge */
/* How many interrupts have been acknowledged with interrupts on: the next one has a higher number. */
static inline u64 oracle_acks(void);
/* A flush that began when oracle_acks() was @since says that it drained @on: has each of these acknowledged one since? */
static inline void oracle_drained(const struct cpumask *on, u64 since);
/* --- TLB (axes a and b) --- */
static inline void oracle_mm_load(struct mm *mm);   /* this CPU starts to translate with @mm */
static inline void oracle_mm_unload(struct mm *mm); /* ... stopped, and its entries are gone (root switch flushed them) */
/* This CPU stands still, in a stall of its hypervisor: it translates nothing until it runs again, and keeps what it holds. */
static inline void oracle_cpu_stands(void);
static inline void oracle_cpu_runs(void);
/* This CPU keeps its mm as a kernel thread: its hardware may still walk, and it accesses nothing by what it holds until it leaves. */
static inline void oracle_lazy_enter(void);
static inline void oracle_lazy_leave(void);
/* This CPU translates under ID @id for an owner, until the next call or oracle_mm_unload(); and keeps what it caches by it. */
static inline void oracle_id_load(u64 owner, u64 id);
/* What this CPU would load from @p now. No access of the protocol: no delay point, no order. */
static inline u64 oracle_peek(const struct pword *p);
/* The entry @slot of @va was @old. The entries of a table that is hooked full are reported one by one, behind the table. */
static inline void oracle_pte_changed(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t old, pte_t new);
/* Issued by this CPU, completed on those of @on. */
static inline void oracle_tlbi_complete(const struct cpumask *on, const struct tlbi_op *op);
/* The same in two, for every CPU: issued by this CPU; all that this CPU has issued is complete. */
static inline void oracle_tlbi_issued(const struct tlbi_op *op);
static inline void oracle_tlbi_own_complete(void);
/* --- memory --- */
static inline void oracle_frame_alloc(u64 pa, u64 size);
static inline void oracle_frame_free(u64 pa, u64 size);  /* the last reference went: anyone who may still use it? */
static inline void oracle_table_alloc(u64 pa, u64 size);
static inline void oracle_table_free(u64 pa, u64 size);
/* --- software walkers (axis c); nest (NMI) --- */
/* @mm NULL: of trees that no mm's writer changes. */
static inline void oracle_walk_begin(struct mm *mm, enum walk_kind kind);
static inline void oracle_walk_loaded(const struct pword *slot, pte_t e, u64 va, unsigned level);
static inline void oracle_walk_ref(u64 pa);    /* holds a reference on the frame and has rechecked the slot */
static inline void oracle_walk_unref(u64 pa);
static inline void oracle_walk_deref(u64 pa);  /* reads the frame now */
/* Takes @e, which it says it loaded from @slot of @level, for a leaf. */
static inline void oracle_walk_interpret(const struct pword *slot, pte_t e, unsigned level);
static inline void oracle_walk_end(void);
/* Uses, outside any walk and under the lock of the mm's notifier, that a leaf of @level translates @va. */
static inline void oracle_walk_level(struct mm *mm, u64 va, unsigned level);
/* --- the writer --- */
/*
 * sync() returned for the entry @old that was taken out of @slot: no walk that loaded it unreferenced may go on. If @slot has a leaf
 * again, nothing is freed that would tell, so this is the step by which the invalidate must be complete, too.
 */
static inline void oracle_sync_done(struct mm *mm, const struct pword *slot, pte_t old);
/* The writer took @taken out of @slot, where @was was at the moment when it emptied it: nothing that was set there may be lost. */
static inline void oracle_entry_taken(const struct pword *slot, pte_t taken, pte_t was);
/*
 * The table @pa, which several mms shared, is @mm's alone from here on, and @mm changes it in place: nobody may be in it any more who
 * came by another mm, by software or by hardware.
 */
static inline void oracle_table_owned(struct mm *mm, u64 pa);
/*
 * The writer has counted the references of @pa's frame, or frozen them at 0, and relies on it that no walk gains another (a collapse
 * copies the page, a split of a compound page hands its references out) until the frame is freed or it says @counted false.
 */
static inline void oracle_frame_counted(u64 pa, bool counted);
/* CPUs other than the caller inside a walk right now: of @mm, or of any mm (@mm NULL). From the oracle's own record. */
static inline unsigned oracle_walkers(const struct mm *mm);
/* --- a run --- */
struct oracle_run {
	u64 seed;
	bool delay_points; /* forced schedules: seeded pauses in every accessor */
	bool store_buffer; /* modelled per-CPU store buffer */
	bool tagged;       /* what a CPU holds of an mm outlives the switch to another (mm_tag()) */
	bool no_access;    /* nobody accesses what is mapped: no table that all CPUs share (arch_tlb_shared()) gets an entry */
};
static inline void oracle_start(const struct oracle_run *run); /* forget everything recorded so far */
static inline void oracle_iteration(u64 i);
static inline void oracle_stop(void);                          /* no delay points, no buffer (drained), keeps the verdict */
static inline const struct oracle_violation *oracle_verdict(void); /* the first violation since oracle_start(), or NULL */

/* The last events of all CPUs before the verdict (or until now), in their order, in plain words: its schedule. */
static inline void oracle_print_events(void);

/* <oracle_ops.h> also gives the constant oracle_build: true in the oracle image, false in the timing image. */
#include <oracle_ops.h>

#endif
