/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB methods: the policy layer, one file each in mm/tlb/. A method serves axes (a) and (b) and returns the CPUs that it
 * really drained: those that took an interrupt with interrupts on and acknowledged it.
 */
#ifndef SKEET_TLB_H
#define SKEET_TLB_H

#include <cpumask.h>
#include <lset.h>
#include <mm.h>
#include <mutant.h>
#include <oracle.h>
#include <tlbi.h>

/* What to invalidate: a range of leaves of one level; what mmu_gather hands over. */
struct tlb_range {
	u64 va;
	u64 nr;         /* leaves */
	unsigned level; /* of the leaves: the stride */
	bool tables;    /* tables were unhooked too: walk caches must go */
};

/* The request block of the one shootdown in flight; read by the flush handlers (also by the arch's fast entry). */
struct tlb_request {
	u64 va;
	u64 nr;
	u64 stride; /* bytes */
	u64 kind;   /* enum tlb_kind */
	u64 asid;
	u64 level;  /* of the leaves */
};
enum tlb_kind {
	TLB_LEAVES, /* nr leaves from va */
	TLB_TABLES, /* and the walk caches on the way to them */
	TLB_WHOLE,  /* all of the asid */
};
extern struct tlb_request tlb_req;

/* Raw invalidates that one CPU issues for it. */
static inline u64 tlb_raw_ops(const struct tlb_request *rq)
{
	if (rq->kind == TLB_WHOLE)
		return arch_tlbi_asid_local_ops();
	return rq->nr + (ARCH_TLBI_WALKS && rq->kind == TLB_TABLES);
}

struct tlb_count {
	u64 ipi;       /* CPUs addressed */
	u64 msg;       /* hardware writes */
	u64 tlbi;      /* raw invalidates issued, all CPUs */
	u64 lazy;      /* CPUs left out because they are lazy */
};
extern struct tlb_count tlb_count; /* written by the CPU that invalidates */

/* How a method reaches other CPUs. */
enum tlb_reach {
	TLB_REACH_NONE,
	TLB_REACH_IRQ, /* by an interrupt of this kernel, in which each invalidates for itself */
	TLB_REACH_HW,  /* by the hardware's broadcast */
	TLB_REACH_FW,  /* by a call of the firmware, which interrupts them behind this kernel's back */
};

/* Whom a method drains of the CPUs that it reaches. The verdict "covered by the flush" stands on it: it needs all. */
enum tlb_drains {
	TLB_DRAINS_NOBODY,
	TLB_DRAINS_SOME, /* as it happens: the mask that it returns says whom */
	TLB_DRAINS_ALL,
};

