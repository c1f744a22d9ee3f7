// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an invalidate of small pages costs (inval_pages.h). What it does to the misses that follow is not in here (inval_grid.c).
 *
 * inval-cost: by method and by number of pages (pages=). Past the ceiling (ceiling=) a method drops the whole ASID. Beside each the other
 * way, page by page or the whole ASID, as if the ceiling were elsewhere: where one becomes the cheaper one is a result (tools/crossovers).
 *
 * inval-parts: the three steps of the fenced layer timed apart, publish, issue and complete, for this CPU alone (tlb=local) and for the
 * hardware's broadcast (tlb=hw): by number of pages, with the walk caches beside a page and alone where the ISA has an operation for them,
 * and for the whole ASID. Beside them inval, the same by the method without a clock between its steps. Which step the time goes to is a
 * result on silicon only (docs/measuring.md).
 */
#include <console.h>
#include <cpu.h>
#include <pt.h>

#include "inval_pages.h"
#include "measure.h"

static const u64 page_numbers[] = { 1, 2, 8, 32, 64, 512, 0 };
static u32 ticks[INVAL_SAMPLES];
static u32 part_ticks[NR_TLB_PARTS][INVAL_SAMPLES];

typedef void inval_fn(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);

static __timed u64 inval_sample(inval_fn *inval, const struct tlb_range *r)
{
	struct cpumask drained;
	u64 t0 = arch_cycles_start();

	inval(&inval_mm, r, &drained);
	return arch_cycles_stop() - t0;
}

static void inval_samples(inval_fn *inval, const struct tlb_range *r)
{
	for (unsigned i = 0; i < INVAL_SAMPLES; i++) {
		inval_touch(r->va, r->nr);
		ticks[i] = (u32)inval_sample(inval, r);
		/* The flush by NMI gives way behind its acknowledgement: its rest runs here, not in the next window. */
		arch_relax();
	}
}

static struct totals totals_since(const struct tlb_count *before)
{
	return (struct totals){
		.n = INVAL_SAMPLES,
		.ipi_tlb = tlb_count.ipi - before->ipi,
		.ipi_msg = tlb_count.msg - before->msg,
		.tlbi = tlb_count.tlbi - before->tlbi,
	};
}

static void measure_range(const struct plan *p, const struct cell *c, const struct tlb_range *r)
{
	struct tlb_count before;
	struct totals t;
	u64 ovh;

	inval_samples(run_no_inval, r);
	ovh = stats_median(ticks, INVAL_SAMPLES);
	before = tlb_count;
	inval_samples(c->tlb->inval, r);
	t = totals_since(&before);
	inval_report(p, c, "inval", ticks, ovh, &t);
}

/* @each(...) for each number of pages that is asked for. */
static void each_pages(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb,
		       void (*each)(const struct plan *p, struct cell *c, const struct tlb_range *r))
{
	struct tlb_range r = { .va = pt_user_start(), .level = 0 };
	struct cell c = { .wl = wl, .sync = sync_find("none"), .tlb = tlb };

	for (unsigned i = 0; (r.nr = inval_pages(i, page_numbers)); i++) {
		c.pages = (unsigned)r.nr;
		each(p, &c, &r);
	}
}

static void cost_of_pages(const struct plan *p, struct cell *c, const struct tlb_range *r)
{
	u64 ceiling = tlb_ceiling;

	c->range = NULL;
	measure_range(p, c, r);
	if (c->tlb->is) /* it stands for another one, perhaps with a ceiling of its own */
		return;
	c->range = r->nr > ceiling ? "page by page" : "whole ASID";
	tlb_ceiling = r->nr > ceiling ? INVAL_PAGES_MAX : 0;
	measure_range(p, c, r);
	tlb_ceiling = ceiling;
}

static int inval_cost_measure(const struct plan *p, const struct workload *wl)
{
	inval_set_up(p);
	for (unsigned i = 0; i < p->nr_tlb; i++)
		each_pages(p, wl, p->tlb[i], cost_of_pages);
	inval_tear_down();
	return 0;
}

/* --- inval-parts --- */

typedef void parts_fn(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts);

static void parts_samples(parts_fn *inval, const struct tlb_range *r)
{
	for (unsigned i = 0; i < INVAL_SAMPLES; i++) {
		struct tlb_parts parts = { 0 };

		inval_touch(r->va, r->nr);
		inval(&inval_mm, r, &parts);
		for (unsigned k = 0; k < NR_TLB_PARTS; k++)
			part_ticks[k][i] = (u32)parts.ticks[k];
	}
}

static parts_fn *parts_of(const struct tlb_method *tlb)
{
	return tlb->reach == TLB_REACH_HW ? tlb_inval_bcast_parts : tlb_inval_local_parts;
}

static void parts_of_range(const struct plan *p, struct cell *c, const struct tlb_range *r)
{
	static const char *const metrics[] = { [TLB_PUBLISH] = "publish", [TLB_ISSUE] = "issue", [TLB_COMPLETE] = "complete" };
	u64 ovh[NR_TLB_PARTS];
	struct tlb_count before;
	struct totals t;

	parts_samples(tlb_no_parts, r);
	for (unsigned k = 0; k < NR_TLB_PARTS; k++)
		ovh[k] = stats_median(part_ticks[k], INVAL_SAMPLES);
	before = tlb_count;
	parts_samples(parts_of(c->tlb), r);
	t = totals_since(&before);
	for (unsigned k = 0; k < NR_TLB_PARTS; k++)
		inval_report(p, c, metrics[k], part_ticks[k], ovh[k], &t);
	measure_range(p, c, r);
}

static void parts_of_method(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb)
{
	struct tlb_range page = { .va = pt_user_start(), .nr = 1, .level = 0, .tables = true };
	struct tlb_range whole = { .va = pt_user_start(), .nr = tlb_ceiling + 1, .level = 0 };
	struct tlb_range caches = { .va = pt_user_start(), .nr = 0, .level = 0, .tables = true };
	struct cell c = { .wl = wl, .sync = sync_find("none"), .tlb = tlb };

	each_pages(p, wl, tlb, parts_of_range);
	c.range = "1 + walks";
	parts_of_range(p, &c, &page);
	c.range = "walks";
	if (ARCH_TLBI_WALKS)
		parts_of_range(p, &c, &caches);
	c.range = "whole ASID";
	parts_of_range(p, &c, &whole);
}

static int inval_parts_measure(const struct plan *p, const struct workload *wl)
{
	static const char *const methods[] = { "local", "hw" };

	inval_set_up(p);
	for (unsigned i = 0; i < ARRAY_SIZE(methods); i++) {
		const struct tlb_method *tlb = tlb_method_find(methods[i]);

		if (tlb_method_lacks(tlb))
			kprintf("SKIP inval-parts.%s: %s\n", tlb->name, tlb_method_lacks(tlb));
		else
			parts_of_method(p, wl, tlb);
	}
	inval_tear_down();
	return 0;
}

WORKLOAD(inval_cost) = {
	.name = "inval-cost",
	.doc = "what it takes to invalidate a range of small pages, by method and number of pages",
	.raw = true,
	.invalidates = true,
	.measure = inval_cost_measure,
};

WORKLOAD(inval_parts) = {
	.name = "inval-parts",
	.doc = "publish, issue and complete of an invalidate, timed apart: on this CPU and by the hardware's broadcast",
	.raw = true,
	.invalidates = true,
	.measure = inval_parts_measure,
};
