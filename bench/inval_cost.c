// SPDX-License-Identifier: GPL-2.0-only
/*
 * inval-cost: what it takes to invalidate a range of small pages, by method and by number of pages (pages=).
 *
 * The pages are mapped and translated by the writer before each sample; the other CPUs of loaded= have the mm loaded and are halted.
 * Nothing is freed, so no scheme takes part. Past the ceiling (ceiling=) a method drops the whole ASID. What an invalidate does to the
 * misses that follow it is not in here: no emulator models it.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>

#include "measure.h"

#define SAMPLES 101
#define PAGES_MAX 512

static struct mm mm;
static u64 frame;
static u32 ticks[SAMPLES];

static void pages_print(void)
{
	kprintf("numbers from 1 to %u", PAGES_MAX);
}

static bool pages_valid(const char *value, size_t len)
{
	u64 n;

	return cmd_parse_u64(value, len, &n) && n >= 1 && n <= PAGES_MAX;
}

CMD_KEY(pages) = { "pages", "small pages that one invalidate of inval-cost covers (1,2,8,32,64,512)", pages_print, pages_valid, false };

typedef void inval_fn(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);

static __timed u64 inval_sample(inval_fn *inval, const struct tlb_range *r)
{
	struct cpumask drained;
	u64 t0 = arch_cycles_start();

	inval(&mm, r, &drained);
	return arch_cycles_stop() - t0;
}

/* Every page is one and the same frame: the first word of each brings its translation in. */
static void touch(const struct tlb_range *r)
{
	for (u64 i = 0; ARCH_HAS_TLB && i < r->nr; i++)
		(void)*(volatile u64 *)(r->va + i * PAGE_SIZE);
}

static void inval_samples(inval_fn *inval, const struct tlb_range *r)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		touch(r);
		ticks[i] = (u32)inval_sample(inval, r);
		/* The flush by NMI gives way behind its acknowledgement: its rest runs here, not in the next window. */
		arch_relax();
	}
}

static void measure_pages(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb, u64 pages)
{
	struct tlb_range r = { .va = pt_user_start(), .nr = pages, .level = 0 };
	struct cell c = { .wl = wl, .sync = sync_find("none"), .tlb = tlb, .pages = (unsigned)pages };
	struct totals t = { .n = SAMPLES };
	struct tlb_count before;
	struct stats st;
	u64 ovh;

	inval_samples(run_no_inval, &r);
	ovh = stats_median(ticks, SAMPLES);
	before = tlb_count;
	inval_samples(tlb->inval, &r);
	t.ipi_tlb = tlb_count.ipi - before.ipi;
	t.ipi_msg = tlb_count.msg - before.msg;
	t.tlbi = tlb_count.tlbi - before.tlbi;
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = stats_less(ticks[i], ovh);
	stats_of(ticks, SAMPLES, &st);
	report_result(p, &c, "inval", &st, st.mean_milli, ovh, &t);
}

static void measure_method(const struct plan *p, const struct workload *wl, const struct tlb_method *tlb)
{
	static const u64 dflt[] = { 1, 2, 8, 32, 64, 512 };
	char v[16];

	if (!cmdline_has("pages")) {
		for (unsigned i = 0; i < ARRAY_SIZE(dflt); i++)
			measure_pages(p, wl, tlb, dflt[i]);
		return;
	}
	for (unsigned i = 0; cmdline_value("pages", i, v, sizeof(v)); i++) {
		u64 pages = 1;

		cmd_parse_u64(v, strlen(v), &pages);
		measure_pages(p, wl, tlb, pages);
	}
}

static int inval_cost_measure(const struct plan *p, const struct workload *wl)
{
	mm_create(&mm);
	frame = phys_alloc_page();
	for (unsigned i = 0; i < PAGES_MAX; i++)
		if (pt_map(&mm, pt_user_start() + i * PAGE_SIZE, frame, PROT_R, 0))
			panic("inval-cost: page %u was not mapped", i);
	crew_load(&mm, p->loaded);
	for (unsigned i = 0; i < p->nr_tlb; i++)
		measure_method(p, wl, p->tlb[i]);
	crew_unload(&mm);
	mm_destroy(&mm);
	frame_put(frame);
	return 0;
}

WORKLOAD(inval_cost) = {
	.name = "inval-cost",
	.doc = "what it takes to invalidate a range of small pages, by method and number of pages",
	.invalidates = true,
	.measure = inval_cost_measure,
};
