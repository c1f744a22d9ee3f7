/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tp holds the number of this CPU from the entry code on (the ABI leaves it to us: there is no thread-local data), sscratch the
 * address of its struct cpu. Interrupts are closed by sstatus.SIE; the NMI, where there is one, is an event of the firmware's
 * that SIE does not stop (arch/riscv64/nmi.c).
 */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on? */
#define ARCH_NMI_AT_ONCE 0

#include <arch/insn.h>
#include <arch/riscv.h>

#define ARCH_NAME "riscv64"

static inline bool arch_irqs_enabled(void)
{
	return insn_csrr(sstatus) & SSTATUS_SIE;
}

static inline void arch_irq_on(void)
{
	insn_csrs(sstatus, SSTATUS_SIE);
}

static inline void arch_irq_off(void)
{
	insn_csrc(sstatus, SSTATUS_SIE);
}

static inline u64 arch_irq_save(void)
{
	return insn_csrrc(sstatus, SSTATUS_SIE);
}

static inline void arch_irq_restore(u64 flags)
{
	insn_csrs(sstatus, flags & SSTATUS_SIE);
}

static inline void arch_relax(void)
{
	if (likely(riscv_relax_yields))
		riscv_yield();
	else
		insn_pause();
}

static inline u64 arch_cycles(void)
{
	return insn_csrr(cycle);
}

/* The reading is device input to FENCE: earlier accesses before it, later ones behind it. */
static inline u64 arch_cycles_start(void)
{
	u64 t;

	insn_fence(rw, i);
	t = arch_cycles();
	insn_fence(i, rw);
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
