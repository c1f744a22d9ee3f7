// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells (Power ISA 3.0B, III 11): of a hypervisor to any CPU by its PIR, and in a partition to a thread of the same core by its
 * number there. A doorbell went when it was taken.
 */
#include <cpu.h>
#include <percpu.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "ipi_ways.h"

/* Type 5: a doorbell to one thread. */
#define DOORBELL (5ULL << 27)

static __always_inline void ring(unsigned cpu)
{
	insn_msgsnd(DOORBELL | cpu_area[cpu].hwid);
}

__timed unsigned doorbell_send(const struct cpumask *to)
{
	return each_target(to, ring);
}

/* The threads of a core are numbered one behind the other, and the tree begins with the first. */
static __always_inline void ring_thread(unsigned cpu)
{
	insn_msgsndp(DOORBELL | (cpu_area[cpu].hwid - ppc64_cpus.thread[0].server));
}

__timed unsigned msgsndp_send(const struct cpumask *to)
{
	return each_target(to, ring_thread);
}

static void doorbell_taken(void)
{
	insn_msgsync();
}

/* Threads of one core see each other's stores in their order. */
static void msgsndp_taken(void)
{
}

static void doorbell_init_cpu(void)
{
	insn_msgclr(DOORBELL);
}

static void msgsndp_init_cpu(void)
{
	insn_msgclrp(DOORBELL);
}

const struct ipi_way ipi_doorbell = {
	.vector = VECTOR_DOORBELL,
	.entry = short_doorbell,
	.taken = doorbell_taken,
	.init_cpu = doorbell_init_cpu,
};

const struct ipi_way ipi_msgsndp = {
	.vector = VECTOR_THREAD_DOORBELL,
	.entry = short_msgsndp,
	.taken = msgsndp_taken,
	.init_cpu = msgsndp_init_cpu,
};
