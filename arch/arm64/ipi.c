// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the interrupt controllers of arm64 have in common: SGIs as kinds of IPI, and the NMI.
 *
 * An ordinary interrupt is entered with PSTATE.I set. Once it is acknowledged, its handler closes interrupts by the mask that
 * leaves the NMI open (arm64_mask) and clears PSTATE.I, so that an NMI can interrupt an interrupt handler as it can a thread.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <oracle.h>
#include <percpu.h>
#include <smp.h>
#include <tlb.h>

#include <arch/arm64.h>
#include <arch/insn.h>

_Static_assert(IPI_SYNC == SGI_SYNC && IPI_TLB == SGI_TLB && NR_IPI_KINDS <= SGI_NMI, "SGI numbers");

#define GICD_TYPER 0x4
#define GICD_ICENABLER 0x180

u32 arm64_mask;
volatile u32 *arm64_gicc_pmr;
u64 arm64_feat_nmi;

/* The registers of either GIC. ITLinesNumber: 32 interrupts each (GICv2 4.3.2, GICv3 12.9.38). */
void gic_close_devices(void)
{
	unsigned lines = *(volatile u32 *)(arm64_boot.gicd + GICD_TYPER) & 31;

	for (unsigned i = 1; i <= lines; i++)
		*(volatile u32 *)(arm64_boot.gicd + GICD_ICENABLER + 4 * i) = ~0U;
}

/* Interrupts are closed by PSTATE.I: close them by what leaves the NMI open instead, and back. */
static u64 open_for_nmi(void)
{
	u64 pmr = 0;

	if (arm64_mask != MASK_DAIF) {
		pmr = arm64_pmr_read();
		arm64_pmr_write(PMR_OFF);
		insn_daifclr(DAIFBIT_I);
	} else if (arm64_feat_nmi) {
		insn_allint_clear();
	} else {
		insn_daifclr(DAIFBIT_F);
	}
	return pmr;
}

/* From here on nothing may come: between the entry code's writes of ELR_EL1 and SPSR_EL1 and its ERET it would change them. */
static void close_again(u64 pmr)
{
	if (arm64_mask != MASK_DAIF) {
		insn_daifset(DAIFBIT_I);
		arm64_pmr_write(pmr);
	} else if (arm64_feat_nmi) {
		insn_allint_set();
	} else {
		insn_daifset(DAIFBIT_F);
	}
}

void arm64_take(unsigned sgi)
{
	u64 pmr;

	if (sgi == SGI_NMI) {
		nmi_handle();
		return;
	}
	if (sgi >= NR_IPI_KINDS)
		panic("interrupt %u came, and nobody asked for it", sgi);
	pmr = open_for_nmi();
	ipi_handle((enum ipi_kind)sgi);
	close_again(pmr);
}

/* Entered by the vectors. */
void arm64_irq(u64 acked);
void arm64_fiq(void);

void arm64_irq(u64 acked)
{
	arm64_boot.ipi->irq(acked & NOT_ACKED);
}

void arm64_fiq(void)
{
	if (!arm64_boot.ipi->fiq)
		panic("an FIQ came, and %s sends none", arm64_boot.ipi->name);
	arm64_boot.ipi->fiq();
}

__timed bool arm64_is_all_but_self(const struct cpumask *to)
{
	/* An NMI to this CPU itself comes this way too, and of two CPUs it is all but one. */
	return nr_cpus == arm64_boot.nr_present && cpumask_is_all_but_one(to) && !cpumask_test(to, this_cpu());
}

const char *arm64_lacks_all_but_self(void)
{
	return nr_cpus == arm64_boot.nr_present ? NULL : "some CPU was left out, and it would be interrupted";
}

const struct ipi_form *arch_ipi_forms(void)
{
	return arm64_boot.ipi->forms;
}

/* Direct calls: what the initiator executes for a target is part of every result, and its branches should be as plain. */
static __timed unsigned send(const struct cpumask *to, unsigned sgi)
{
	if (likely(arm64_boot.ipi == &gicv3_ipi))
		return gicv3_send(to, sgi);
	return arm64_boot.ipi == &gicv2_ipi ? gicv2_send(to, sgi) : bcm2836_send(to, sgi);
}

__timed unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	return send(to, kind);
}

const char *arch_nmi_lacks(void)
{
	return NULL;
}

__timed unsigned arch_nmi_send(const struct cpumask *to)
{
	return send(to, SGI_NMI);
}

void arch_nmi_self(void)
{
	nmi_send_self(arch_nmi_send);
}

void arch_ipi_init_cpu(void)
{
	if (this_cpu() == 0)
		arm64_boot.ipi->init_first();
	arm64_boot.ipi->init_cpu();
	if (!oracle_build && arm64_boot.ipi->fast) { /* in the oracle image every interrupt takes the C path, where the hooks are */
		insn_msr(vbar_el1, arm64_boot.ipi->fast);
		insn_isb();
	}
}
