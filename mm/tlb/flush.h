/* SPDX-License-Identifier: GPL-2.0-only */
/* The body of every method that interrupts: the CPUs of mm->loaded by @flush, this one directly. */
#ifndef SKEET_TLB_FLUSH_H
#define SKEET_TLB_FLUSH_H

#include <ipi.h>
#include <sync.h>
#include <tlb.h>

/* Mutations. */
enum { M_TLB_SKIP_TARGET = 1, M_TLB_NO_LOCAL, M_TLB_WRONG_PAGE };

/**
 * tlb_flush_cpus - invalidate @r on every CPU that has @mm loaded
 * @to: out: the CPUs reached, without this one
 * @flush: ipi_flush_cpus() or nmi_flush_cpus()
 * @mut: constant; what to leave out
 * Context: thread, interrupts on. On return no CPU uses an entry of @r made before the call.
 */
static __always_inline void tlb_flush_cpus(struct mm *mm, const struct tlb_range *r, struct cpumask *to,
					   unsigned (*flush)(const struct cpumask *), const unsigned mut)
{
	/* Orders the store to the slot before the load of mm->loaded; pairs with the fence in mm_switch() (T7). */
	fence_full();
	mm_mask_others(to, mm->loaded);
	if (mut == M_TLB_SKIP_TARGET)
		sync_skip_last(to);
	if (!cpumask_empty(to)) {
		unsigned n = cpumask_weight(to);

		ipi_lock();
		tlb_request_fill(mm, r);
		if (mut == M_TLB_WRONG_PAGE)
			tlb_req.va += tlb_req.stride;
		tlb_count.msg += flush(to);
		tlb_count.ipi += n;
		tlb_count.tlbi += n * (tlb_req.kind == TLB_WHOLE ? 1 : tlb_req.nr);
		ipi_unlock();
	}
	if (mut != M_TLB_NO_LOCAL && mm_current() == mm)
		tlb_inval_local(mm, r);
}

#endif
