// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv2 (Arm IHI 0048): at most 8 CPUs, all registers in memory.
 *
 * One write of GICD_SGIR reaches any set of CPUs. The NMI is an SGI of a priority that PMR_OFF lets through.
 *
 * Order: the registers are Device memory, the request words are not: DSB ISHST between them.
 */
#include <console.h>
#include <cpu.h>
#include <percpu.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define GICD_CTLR 0x0
#define GICD_ISENABLER0 0x100
#define GICD_ICENABLER0 0x180
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_SGIR 0xf00
#define SGIR_ALL_BUT_SELF (1U << 24)
#define SGIR_SELF (2U << 24)

#define GICC_CTLR 0x0
#define GICC_PMR 0x4
#define GICC_BPR 0x8
#define GICC_IAR 0xc
#define GICC_EOIR 0x10

#define IAR_ID 0x3ffU
#define IAR_SPURIOUS 1023

/* Words of struct cpu's arch part. The fast entries know the first. */
enum { GICC, TARGET };

static volatile u32 *gicd(unsigned offset)
{
	return (volatile u32 *)(arm64_boot.gicd + offset);
}

static volatile u32 *gicc(unsigned offset)
{
	return (volatile u32 *)(arm64_boot.gicc + offset);
}

static void gicv2_init_first(void)
{
	gic_close_devices();
	*gicd(GICD_CTLR) = 1;
	arm64_gicc_pmr = gicc(GICC_PMR);
	arm64_mask = MASK_GICC;
}

/* GICD_ITARGETSR0 reads as this CPU's own bit in every byte (4.3.12). */
static void gicv2_init_cpu(void)
{
	struct cpu *c = &cpu_area[this_cpu()];

	c->arch[GICC] = arm64_boot.gicc;
	c->arch[TARGET] = *gicd(GICD_ITARGETSR) & 0xff;
	if (!c->arch[TARGET] && arm64_boot.nr_present == 1)
		c->arch[TARGET] = 1; /* a GIC of one CPU has no targets */
	for (unsigned sgi = 0; sgi < 8; sgi += 4)
		*gicd(GICD_IPRIORITYR + sgi) = PRIO_IRQ * 0x01010101U;
	*(volatile u8 *)gicd(GICD_IPRIORITYR + SGI_NMI) = PRIO_NMI;
	*gicd(GICD_ICENABLER0) = ~0xffU;
	*gicd(GICD_ISENABLER0) = 0xff;
	*gicc(GICC_BPR) = 0;
	*gicc(GICC_PMR) = PMR_OFF;
	*gicc(GICC_CTLR) = 1;
	insn_dsb(sy);
	insn_isb();
	insn_daifclr(DAIFBIT_I);
}

__timed unsigned gicv2_send(const struct cpumask *to, unsigned sgi)
{
	u32 targets = 0;
	unsigned cpu;

	insn_dsb(ishst);
	for_each_cpu(cpu, to)
		targets |= (u32)cpu_area[cpu].arch[TARGET];
	if (!targets)
		return 0;
	*gicd(GICD_SGIR) = arm64_is_all_but_self(to) ? SGIR_ALL_BUT_SELF | sgi : targets << 16 | sgi;
	return 1;
}

/* --- every way, for benchmarks --- */

static __always_inline void sgir_write(u32 v)
{
	insn_dsb(ishst);
	*gicd(GICD_SGIR) = v;
}

static __timed unsigned list(const struct cpumask *to, enum ipi_kind kind)
{
	u32 targets = 0;
	unsigned cpu;

	for_each_cpu(cpu, to)
		targets |= (u32)cpu_area[cpu].arch[TARGET];
	sgir_write(targets << 16 | kind);
	return 1;
}

static __timed unsigned list_each(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned n = 0, cpu;

	for_each_cpu(cpu, to) {
		sgir_write((u32)cpu_area[cpu].arch[TARGET] << 16 | kind);
		n++;
	}
	return n;
}

static __timed unsigned all_but_self(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	sgir_write(SGIR_ALL_BUT_SELF | kind);
	return 1;
}

static __timed unsigned self(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	sgir_write(SGIR_SELF | kind);
	return 1;
}

static const struct ipi_form forms[] = {
	{ .name = "target-each", .send = list_each },
	{ .name = "target-list", .send = list },
	{ .name = "all-but-self", .dest = IPI_TO_OTHERS, .lacks = arm64_lacks_all_but_self, .send = all_but_self },
	{ .name = "self", .dest = IPI_TO_SELF, .send = self },
	{ 0 },
};

static void gicv2_irq(u64 acked)
{
	u32 iar = acked == NOT_ACKED ? *gicc(GICC_IAR) : (u32)acked;

	if ((iar & IAR_ID) == IAR_SPURIOUS)
		return;
	insn_dsb(sy);
	*gicc(GICC_EOIR) = iar; /* with the number of the CPU that sent it */
	arm64_take(iar & IAR_ID);
}

const struct arm64_ipi gicv2_ipi = {
	.name = "GICv2",
	.init_first = gicv2_init_first,
	.init_cpu = gicv2_init_cpu,
	.irq = gicv2_irq,
	.fast = arm64_vectors_gicv2,
	.forms = forms,
};
