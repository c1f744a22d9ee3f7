// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv3 and GICv4 (Arm IHI 0069): one redistributor a CPU, the CPU interface in system registers.
 *
 * One write of ICC_SGI1R_EL1 reaches up to 16 CPUs of one affinity cluster, or with IRM every CPU but this one. All our
 * interrupts are in Group 1. The NMI is an SGI: of a priority that PMR_OFF lets through (word nmi=pmr), or, where the CPUs have
 * FEAT_NMI, marked in GICR_INMIR0, so that neither PSTATE.I nor the priority mask holds it (word nmi=feat).
 *
 * Order: ICC_SGI1R_EL1 is not a store, so the request words need DSB ISHST first; ISB after it, so that it is sent now
 * (12.2.19).
 */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <percpu.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#include "options.h"

#define GICD_CTLR 0x0
#define GICD_CTLR_RWP (1U << 31)
#define GICD_CTLR_ARE (1U << 4)
#define GICD_CTLR_GRP1 (1U << 1)

#define GICR_TYPER 0x8
#define GICR_TYPER_VLPIS (1U << 1)
#define GICR_TYPER_LAST (1U << 4)
#define GICR_WAKER 0x14
#define WAKER_SLEEP (1U << 1)
#define WAKER_ASLEEP (1U << 2)
#define GICR_SGI 0x10000
#define GICR_IGROUPR0 (GICR_SGI + 0x80)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ICENABLER0 (GICR_SGI + 0x180)
#define GICR_IPRIORITYR (GICR_SGI + 0x400)
#define GICR_IGRPMODR0 (GICR_SGI + 0xd00)
#define GICR_INMIR0 (GICR_SGI + 0xf80)

#define ICC_SGI1R s3_0_c12_c11_5
#define ICC_IAR1 s3_0_c12_c12_0
#define ICC_EOIR1 s3_0_c12_c12_1
#define ICC_BPR1 s3_0_c12_c12_3
#define ICC_CTLR s3_0_c12_c12_4
#define ICC_SRE s3_0_c12_c12_5
#define ICC_IGRPEN1 s3_0_c12_c12_7
#define ICC_NMIAR1 s3_0_c12_c9_5
#define ICC_PMR s3_0_c4_c6_0

#define SGI1R_IRM (1ULL << 40)
#define IAR_IS_NMI 1022
#define IAR_SPURIOUS 1023
#define SCTLR_NMI (1ULL << 61)
#define WAIT_TURNS_GIC (1U << 20)

/* Words of struct cpu's arch part: the cluster in ICC_SGI1R_EL1's format, and this CPU's bit of the target list. */
enum { CLUSTER, LIST_BIT };

static volatile u32 *reg(u64 base, unsigned offset)
{
	return (volatile u32 *)(base + offset);
}

static void wait_clear(volatile u32 *r, u32 bit, const char *what)
{
	for (unsigned turns = WAIT_TURNS_GIC; turns; turns--) {
		if (!(*r & bit))
			return;
		insn_yield();
	}
	panic("GICv3: %s of CPU %u did not end", what, this_cpu());
}

/* The affinity of the redistributor at @at, in the format of a hardware ID. */
static u32 gicr_affinity(u64 at)
{
	return *reg(at, GICR_TYPER + 4);
}

static u64 gicr_stride(u64 at)
{
	return *reg(at, GICR_TYPER) & GICR_TYPER_VLPIS ? 0x40000 : 0x20000;
}

/* This CPU's redistributor. The CPUs of a region are as a rule in the order of their numbers: the first guess. */
static u64 find_gicr(void)
{
	u32 hwid = cpu_area[this_cpu()].hwid;
	u64 skip = this_cpu();

	for (unsigned i = 0; i < arm64_boot.nr_gicr; i++) {
		u64 start = arm64_boot.gicr[i].start, end = start + arm64_boot.gicr[i].size, stride = gicr_stride(start);
		u64 guess = start + skip * stride;

		if (guess < end && gicr_affinity(guess) == hwid)
			return guess;
		skip -= guess < end ? skip : (end - start) / stride;
	}
	for (unsigned i = 0; i < arm64_boot.nr_gicr; i++) {
		u64 end = arm64_boot.gicr[i].start + arm64_boot.gicr[i].size;

		for (u64 at = arm64_boot.gicr[i].start; at < end; at += gicr_stride(at)) {
			if (gicr_affinity(at) == hwid)
				return at;
			if (*reg(at, GICR_TYPER) & GICR_TYPER_LAST)
				break;
		}
	}
	panic("GICv3: none of the %u regions in the device tree has a redistributor for MPIDR 0x%x", arm64_boot.nr_gicr, hwid);
}

static void gicv3_init_first(void)
{
	volatile u32 *ctlr = reg(arm64_boot.gicd, GICD_CTLR);

	gic_close_devices();
	*ctlr = 0;
	wait_clear(ctlr, GICD_CTLR_RWP, "a write of GICD_CTLR");
	*ctlr = GICD_CTLR_ARE;
	wait_clear(ctlr, GICD_CTLR_RWP, "a write of GICD_CTLR");
	*ctlr = GICD_CTLR_ARE | GICD_CTLR_GRP1;
	wait_clear(ctlr, GICD_CTLR_RWP, "a write of GICD_CTLR");
	arm64_feat_nmi = option_feat_nmi();
	if (!arm64_feat_nmi)
		arm64_mask = MASK_PMR;
}

