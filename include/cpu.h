/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the arch owes about the CPU that runs this code.
 *
 * Every function below is declared here and defined in <arch/cpu.h>: a missing or mistyped one is a compile error.
 */
#ifndef SKEET_CPU_H
#define SKEET_CPU_H

#include <types.h>

/* Local interrupts off; returns what arch_irq_restore() wants. A compiler barrier both ways. NMIs stay open. */
static inline u64 arch_irq_save(void);
static inline void arch_irq_restore(u64 flags);
static inline void arch_irq_on(void);
static inline void arch_irq_off(void);
static inline bool arch_irqs_enabled(void);

/* Spin hint. Under icount this is the point where the next CPU gets its turn. */
static inline void arch_relax(void);

/* A counter that never runs backwards on one CPU. Orders nothing by itself. Unit: arch_cycles_hz(). */
static inline u64 arch_cycles(void);

/* The same counter, fenced so that nothing timed leaks out before (start) or after (stop). */
static inline u64 arch_cycles_start(void);
static inline u64 arch_cycles_stop(void);

/*
 * Choose what the command line (already checked) says about the port. Returns NULL, or what this machine lacks and what is
 * valid.
 */
const char *arch_configure(void);

/* Logical number of this CPU, 0 .. nr_cpus-1; CPU 0 is the boot CPU. One load or less. */
static inline unsigned this_cpu(void);

/* Ticks of arch_cycles() a second, measured or architected; 0 if unknown. Valid after arch_time_init(). */
u64 arch_cycles_hz(void);
void arch_time_init(void);

/*
 * Sleep until *word is not zero or any interrupt arrives; may return early. Called with interrupts on; cannot lose a
 * wake-up, whether the waker is an IPI or an NMI (x86: the NMI handler moves an interrupted RIP back to the test).
 */
void arch_idle_until(const volatile u64 *word);

#include <arch/cpu.h>

#ifndef ARCH_NAME
#error "<arch/cpu.h> defines ARCH_NAME, a string: what ARCH= of make and \"arch\" of a result line say"
#endif

#ifndef ARCH_NMI_AT_ONCE
#error "<arch/cpu.h> defines ARCH_NMI_AT_ONCE: 1 if an NMI is taken before its sender goes on, else 0"
#endif

#endif
