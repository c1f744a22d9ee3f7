/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU is a thread pinned to a CPU of the machine; its interrupts are signals, held while a flag of the thread is clear. */
#ifndef SKEET_ARCH_CPU_H
#define SKEET_ARCH_CPU_H

/* Is an NMI that a CPU sends taken before that CPU goes on? */
#define ARCH_NMI_AT_ONCE 0

#include <arch/insn.h>
#include <barrier.h>

#define ARCH_NAME "host"

struct thread_cpu {
	unsigned id;
	volatile bool irqs;       /* interrupts on; written by its own thread and its handlers only */
	volatile u64 pending;     /* a bit per enum ipi_kind: sent, not taken */
};
extern __thread struct thread_cpu *thread_self;

void thread_take_pending(void);

static inline bool arch_irqs_enabled(void)
{
	return thread_self->irqs;
}

static inline void arch_irq_off(void)
{
	thread_self->irqs = false;
	barrier();
}

/* A signal that comes between the two lines finds interrupts on and takes what is pending itself. */
static inline void arch_irq_on(void)
{
	barrier();
	thread_self->irqs = true;
	if (__builtin_expect(thread_self->pending != 0, 0))
		thread_take_pending();
}

static inline u64 arch_irq_save(void)
{
	u64 on = thread_self->irqs;

	arch_irq_off();
	return on;
}

static inline void arch_irq_restore(u64 flags)
{
	if (flags)
		arch_irq_on();
	else
		arch_irq_off();
}

static inline void arch_relax(void)
{
	insn_pause();
}

static inline u64 arch_cycles(void)
{
	return insn_clock();
}

/* Settled on both sides: nothing timed leaks out, nothing later leaks in. */
static inline u64 arch_cycles_start(void)
{
	u64 t;

	insn_settle();
	t = insn_clock();
	insn_settle();
	return t;
}

static inline u64 arch_cycles_stop(void)
{
	return arch_cycles_start();
}

static inline unsigned this_cpu(void)
{
	return thread_self->id;
}

#endif