struct tlb_method {
	const char *name;
	const char *doc;
	enum tlb_drains drains;
	enum tlb_reach reach;
	/* For methods of hardware and firmware: no default where the machine has one of those. */
	bool stand_in;
	bool on_request; /* not in the default of tlb=, but in "all" */
	bool tagged;     /* reaches CPUs that have left the mm, too: for those that keep translations then (mm_tag()) */
	bool elides;     /* leaves out CPUs that stand still (mm/vcpu.h): in verdicts, walkers do so now and then */
	/* NULL, or which other method it is on this machine: then drains and reach are that one's (tlb_method_here()). */
	const struct tlb_method *(*is)(void);
	/* NULL, or a function that says why this machine cannot do it; NULL from it: it can. */
	const char *(*lacks)(void);
	/* NULL, or the name of the mutation that this instantiation carries; the rest as in sync.h. */
	const char *mutation;
	const char *catcher;
	const char *workload; /* NULL: munmap-thp */
	const char *sync;     /* NULL: broadcast */
	unsigned walk;        /* enum walk_type */
	unsigned bound;
	unsigned cpus;
	void (*switch_mm)(struct mm *mm); /* NULL, or what CPUs that switch must call instead of mm_switch() */
	void (*lazy_enter)(void);         /* NULL, or the method knows lazy CPUs: this CPU becomes one (mm/gen.h) */
	void (*mm_exit)(struct mm *mm);   /* NULL, or what is to be done before the mm is another process's. Nobody has it loaded */
	/* Thread context, interrupts on. On return no CPU uses an entry of @r made before the call. @drained may be NULL. */
	void (*inval)(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
};
LSET_DECLARE(struct tlb_method, tlb);
#define TLB_METHOD(ident) LSET_ENTRY(struct tlb_method, tlb, ident)
/* TLB_MUTANT(ident, mutation, function, fields...): one mutation, in the oracle image only. */
#include <tlb_mutant.h>

const struct tlb_method *tlb_method_find(const char *name);
/* @m itself, or the method that it comes to on this machine. */
static inline const struct tlb_method *tlb_method_here(const struct tlb_method *m)
{
	return m->is ? m->is() : m;
}

/* In place of m->inval(): the oracle compares what @m says that it drained with whom it saw drained. */
static inline void tlb_method_inval_judged(const struct tlb_method *m, struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	u64 since = oracle_acks();

	m->inval(mm, r, drained);
	if (drained)
		oracle_drained(drained, since);
}

/* What CPUs call to load an mm where @m (NULL: none) invalidates. */
static inline void (*tlb_method_switch(const struct tlb_method *m))(struct mm *mm)
{
	return m && m->switch_mm ? m->switch_mm : mm_switch;
}

/* Before @mm goes. */
static inline void tlb_method_mm_exit(const struct tlb_method *m, struct mm *mm)
{
	if (m && m->mm_exit)
		m->mm_exit(mm);
}

/* NULL, or why this machine cannot invalidate with @m. */
static inline const char *tlb_method_lacks(const struct tlb_method *m)
{
	return m->lacks ? m->lacks() : NULL;
}

/* arch_tlbi_fw_bound() if @m calls the firmware here, else 0. */
u64 tlb_method_bound(const struct tlb_method *m);

/*
 * Does each flush of the method that runs interrupt, with interrupts on, every CPU that may walk the mm? A property of the run, set before
 * its walkers start (flush_tlb_multi_implies_ipi_broadcast of seed 004).
 */
extern bool tlb_flush_implies_ipi;

/* The range-to-full ceiling, in leaves (tlb_single_page_flush_ceiling; 33 in Linux). */
extern u64 tlb_ceiling;
/* --- of the method linux, where it trims (mm/tlb/linux.c) --- */
/* NULL, or why it trims no mask here. */
const char *tlb_lacks_trim(void);
extern u64 tlb_trim;          /* flushes of a CPU between two attempts (tlb_mm_cpumask_trim_timer; 1073 in Linux); 0: none at all */
extern u64 tlb_ceiling_local; /* the ceiling of a flush on this CPU alone; 0: the ISA's, as in Linux */

/* --- fenced layer (mm/tlb.c): publish -> raw x n -> complete, composed once --- */
void tlb_inval_local(struct mm *mm, const struct tlb_range *r);
/* The same with another ceiling. */
void tlb_inval_local_upto(struct mm *mm, const struct tlb_range *r, u64 ceiling);
/* All of @mm's ASID, not counted. Any context. */
void tlb_inval_asid_here(const struct mm *mm);
/* tlb_inval_local(), not counted: returns the instructions issued. Any context. */
u64 tlb_inval_here(const struct mm *mm, const struct tlb_range *r);
/* Everything that this CPU holds but global entries, whatever the ASID. The same. */
void tlb_inval_all_here(void);
/* As tlb_inval_local() on every CPU, by the hardware's broadcast. */
void tlb_inval_bcast(struct mm *mm, const struct tlb_range *r);
/* The broadcast in two: many may be issued, and one completion covers those that this CPU issued, no others. */
void tlb_issue_bcast(struct mm *mm, const struct tlb_range *r);
void tlb_complete_bcast(void);
/*
 * tlb_inval_local() and tlb_inval_bcast() with the cycle counter read between the steps, which are added to @parts. A round of its own adds
 * up.
 */
enum tlb_part { TLB_PUBLISH, TLB_ISSUE, TLB_COMPLETE, NR_TLB_PARTS };
struct tlb_parts {
	u64 ticks[NR_TLB_PARTS];
};
void tlb_inval_local_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts);
void tlb_inval_bcast_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts);
/* No steps: what reading the counter adds to each. */
void tlb_no_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts);
/* The same on the CPUs of @to (at least one, not this), by the firmware. */
void tlb_inval_fw(struct mm *mm, const struct tlb_range *r, const struct cpumask *to);
/* Only where arch_tlb_shared(): before @asid is another space's. Interrupts off. */
void tlb_retire(u64 asid);
/* Fill the request block for @r; what the handlers carry out. */
void tlb_request_fill(struct mm *mm, const struct tlb_range *r);
/* The same of a request block of one's own, and what carries that out. */
void tlb_request_make(struct tlb_request *rq, struct mm *mm, const struct tlb_range *r);
void tlb_request_run_one(const struct tlb_request *rq);
/* IPI_TLB and NMI_FLUSH arrive here: carry out the request block on this CPU. Any context. */
void tlb_request_run(void);

#endif
