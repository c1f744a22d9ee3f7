/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting CPUs and giving them work in thread context. CPUs without work are halted. */
#ifndef SKEET_SMP_H
#define SKEET_SMP_H

#include <cpumask.h>
#include <percpu.h>

/* Start every CPU that boot found (at most @max; 0: all). Sets nr_cpus. A CPU that does not come up is reported and left out. */
void smp_init(unsigned max);
/* Entered by a started CPU once it has a stack and translates; never returns. */
void __noreturn smp_secondary_main(unsigned cpu);
/* arch: start CPU @cpu (its cpu_area is set up). Returns 0, or -1 if the hardware refused. */
int arch_cpu_start(unsigned cpu);
/* arch: number of CPUs present and the hardware ID of the @i-th (0 is the boot CPU). From bootinfo. */

/* Hand @fn(@arg) to @cpu (idle, not the caller) and return at once; smp_join() waits for it with a deadline. */
void smp_run(unsigned cpu, void (*fn)(void *arg), void *arg);
void smp_join(unsigned cpu, const char *what);

/*
 * A wait with a budget of turns. The loop costs one decrement and branch a turn; the clock and the report come only when
 * the budget runs out.
 */
#define WAIT_TURNS (1ULL << 26)
#define wait_until(cond, report)                                                                   \
	do {                                                                                       \
		u64 turns_ = WAIT_TURNS;                                                           \
		while (!(cond)) {                                                                  \
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
