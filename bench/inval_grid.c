// SPDX-License-Identifier: GPL-2.0-only
/*
 * inval-grid: every operation of the ISA that invalidates with every barrier that goes with it (arch/<isa>/inval.c), by number of pages.
 *
 *   inval       publish, issue, complete: from behind the store to the table
 *   complete    the barrier alone
 *   tlb-refill  reading the pages again behind it, less the same reads of translated pages; of this CPU, where the operation is complete
 *
 * A pair whose barrier is too narrow for its operation is no invalidate. It is there for what its barrier takes, and its name ends in
 * "(incomplete)": a negative control (tests/arch_inval.c shows those that the emulator can show).
 */
#include <console.h>
#include <cpu.h>
#include <inval.h>
#include <pt.h>

#include "inval_pages.h"
#include "measure.h"

static const u64 page_numbers[] = { 1, 8, 64, 0 };
/* By reach: what the result line calls it. */
static const char *const methods[] = { [INVAL_HERE] = "local", [INVAL_EVERYWHERE] = "hw", [INVAL_OTHERS] = "fw" };

enum { INVAL, COMPLETE, REFILL, NR_METRICS };
static const char *const metrics[NR_METRICS] = { "inval", "complete", "tlb-refill" };
static u32 ticks[NR_METRICS][INVAL_SAMPLES];

static __timed u64 issue_nothing(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	return 0;
}

static __timed void complete_nothing(void)
{
}

static const struct inval_op no_op = { .issue = issue_nothing };
static const struct inval_barrier no_barrier = { .complete = complete_nothing };

static __timed __noinline u64 whole_sample(const struct inval_op *op, const struct inval_barrier *b, u64 nr, u64 *ops)
{
	u64 t0 = arch_cycles_start();

	arch_tlbi_publish();
	*ops += op->issue(inval_mm.asid, pt_user_start(), nr);
	b->complete();
	return arch_cycles_stop() - t0;
}

static __timed __noinline u64 complete_sample(const struct inval_op *op, const struct inval_barrier *b, u64 nr)
{
	u64 t0;

	arch_tlbi_publish();
	op->issue(inval_mm.asid, pt_user_start(), nr);
	t0 = arch_cycles_start();
	b->complete();
	return arch_cycles_stop() - t0;
}

static __timed __noinline u64 touch_sample(u64 nr)
{
	u64 t0 = arch_cycles_start();

	inval_touch(pt_user_start(), nr);
	return arch_cycles_stop() - t0;
}

/* Returns the operations. */
static u64 samples(const struct inval_op *op, const struct inval_barrier *b, u64 nr)
{
	u64 ops = 0;

	for (unsigned i = 0; i < INVAL_SAMPLES; i++) {
		inval_touch(pt_user_start(), nr);
		ticks[INVAL][i] = (u32)whole_sample(op, b, nr, &ops);
		ticks[REFILL][i] = (u32)touch_sample(nr);
		ticks[COMPLETE][i] = (u32)complete_sample(op, b, nr);
	}
	return ops;
}

static struct totals totals_of(const struct inval_op *op, u64 nr, u64 ops)
{
	u64 others = (u64)INVAL_SAMPLES * (nr_cpus - 1);

	if (op->reach != INVAL_OTHERS)
		return (struct totals){ .n = INVAL_SAMPLES, .tlbi = ops };
	/* As wherever the firmware invalidates: each CPU that is asked issues what it is asked for. */
	return (struct totals){ .n = INVAL_SAMPLES, .ipi_tlb = others, .ipi_msg = ops, .tlbi = others * (op->whole ? 1 : nr) };
}

static void pair_of_pages(const struct plan *p, struct cell *c, const struct inval_op *op, unsigned barrier, u64 nr)
{
	const struct inval_barrier *b = &arch_inval_barriers[barrier];
	u64 ovh[NR_METRICS];
	struct totals t;

	c->pages = (unsigned)nr;
	samples(&no_op, &no_barrier, nr);
	for (unsigned m = 0; m < NR_METRICS; m++)
		ovh[m] = stats_median(ticks[m], INVAL_SAMPLES);
	t = totals_of(op, nr, samples(op, b, nr));
	for (unsigned m = 0; m < NR_METRICS; m++)
		if (m != REFILL || (barrier >= op->needs && !op->walks && op->reach != INVAL_OTHERS))
			inval_report(p, c, metrics[m], ticks[m], ovh[m], &t);
}

static void grid_of(const struct plan *p, const struct workload *wl, const struct inval_op *op)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .tlb = tlb_method_find(methods[op->reach]) };
	char name[80];
	u64 nr;

	for (unsigned b = op->first; b <= op->last; b++) {
		inval_pair_name(name, sizeof(name), op, b);
		c.range = name;
		for (unsigned i = 0; (nr = inval_pages(i, page_numbers)); i++)
			pair_of_pages(p, &c, op, b, nr);
	}
}

static int grid_measure(const struct plan *p, const struct workload *wl)
{
	if (!ARCH_HAS_TLB) {
		kprintf("SKIP %s: there is no hardware that translates\n", wl->name);
		return 0;
	}
	inval_set_up(p);
	for (const struct inval_op *op = arch_inval_ops; op->name; op++)
		if (inval_op_lacks(op))
			kprintf("SKIP %s.%s: %s\n", wl->name, op->name, inval_op_lacks(op));
		else
			grid_of(p, wl, op);
	inval_tear_down();
	return 0;
}

WORKLOAD(inval_grid) = {
	.name = "inval-grid",
	.doc = "every operation that invalidates with every barrier that goes with it, by number of pages, and the refill behind it",
	.raw = true,
	.invalidates = true,
	.measure = grid_measure,
};
