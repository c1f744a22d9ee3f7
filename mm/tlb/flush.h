/* SPDX-License-Identifier: GPL-2.0-only */
/* The methods that interrupt: the CPUs of mm->loaded by an interrupt, this one directly. They differ in which, and in what it drains. */
#ifndef SKEET_TLB_FLUSH_H
#define SKEET_TLB_FLUSH_H

#include <ipi.h>
#include <sync.h>
#include <tlb.h>

/* Mutations. */
enum {
	M_TLB_SKIP_TARGET = 1,
	M_TLB_NO_LOCAL,
	M_TLB_WRONG_PAGE,
	M_TLB_NO_WAIT,
	M_TLB_NO_FENCE,
	M_TLB_PLAIN_LOADED, /* this and the next: of mm_switch() */
	M_TLB_PLAIN_LEAVE,
	M_TLB_CLAIMS,       /* says that it drained what it reached */
};

/**
 * tlb_flush_cpus - invalidate @r on every CPU that has @mm loaded
 * @to: out: the CPUs reached, without this one
 * @flush: ipi_flush_cpus() or nmi_flush_cpus()
 * @mut: constant; what to leave out
 * Context: thread, interrupts on. On return no CPU uses an entry of @r made before the call.
 */
static __always_inline void tlb_flush_cpus(struct mm *mm, const struct tlb_range *r, struct cpumask *to,
					   unsigned (*flush)(const struct cpumask *to, unsigned n), const unsigned mut)
{
	/* Orders the store to the slot before the load of mm->loaded; pairs with the fence in mm_switch() (T7). */
	if (mut != M_TLB_NO_FENCE)
		fence_full();
	mm_mask_others(to, mm->loaded);
	if (mut == M_TLB_SKIP_TARGET)
		cpumask_unset_last(to);
	if (!cpumask_empty(to)) {
		unsigned n = cpumask_weight(to);

		ipi_lock();
		tlb_request_fill(mm, r);
		if (mut == M_TLB_WRONG_PAGE)
			tlb_req.va += tlb_req.stride;
		if (mut == M_TLB_NO_WAIT)
			ipi_excused = n; /* all: NMIs are taken at once, and under icount the last with the first */
		tlb_count.msg += flush(to, n);
		if (mut == M_TLB_NO_WAIT)
			ipi_excused = 0;
		tlb_count.ipi += n;
		tlb_count.tlbi += n * tlb_raw_ops(&tlb_req);
		ipi_unlock();
	}
	if (mut != M_TLB_NO_LOCAL && mm_current() == mm)
		tlb_inval_local(mm, r);
}

#define FLUSH_MUTANT_(ident, m, what, drains_, ...)                                                \
	TLB_MUTANT(ident, m, ident##_flush, .name = #ident, .mutation = #ident "." what, .remote = true, .drains = drains_, \
		   .catcher = "stale-tlb", __VA_ARGS__)
/* T7: where CPUs switch, with nothing else that fences. */
#define FLUSH_SWITCH_MUTANT_(ident, m, what, drains_, ...)                                         \
	FLUSH_MUTANT_(ident, m, what, drains_, .workload = "mm-switch", .sync = "none", .walk = WALK_T_GUP, .bound = 1000, __VA_ARGS__)

/* FLUSH_METHOD(name, ipi_flush_cpus() or nmi_flush_cpus(), does it drain?, doc): the method and the mutations of its steps. */
#define FLUSH_METHOD(ident, flush, drains_, doc_)                                                  \
	static __always_inline void ident##_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, \
						  const unsigned mut)                              \
	{                                                                                          \
		struct cpumask to;                                                                 \
                                                                                                   \
		tlb_flush_cpus(mm, r, &to, flush, mut);                                            \
		if (!drained)                                                                      \
			return;                                                                    \
		if (drains_ || mut == M_TLB_CLAIMS)                                                \
			cpumask_copy(drained, &to);                                                \
		else                                                                               \
			cpumask_clear(drained);                                                    \
	}                                                                                          \
	static __timed void ident##_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained) \
	{                                                                                          \
		ident##_flush(mm, r, drained, MUT_NONE);                                           \
	}                                                                                          \
	TLB_METHOD(ident) = { .name = #ident, .doc = doc_, .drains = drains_, .remote = true, .inval = ident##_inval }; \
	FLUSH_MUTANT_(ident, M_TLB_SKIP_TARGET, "skip-target", drains_, .bound = 5);               \
	FLUSH_MUTANT_(ident, M_TLB_NO_LOCAL, "no-local", drains_, .bound = 5);                     \
	FLUSH_MUTANT_(ident, M_TLB_WRONG_PAGE, "wrong-page", drains_, .bound = 5);                 \
	FLUSH_MUTANT_(ident, M_TLB_NO_WAIT, "no-wait", drains_, .sync = "none", .walk = WALK_T_GUP, .bound = 200); \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_NO_FENCE, "no-fence", drains_, .cpus = 2);               \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_PLAIN_LOADED, "plain-loaded", drains_, .switch_mm = mm_switch_plain_loaded); \
	FLUSH_SWITCH_MUTANT_(ident, M_TLB_PLAIN_LEAVE, "plain-leave", drains_, .switch_mm = mm_switch_plain_leave, .cpus = 3)

#endif
