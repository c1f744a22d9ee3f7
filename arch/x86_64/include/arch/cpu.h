/* SPDX-License-Identifier: GPL-2.0-only */
/* GS base points to this CPU's struct cpu from the first C code on. */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on? */
#define ARCH_NMI_AT_ONCE 0

#include <arch/insn.h>
#include <arch/x86.h>

#define ARCH_NAME "x86_64"
#define X86_RFLAGS_IF 0x200ULL

static inline bool arch_irqs_enabled(void)
{
	return __builtin_ia32_readeflags_u64() & X86_RFLAGS_IF;
}

static inline void arch_irq_on(void)
{
	insn_sti();
}

static inline void arch_irq_off(void)
{
	insn_cli();
}

static inline u64 arch_irq_save(void)
{
	u64 flags = __builtin_ia32_readeflags_u64();

	insn_cli();
	return flags;
}

static inline void arch_irq_restore(u64 flags)
{
	if (flags & X86_RFLAGS_IF)
		insn_sti();
	else
		insn_cli();
}

static inline void arch_relax(void)
{
	insn_pause();
}

static inline u64 arch_cycles(void)
{
	return insn_rdtsc();
}

/* LFENCE before: earlier work is not counted. LFENCE after: later work does not start before the reading. */
static inline u64 arch_cycles_start(void)
{
	u64 t;

	insn_lfence();
	t = insn_rdtsc();
	insn_lfence();
	return t;
}

static inline u64 arch_cycles_stop(void)
{
	return arch_cycles_start();
}

static inline unsigned this_cpu(void)
{
	return insn_gs_u32(CPU_ID);
}

#endif