static void gicr_init(u64 gicr)
{
	*reg(gicr, GICR_WAKER) &= ~WAKER_SLEEP;
	wait_clear(reg(gicr, GICR_WAKER), WAKER_ASLEEP, "the sleep of the redistributor");
	*reg(gicr, GICR_IGROUPR0) = ~0U;
	*reg(gicr, GICR_IGRPMODR0) = 0;
	for (unsigned sgi = 0; sgi < 8; sgi += 4)
		*reg(gicr, GICR_IPRIORITYR + sgi) = PRIO_IRQ * 0x01010101U;
	*(volatile u8 *)(gicr + GICR_IPRIORITYR + SGI_NMI) = PRIO_NMI;
	if (arm64_feat_nmi)
		*reg(gicr, GICR_INMIR0) = 1U << SGI_NMI;
	*reg(gicr, GICR_ICENABLER0) = ~0xffU;
	*reg(gicr, GICR_ISENABLER0) = 0xff;
}

static void gicv3_init_cpu(void)
{
	struct cpu *c = &cpu_area[this_cpu()];
	u64 mpidr = arm64_mpidr_of(c->hwid), aff0 = mpidr & 0xff;

	c->arch[CLUSTER] = (mpidr >> 32 & 0xff) << 48 | (aff0 >> 4) << 44 | (mpidr >> 16 & 0xff) << 32 | (mpidr >> 8 & 0xff) << 16;
	c->arch[LIST_BIT] = 1ULL << (aff0 & 15);
	insn_msr(ICC_SRE, insn_mrs(ICC_SRE) | 7); /* system registers, no bypass */
	insn_isb();
	gicr_init(find_gicr());
	insn_msr(ICC_CTLR, 0); /* EOIR drops and deactivates */
	insn_msr(ICC_BPR1, 0); /* every priority preempts lower ones */
	insn_msr(ICC_PMR, arm64_feat_nmi ? PMR_ON : PMR_OFF);
	insn_msr(ICC_IGRPEN1, 1);
	if (arm64_feat_nmi) {
		insn_msr(sctlr_el1, insn_mrs(sctlr_el1) | SCTLR_NMI);
		insn_isb();
		insn_allint_clear();
	}
	insn_isb();
	if (!arm64_feat_nmi)
		insn_daifclr(DAIFBIT_I);
}

static __always_inline void sgi_write(u64 v)
{
	insn_msr(ICC_SGI1R, v);
}

static __timed unsigned send_lists(const struct cpumask *to, u64 sgi)
{
	u64 cluster = 0, list = 0;
	unsigned n = 0, cpu;

	for_each_cpu(cpu, to) {
		const struct cpu *c = &cpu_area[cpu];

		if (list && c->arch[CLUSTER] != cluster) {
			sgi_write(cluster | list | sgi);
			n++;
			list = 0;
		}
		cluster = c->arch[CLUSTER];
		list |= c->arch[LIST_BIT];
	}
	if (list) {
		sgi_write(cluster | list | sgi);
		n++;
	}
	return n;
}

__timed unsigned gicv3_send(const struct cpumask *to, unsigned sgi)
{
	unsigned n = 1;

	insn_dsb(ishst);
	if (!arm64_is_all_but_self(to))
		n = send_lists(to, (u64)sgi << 24);
	else if (nr_cpus > 1)
		sgi_write(SGI1R_IRM | (u64)sgi << 24);
	else
		n = 0;
	insn_isb();
	return n;
}

/* --- every way, for benchmarks: DSB and ISB as above --- */

static __timed unsigned list(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned n;

	insn_dsb(ishst);
	n = send_lists(to, (u64)kind << 24);
	insn_isb();
	return n;
}

static __timed unsigned list_each(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned n = 0, cpu;

	insn_dsb(ishst);
	for_each_cpu(cpu, to) {
		sgi_write(cpu_area[cpu].arch[CLUSTER] | cpu_area[cpu].arch[LIST_BIT] | (u64)kind << 24);
		n++;
	}
	insn_isb();
	return n;
}

static __timed unsigned irm(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	insn_dsb(ishst);
	sgi_write(SGI1R_IRM | (u64)kind << 24);
	insn_isb();
	return 1;
}

static const struct ipi_form forms[] = {
	{ .name = "target-each", .send = list_each },
	{ .name = "target-list", .send = list },
	{ .name = "IRM", .dest = IPI_TO_OTHERS, .lacks = arm64_lacks_all_but_self, .send = irm },
	{ 0 },
};

static u32 ack(void)
{
	u32 id = (u32)insn_mrs(ICC_IAR1);

	return id == IAR_IS_NMI ? (u32)insn_mrs(ICC_NMIAR1) : id;
}

/* What a request is about is loaded behind DSB: the acknowledgement may not pass the interrupt that it is for. */
static void gicv3_irq(u64 acked)
{
	u32 id = acked == NOT_ACKED || acked == IAR_IS_NMI ? ack() : (u32)acked;

	if (id == IAR_SPURIOUS)
		return;
	insn_dsb(sy);
	insn_msr(ICC_EOIR1, id);
	insn_isb();
	arm64_take(id);
}

const struct arm64_ipi gicv3_ipi = {
	.name = "GICv3",
	.init_first = gicv3_init_first,
	.init_cpu = gicv3_init_cpu,
	.irq = gicv3_irq,
	.fast = arm64_vectors_gicv3,
	.forms = forms,
};
