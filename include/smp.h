/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting CPUs and giving them work in thread context. CPUs without work are halted. */
#ifndef SKEET_SMP_H
#define SKEET_SMP_H

#include <cpumask.h>
#include <oracle.h>
#include <percpu.h>

struct bootinfo;

/* The boot CPU's area and masks: first thing in kmain(), before arch_trap_init_cpu(0). */
void smp_init_boot_cpu(const struct bootinfo *bi);
/*
 * Start every CPU that boot found (at most @max; 0: all). Sets nr_cpus. A CPU that does not come up is reported and left
 * out: logical numbers stay without gaps.
 */
void smp_init(const struct bootinfo *bi, unsigned max);
/*
 * arch: this CPU is @cpu: make this_cpu() work, load the trap tables, allow NMIs. Interrupts stay off. Once on every CPU,
 * before anything else in C there needs this_cpu(): kmain() calls it for CPU 0, smp_secondary_main() for the others.
 */
void arch_trap_init_cpu(unsigned cpu);
/* Entered by a started CPU on its stack (cpu_area[cpu].stack_top), with boot's map, interrupts off; never returns. */
void __noreturn smp_secondary_main(unsigned cpu);
/* arch: start CPU @cpu (its cpu_area is set up). Returns 0, or -1 if the hardware refused. */
int arch_cpu_start(unsigned cpu);

/* Hand @fn(@arg) to @cpu (idle, not the caller) and return at once; smp_join() waits for it with a deadline. */
void smp_run(unsigned cpu, void (*fn)(void *arg), void *arg);
void smp_join(unsigned cpu, const char *what);

/*
 * A wait with a budget of turns. The loop costs one decrement and branch a turn; the report comes only when the budget
 * runs out.
 */
/* What a wait reports with: the first time every CPU's state, then panic. @late counts, from 0. */
void wait_late(const char *what, unsigned *late);
#define WAIT_TURNS (1ULL << 24)
#define wait_until(cond, report)                                                                   \
	do {                                                                                       \
		u64 turns_ = WAIT_TURNS;                                                           \
		while (!(cond)) {                                                                  \
			oracle_drain(); /* a waiter's stores become visible while it waits */      \
			arch_relax();                                                              \
			if (unlikely(--turns_ == 0)) {                                             \
				report;                                                            \
				turns_ = WAIT_TURNS;                                               \
			}                                                                          \
		}                                                                                  \
	} while (0)

struct spinlock {
	volatile u32 locked;
};
/* Context: any; does not touch the interrupt state. Drains the modelled store buffer on unlock. */
void spin_lock(struct spinlock *l);
void spin_unlock(struct spinlock *l);

/* A sense-reversing barrier for @n CPUs. */
struct cpu_barrier {
	volatile u64 arrived;
	volatile u64 sense;
	u64 n;
};
void barrier_wait(struct cpu_barrier *b);

#endif
