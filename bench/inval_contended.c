// SPDX-License-Identifier: GPL-2.0-only
/*
 * inval-contended: k CPUs invalidate by the hardware's broadcast, again and again: what one of a page, of an address space and so on takes
 * the first of them. Nothing but the hardware keeps them apart: no lock, no interrupt. Each operation of the ISA that reaches every CPU
 * (arch/<isa>/inval.c) with the narrowest barrier that completes it.
 */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <inval.h>
#include <pt.h>
#include <smp.h>

#include "inval_pages.h"
#include "measure.h"

static u32 ticks[INVAL_SAMPLES];
static const struct inval_op *op;
static volatile bool stop;

/* A line for each initiator. */
static struct {
	volatile u64 invals, ops;
} __cacheline done[NR_CPUS];

static __timed __noinline u64 broadcast(void)
{
	u64 ops;

	arch_tlbi_publish();
	ops = op->issue(inval_mm.asid, pt_user_start(), 1);
	arch_inval_barriers[op->needs].complete();
	return ops;
}

static void initiator(void *arg)
{
	bool by_turns = cmdline_by_turns();

	(void)arg;
	while (!stop) {
		done[this_cpu()].ops += broadcast();
		done[this_cpu()].invals++;
		if (by_turns) /* the next one's */
			arch_relax();
	}
}

static __timed u64 sample(u64 *ops)
{
	u64 t0 = arch_cycles_start();

	*ops += broadcast();
	return arch_cycles_stop() - t0;
}

static void contended_by(const struct plan *p, const struct workload *wl, unsigned k)
{
	struct cell c = { .wl = wl, .sync = sync_find("none"), .tlb = tlb_method_find("hw"), .range = op->name, .initiators = k };
	struct totals t = { .n = INVAL_SAMPLES };
	unsigned late = 0;

	stop = false;
	for (unsigned cpu = 1; cpu < k; cpu++) {
		done[cpu].invals = done[cpu].ops = 0;
		smp_run(cpu, initiator, NULL);
	}
	for (unsigned cpu = 1; cpu < k; cpu++)
		wait_until(done[cpu].invals, wait_late("the first invalidate of another initiator", &late));
	for (unsigned i = 0; i < INVAL_SAMPLES; i++) {
		ticks[i] = (u32)sample(&t.tlbi);
		if (cmdline_by_turns())
			arch_relax();
	}
	stop = true;
	t.rounds = INVAL_SAMPLES;
	for (unsigned cpu = 1; cpu < k; cpu++) {
		smp_join(cpu, "an initiator to stop");
		t.rounds += done[cpu].invals;
		t.tlbi += done[cpu].ops;
	}
	inval_report(p, &c, "inval-contended", ticks, 0, &t);
}

static int contended_measure(const struct plan *p, const struct workload *wl)
{
	if (inval_lacks_bcast()) {
		kprintf("SKIP %s: %s\n", wl->name, inval_lacks_bcast());
		return 0;
	}
	inval_set_up(p);
	for (op = arch_inval_ops; op->name; op++) {
		if (op->reach != INVAL_EVERYWHERE || inval_op_lacks(op))
			continue;
		for (unsigned k = 1; k; k = measure_next(k, nr_cpus))
			contended_by(p, wl, k);
	}
	inval_tear_down();
	return 0;
}

WORKLOAD(inval_contended) = {
	.name = "inval-contended",
	.doc = "an invalidate by the hardware's broadcast while k CPUs do the same",
	.raw = true,
	.invalidates = true,
	.measure = contended_measure,
};
