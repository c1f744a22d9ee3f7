// SPDX-License-Identifier: GPL-2.0-only
/*
 * XIVE, exploited by a partition (PAPR; LoPAPR's H_INT_* calls): each CPU has an interrupt source of its own, routed to itself,
 * that any CPU triggers by a store to the source's page. The CPU takes it from its own interrupt context (the OS ring of the TIMA,
 * where every CPU sees its own at one address) by a load, and ends it by a load from the source's management page, which triggers
 * it again if it was triggered meanwhile. Hypercalls are for the setup alone.
 *
 * Every event is also written to a queue in memory, which says what interrupted: here that is known, so all CPUs have one queue and
 * nobody reads it.
 */
#include <console.h>
#include <cpu.h>
#include <percpu.h>
#include <phys.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "ipi_ways.h"

#define PRIORITY 6
#define CPPR_ALL 0xff
#define QUEUE_SHIFT 16
#define QUEUE_ALWAYS_NOTIFIES 1
/* Of a source's management page: a load that sets its two bits to "idle". */
#define ESB_SET_IDLE 0xc00

enum { H_INT_GET_SOURCE_INFO = 0x3a8, H_INT_SET_SOURCE_CONFIG = 0x3ac, H_INT_SET_QUEUE_CONFIG = 0x3b8, KVMPPC_H_CAS = 0xf002 };

static u64 queue;

static void must(const char *call, s64 error)
{
	if (error)
		panic("cpu %u: %s: error %lld", this_cpu(), call, (long long)error);
}

#define EVERY_BIT { 0xff, 0xff, 0xff, 0xff }

/*
 * What this kernel can do, of which the hypervisor takes what it offers too (ibm,client-architecture-support): processors that it
 * knows, as pairs of mask and version; how many vectors follow, less one; each with its length, less one. Of vector 5 the bytes
 * count from 1.
 */
static const struct {
	u8 pvr[6][4], vectors, v1[2], v2[2], v3[2], v4[2], v5[1 + 26];
} __attribute__((__packed__)) abilities __attribute__((__aligned__(64))) = {
	.pvr = { EVERY_BIT, { 0x0f, 0, 0, 6 }, EVERY_BIT, { 0x0f, 0, 0, 5 }, { 0 }, EVERY_BIT }, /* ISA 3.1, 3.0 */
	.vectors = 5 - 1,
	.v1 = { 0, 0x80 },
	.v5 = { 26 - 1, [23] = 0x40, [24] = 0x40, [26] = 0x40 }, /* XIVE alone, radix alone, GTSE */
};

/* The answer is a new tree, which says nothing that is not known. Through a firmware's client interface it would be this very call. */
static void negotiate(void)
{
	u64 answer = phys_alloc_huge();

	must("KVMPPC_H_CAS", ppc64_hcall(KVMPPC_H_CAS, arch_virt_to_phys(&abilities), answer, HUGE_SIZE, 0, NULL));
	frame_put(answer);
}

static __always_inline void trigger(unsigned cpu)
{
	*(volatile u64 *)cpu_area[cpu].arch[ARCH_TRIGGER] = 0;
}

__timed unsigned xive_send(const struct cpumask *to)
{
	return each_target(to, trigger);
}

static void taken(void)
{
	struct cpu *c = &cpu_area[this_cpu()];

	(void)*(volatile u16 *)(c->arch[ARCH_TIMA] + TIMA_ACK);
	(void)*(volatile u64 *)c->arch[ARCH_ESB];
	*(volatile u8 *)(c->arch[ARCH_TIMA] + TIMA_CPPR) = CPPR_ALL;
}

static void init_first(void)
{
	negotiate();
	queue = phys_alloc_tables(QUEUE_SHIFT - ARCH_PAGE_SHIFT);
	ppc64_map_device(ppc64_papr.xive_tima);
}

static void init_cpu(void)
{
	struct cpu *c = &cpu_area[this_cpu()];
	u64 source = ppc64_papr.xive_first + this_cpu(), got[4];

	if (this_cpu() == 0)
		init_first();
	must("H_INT_SET_QUEUE_CONFIG", ppc64_hcall6(H_INT_SET_QUEUE_CONFIG, QUEUE_ALWAYS_NOTIFIES, c->hwid, PRIORITY, queue, QUEUE_SHIFT, 0));
	must("H_INT_SET_SOURCE_CONFIG", ppc64_hcall6(H_INT_SET_SOURCE_CONFIG, 0, source, c->hwid, PRIORITY, source, 0));
	must("H_INT_GET_SOURCE_INFO", ppc64_hcall(H_INT_GET_SOURCE_INFO, 0, source, 0, 0, got));
	if (this_cpu() == 0)
		ppc64_map_device(got[2]);
	c->arch[ARCH_ESB] = (u64)arch_phys_to_virt(got[1]);
	c->arch[ARCH_TRIGGER] = (u64)arch_phys_to_virt(got[2]);
	c->arch[ARCH_TIMA] = (u64)arch_phys_to_virt(ppc64_papr.xive_tima);
	(void)*(volatile u64 *)(c->arch[ARCH_ESB] + ESB_SET_IDLE);
	*(volatile u8 *)(c->arch[ARCH_TIMA] + TIMA_CPPR) = CPPR_ALL;
}

const struct ipi_way ipi_xive = {
	.vector = VECTOR_EXTERNAL,
	.entry = short_xive,
	.taken = taken,
	.init_cpu = init_cpu,
};
