/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TPIDRRO_EL0 holds the number of this CPU from the entry code on, TPIDR_EL1 the address of its struct cpu.
 *
 * Interrupts are closed by what leaves the NMI open (arm64_mask): PSTATE.I where the NMI is an FIQ or FEAT_NMI's, else the
 * priority mask of the interrupt controller with PSTATE.I clear. While an exception is being entered PSTATE.I is set besides.
 */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on? */
#define ARCH_NMI_AT_ONCE 0

#include <arch/arm64.h>
#include <arch/insn.h>

#define ARCH_NAME "arm64"

static inline u64 arm64_pmr_read(void)
{
	return arm64_mask == MASK_PMR ? insn_mrs(s3_0_c4_c6_0) : *arm64_gicc_pmr;
}

/* A write of ICC_PMR_EL1 takes effect at once (GICv3, 11.1.8); one of GICC_PMR when it has reached the controller. */
static inline void arm64_pmr_write(u64 v)
{
	if (likely(arm64_mask == MASK_PMR)) {
		insn_msr(s3_0_c4_c6_0, v);
		return;
	}
	*arm64_gicc_pmr = (u32)v;
	(void)*arm64_gicc_pmr;
	insn_dsb(sy);
}

static inline bool arch_irqs_enabled(void)
{
	return !(insn_read_daif() & DAIF_I) && (arm64_mask == MASK_DAIF || arm64_pmr_read() == PMR_ON);
}

static inline void arch_irq_on(void)
{
	if (arm64_mask != MASK_DAIF)
		arm64_pmr_write(PMR_ON);
	insn_daifclr(DAIFBIT_I);
}

static inline void arch_irq_off(void)
{
	if (arm64_mask != MASK_DAIF)
		arm64_pmr_write(PMR_OFF);
	else
		insn_daifset(DAIFBIT_I);
}

static inline u64 arch_irq_save(void)
{
	u64 flags;

	if (arm64_mask != MASK_DAIF) {
		flags = arm64_pmr_read();
		arm64_pmr_write(PMR_OFF);
	} else {
		flags = insn_read_daif();
		insn_daifset(DAIFBIT_I);
	}
	return flags;
}

static inline void arch_irq_restore(u64 flags)
{
	if (arm64_mask != MASK_DAIF)
		arm64_pmr_write(flags);
	else
		insn_write_daif(flags);
}

static inline void arch_relax(void)
{
	insn_yield();
}

/* The cycle counter (D13.11.1): under icount one tick is one instruction on every CPU model. */
static inline u64 arch_cycles(void)
{
	return insn_mrs(pmccntr_el0);
}

/* ISB before: earlier work is not counted. ISB after: later work does not start before the reading. */
static inline u64 arch_cycles_start(void)
{
	u64 t;

	insn_isb();
	t = arch_cycles();
	insn_isb();
	return t;
}

static inline u64 arch_cycles_stop(void)
{
	return arch_cycles_start();
}

static inline unsigned this_cpu(void)
{
	return (unsigned)insn_cpu_number();
}

#endif
