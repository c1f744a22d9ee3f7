/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * r13 holds the number of this CPU from the entry code on (the ABI leaves it to us: there is no thread-local data), SPRG0 the address of
 * its struct cpu. Interrupts are closed by MSR.EE; the NMI is the system reset interrupt, which EE does not stop.
 */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on (a hypercall, or SCOM, that ends its turn)? */
#define ARCH_NMI_AT_ONCE 1

#include <arch/insn.h>
#include <arch/ppc64.h>

#define ARCH_NAME "ppc64"

static inline bool arch_irqs_enabled(void)
{
	return insn_mfmsr() & MSR_EE;
}

static inline void arch_irq_on(void)
{
	insn_mtmsrd_ee(MSR_EE | MSR_RI);
}

static inline void arch_irq_off(void)
{
	insn_mtmsrd_ee(MSR_RI);
}

static inline u64 arch_irq_save(void)
{
	u64 flags = insn_mfmsr();

	insn_mtmsrd_ee(MSR_RI);
	return flags;
}

static inline void arch_irq_restore(u64 flags)
{
	insn_mtmsrd_ee((flags & MSR_EE) | MSR_RI);
}

/* Translation off, interrupts closed: for caching-inhibited accesses, and as a hypervisor's handlers are. Returns the MSR before. */
static inline u64 ppc64_real_mode(void)
{
	u64 msr = insn_mfmsr();

	insn_mtmsrd(msr & ~(u64)(MSR_EE | MSR_IR | MSR_DR));
	insn_isync();
	return msr;
}

static inline void ppc64_mapped_mode(u64 msr)
{
	insn_mtmsrd(msr);
	insn_isync();
}

static inline void arch_relax(void)
{
	insn_priority_low();
	insn_priority_medium();
}

/*
 * The time base at 512 MHz under an emulator that takes 2 ns an instruction advances by 1.024 an instruction: this gives instructions,
 * one by one. Elsewhere 500 MHz.
 */
static inline u64 arch_cycles(void)
{
	return (insn_mftb() * 125 + 127) >> 7;
}

/* sync: earlier accesses are performed. isync: later instructions do not start before. */
static inline u64 arch_cycles_start(void)
{
	u64 t;

	insn_sync();
	t = arch_cycles();
	insn_isync();
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
