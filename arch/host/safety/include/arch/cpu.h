/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU is a fibre; one runs at a time, and it gives way only in arch_relax() and arch_idle_until(): a seed replays. */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on? */
#define ARCH_NMI_AT_ONCE 0
#define ARCH_NAME "host"

extern unsigned fibre_cpu; /* the CPU that runs */
bool fibre_irqs(void);
void fibre_set_irqs(bool on); /* on: what is pending is taken now */
void fibre_relax(void);
u64 fibre_clock(void);        /* counts its calls: no time passes here */

static inline bool arch_irqs_enabled(void)
{
	return fibre_irqs();
}

static inline void arch_irq_on(void)
{
	fibre_set_irqs(true);
}

static inline void arch_irq_off(void)
{
	fibre_set_irqs(false);
}

static inline u64 arch_irq_save(void)
{
	bool on = fibre_irqs();

	fibre_set_irqs(false);
	return on;
}

static inline void arch_irq_restore(u64 flags)
{
	fibre_set_irqs(flags);
}

static inline void arch_relax(void)
{
	fibre_relax();
}

static inline u64 arch_cycles(void)
{
	return fibre_clock();
}

static inline u64 arch_cycles_start(void)
{
	return fibre_clock();
}

static inline u64 arch_cycles_stop(void)
{
	return fibre_clock();
}

static inline unsigned this_cpu(void)
{
	return fibre_cpu;
}

#endif
