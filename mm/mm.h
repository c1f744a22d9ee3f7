/* SPDX-License-Identifier: GPL-2.0-only */
/* struct mm: an address space, and the two masks that decide who is interrupted. */
#ifndef SKEET_MM_H
#define SKEET_MM_H

#include <cpumask.h>
#include <pword.h>
#include <smp.h>

/* Whoever derives something from the tables of an mm (notifier.h). Both words are stored under the lock. */
struct notifier {
	struct spinlock lock;
	struct pword seq;    /* changes that are over */
	struct pword active; /* changes that go on */
};

struct mm {
	u64 root_pa;
	u64 asid;               /* PCID, ASID, PID; valid in this generation (mm.c), constant while any CPU has the mm loaded */
	u64 asid_generation;
	struct spinlock lock;   /* page-table lock: every store to a slot of this mm */
	struct pword gathers;   /* gathers that are open (gather.c) */
	/* CPUs that have it loaded: what a TLB method reaches (mm_cpumask of x86). A CPU sets and clears its own bit. */
	struct pword loaded[CPUMASK_WORDS];
	/*
	 * CPUs where it ever ran: what the cpumask scheme reaches (mm_cpumask of book3s64). Only grows, unless the method linux trims it:
	 * then a CPU walks the mm's tables only while it has the mm loaded.
	 */
	struct pword ran[CPUMASK_WORDS];
	struct pword tlb_gen;       /* raised by each flush of the method gen */
	struct pword context;       /* a number of its own (mm/tlb/shows.h), or 0 */
	struct pword global_id, in_transition; /* of the method bcast: an ID for all CPUs, or 0; some may not run under it yet */
	struct pword flush_batched; /* two counts: entries emptied in batches, and of these invalidated (mm/tlb/batch.c) */
	/* Words of the mm for a sync scheme that keeps its walkers by mm (mm/sync/); one scheme runs at a time. */
	struct pword walk_count;
	struct pword walk_mask[CPUMASK_WORDS];
	struct notifier notifier;
};

/* The kernel's own tree, which every mm shares from the root on: root_pa alone means something. Constant after mm_init(). */
extern struct mm kernel_mm;

void mm_init(void);                    /* once, after phys_init(): the kernel's map */
void mm_create(struct mm *mm);
void mm_destroy(struct mm *mm);        /* unmaps and frees every table; nobody may have it loaded */
/* Load @mm on this CPU (NULL: the kernel's own map). Fences the mask bit before the first walk (switch_mm_irqs_off()). */
void mm_switch(struct mm *mm);
/* Raised each time when the address-space IDs ran out and were called in. */
u64 mm_asid_generation(void);
void mm_tag(unsigned ids);
/* Mutations of it, for the oracle image: one of its atomics is a load and a store. */
void mm_switch_plain_ran(struct mm *mm);
void mm_switch_plain_loaded(struct mm *mm);
void mm_switch_plain_leave(struct mm *mm);
void mm_switch_leave_first(struct mm *mm);
/* ... and of mm_tag(): a CPU does not flush in a new generation. */
void mm_switch_keep_stale(struct mm *mm);
/* This CPU's loaded mm, or NULL. */
struct mm *mm_current(void);
/* Snapshot of a mask of protocol words, without the caller's CPU. */
void mm_mask_others(struct cpumask *to, const struct pword *mask);
/* Empty a mask, while no CPU switches to or from the mm. */
void mm_mask_clear(struct pword *mask);
/* Nobody walks the mm: what a scheme left in its words is not for the next. */
void mm_forget_walkers(struct mm *mm);

/*
 * The fewest bits of an address-space ID that @cpus CPUs can do with: with fewer there is not one for what each has loaded and another
 * for what comes next (mm.c).
 */
static inline unsigned mm_fewest_asid_bits(unsigned cpus)
{
	unsigned bits = 1;

	while ((1U << bits) - 1 <= cpus)
		bits++;
	return bits;
}

#endif
