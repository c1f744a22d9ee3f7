/* SPDX-License-Identifier: GPL-2.0-only */
/* The methods that ask each CPU of mm->loaded, and flush this one directly. They differ in how, and in what that drains. */
#ifndef SKEET_TLB_FLUSH_H
#define SKEET_TLB_FLUSH_H

#include <ipi.h>
#include <sync.h>
#include <tlb.h>
#include <tlbi.h>

#include "ways.h"

/* Mutations. */
enum {
	M_TLB_SKIP_TARGET = 1,
	M_TLB_NO_LOCAL,
	M_TLB_WRONG_PAGE,
	M_TLB_NO_WAIT,
	M_TLB_NO_FENCE,
	M_TLB_PLAIN_LOADED, /* this and the next: of mm_switch() */
	M_TLB_PLAIN_LEAVE,
	M_TLB_LEAVE_FIRST,  /* the same */
	M_TLB_CLAIMS,       /* says that it drained what it reached */
};

/* @to: whom to reach; on return, of a method that drains, whom it interrupted with interrupts on. */
typedef void tlb_reach_fn(struct mm *mm, const struct tlb_range *r, struct cpumask *to, unsigned mut);

/* A tlb_reach_fn of all in @to, but for @flush, which is ipi_flush_cpus() or nmi_flush_cpus(). */
static __always_inline void tlb_interrupt(struct mm *mm, const struct tlb_range *r, const struct cpumask *to,
					  unsigned (*flush)(const struct cpumask *to, unsigned n), const unsigned mut)
{
	unsigned n = cpumask_weight(to);

	ipi_lock();
	tlb_request_fill(mm, r);
	if (mut == M_TLB_NO_WAIT)
		ipi_excused = n; /* all: NMIs are taken at once, and under icount the last with the first */
	tlb_count.msg += flush(to, n);
	if (mut == M_TLB_NO_WAIT)
		ipi_excused = 0;
	tlb_count.ipi += n;
	tlb_count.tlbi += n * tlb_raw_ops(&tlb_req);
	ipi_unlock();
}

/**
 * tlb_flush_cpus - invalidate @r on every CPU that has @mm loaded
 * @to: out: the CPUs reached, without this one; less those that @reach took out
 * @reach: how the others are reached; not called if there are none
 * @mut: constant; what to leave out
 * Context: thread, interrupts on. On return no CPU uses an entry of @r made before the call.
 */
static __always_inline void tlb_flush_cpus(struct mm *mm, const struct tlb_range *r, struct cpumask *to, tlb_reach_fn *reach,
					   const unsigned mut)
{
	struct tlb_range next = { .va = r->va + pt_size(r->level), .nr = r->nr, .level = r->level, .tables = r->tables };

	/* [flush.fence] Orders the store to the slot before the load of mm->loaded; pairs with the fence in mm_switch() (T7). */
	if (mut != M_TLB_NO_FENCE)
		fence_full();
	if (arch_tlb_shared()) { /* whoever has the mm loaded, or will have */
		cpumask_copy(to, &cpu_online_mask);
		reach(mm, mut == M_TLB_WRONG_PAGE ? &next : r, to, mut);
		return;
	}
	mm_mask_others(to, mm->loaded); /* [flush.scan] */
	if (mut == M_TLB_SKIP_TARGET)
		cpumask_unset_last(to);
	if (!cpumask_empty(to))
		reach(mm, mut == M_TLB_WRONG_PAGE ? &next : r, to, mut); /* [flush.reach] */
	if (mut != M_TLB_NO_LOCAL && mm_current() == mm)
		tlb_inval_local(mm, r);
}

