/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU's own count of the instructions that it completes: what a window took on the CPU that waits, apart from the time that it took. One
 * in arch/<isa>/pmu.c. Under QEMU's icount only ppc64's is a CPU's own; the others count what all CPUs run.
 */
#ifndef SKEET_PMU_H
#define SKEET_PMU_H

#include <types.h>

/* This CPU's counter on. Returns NULL, or why there is none. Thread context. */
const char *arch_pmu_on(void);
/* Where it stands, in 32 bits at least. On the CPU that switched it on. */
u64 arch_pmu_insns(void);

/* How far it has come since it stood at @before, at most 2^32 - 1 instructions ago. */
static inline u32 pmu_since(u64 before)
{
	return (u32)(arch_pmu_insns() - before);
}

#endif