#define FLUSH_MUTANT_(ident, m, what, lacks_fn, ...)                                               \
	TLB_MUTANT(ident, m, ident##_flush, .name = #ident, .mutation = #ident "." what, .reach = ident##_REACH, \
		   .drains = ident##_DRAINS, .lacks = lacks_fn, __VA_ARGS__)
#define FLUSH_MUTANT(ident, m, what, ...) FLUSH_MUTANT_(ident, m, what, ident##_LACKS, __VA_ARGS__)
/* Of who is asked. */
#define FLUSH_MASK_MUTANT_(ident, m, what, ...) FLUSH_MUTANT_(ident, m, what, ident##_mask_lacks, __VA_ARGS__)
/* T7: where CPUs switch, with nothing else that fences. */
#define FLUSH_SWITCH_MUTANT_(ident, m, what, ...)                                                  \
	FLUSH_MASK_MUTANT_(ident, m, what, .catcher = "stale-tlb", .workload = "mm-switch", .sync = "none", .walk = WALK_T_GUP, \
		     .bound = 1000, __VA_ARGS__)
/* Of the methods that wait by themselves. One that drains is found out by its mask first. */
#define FLUSH_NO_WAIT_MUTANT(ident)                                                                \
	FLUSH_MUTANT(ident, M_TLB_NO_WAIT, "no-wait", .catcher = "stale-tlb not-drained", .sync = "none", .walk = WALK_T_GUP, .bound = 200)
/* T5: of those that drain nobody. A scheme that skips the drained believes it. */
#define FLUSH_CLAIMS_MUTANT(ident, ...)                                                               \
	FLUSH_MUTANT(ident, M_TLB_CLAIMS, "claims-to-drain", .catcher = "not-drained", .sync = "active-mm-v4", .walk = WALK_T_BARE, \
		     .bound = 200, __VA_ARGS__)

/*
 * FLUSH_METHOD(name, fields...): the method, declared in ways.h, and the mutations of its steps. The file has defined NAME_reach() and
 * the constants NAME_REACH, NAME_DRAINS and NAME_LACKS.
 */
#define FLUSH_METHOD(ident, ...)                                                                   \
	static __always_inline void ident##_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, \
						  const unsigned mut)                              \
	{                                                                                          \
		struct cpumask to;                                                                 \
                                                                                                   \
		tlb_flush_cpus(mm, r, &to, ident##_reach, mut);                                    \
		if (!drained)                                                                      \
			return;                                                                    \
		if (ident##_DRAINS || mut == M_TLB_CLAIMS)                                         \
			cpumask_copy(drained, &to);                                                \
		else                                                                               \
			cpumask_clear(drained);                                                    \
	}                                                                                          \
	__timed void ident##_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained) \
	{                                                                                          \
		ident##_flush(mm, r, drained, MUT_NONE);                                           \
	}                                                                                          \
	TLB_METHOD(ident) = { .name = #ident, .drains = ident##_DRAINS, .reach = ident##_REACH,     \
			      .lacks = ident##_LACKS, .inval = ident##_inval, __VA_ARGS__ };       \
	static inline const char *ident##_mask_lacks(void)                                         \
	{                                                                                          \
		const char *(*lacks)(void) = ident##_LACKS;                                        \
                                                                                                   \
		if (arch_tlb_shared())                                                             \
			return "a table for all CPUs is flushed whoever has the mm loaded";        \
		return lacks ? lacks() : NULL;                                                     \
	}                                                                                          \
	FLUSH_MASK_MUTANT_(ident, M_TLB_SKIP_TARGET, "skip-target", .catcher = "stale-tlb", .bound = 5);    \
	FLUSH_MASK_MUTANT_(ident, M_TLB_NO_LOCAL, "no-local", .catcher = "stale-tlb", .bound = 5);          \
	FLUSH_MUTANT(ident, M_TLB_WRONG_PAGE, "wrong-page", .catcher = "stale-tlb", .bound = 5);      \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_NO_FENCE, "no-fence", .cpus = 2);                        \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_PLAIN_LOADED, "plain-loaded", .switch_mm = mm_switch_plain_loaded); \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_PLAIN_LEAVE, "plain-leave", .switch_mm = mm_switch_plain_leave, .cpus = 4); \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_LEAVE_FIRST, "leave-first", .switch_mm = mm_switch_leave_first, .cpus = 3)

#endif
