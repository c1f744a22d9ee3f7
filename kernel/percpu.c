// SPDX-License-Identifier: GPL-2.0-only
/* Per-CPU areas, the set of online CPUs, and the report of what each CPU does. */
#include <asm_offsets.h>
#include <bootinfo.h>
#include <console.h>
#include <smp.h>

#include "kernel.h"

_Static_assert(offsetof(struct cpu, id) == CPU_ID, "CPU_ID");
_Static_assert(offsetof(struct cpu, hwid) == CPU_HWID, "CPU_HWID");
_Static_assert(offsetof(struct cpu, stack_top) == CPU_STACK_TOP, "CPU_STACK_TOP");
_Static_assert(offsetof(struct cpu, arch) == CPU_ARCH, "CPU_ARCH");
_Static_assert(offsetof(struct cpu, nmi_want) == CPU_NMI_WANT, "CPU_NMI_WANT");
_Static_assert(offsetof(struct cpu, ipi_want) == CPU_IPI_WANT, "CPU_IPI_WANT");
_Static_assert(offsetof(struct cpu, ipi_recv) == CPU_IPI_RECV, "CPU_IPI_RECV");
_Static_assert(offsetof(struct cpu, nmi_recv) == CPU_NMI_RECV, "CPU_NMI_RECV");
_Static_assert(offsetof(struct cpu, sync_recv) == CPU_SYNC_RECV, "CPU_SYNC_RECV");
_Static_assert(offsetof(struct cpu, tlb_recv) == CPU_TLB_RECV, "CPU_TLB_RECV");
_Static_assert(sizeof(struct cpu) == CPU_SIZE, "CPU_SIZE");

struct cpu cpu_area[NR_CPUS];
unsigned nr_cpus = 1;
unsigned nr_cpu_words = 1;
struct cpumask cpu_online_mask;

void cpu_area_init(unsigned cpu, u32 hwid)
{
	struct cpu *c = &cpu_area[cpu];

	c->self = c;
	c->id = cpu;
	c->hwid = hwid;
	c->rng = 0x9e3779b97f4a7c15ULL * (cpu + 1); /* never zero: an xorshift would stay there */
	c->where = "start";
}

void cpu_set_online(unsigned cpu)
{
	nr_cpus = cpu + 1;
	nr_cpu_words = cpu / 64 + 1;
	cpumask_set(&cpu_online_mask, cpu);
}

void smp_init_boot_cpu(const struct bootinfo *bi)
{
	cpu_area_init(0, bi->cpu_hwid[0]);
	cpu_area[0].online = 1;
	cpu_area[0].where = "boot";
	cpu_set_online(0);
}

void dump_cpus(void)
{
	for (unsigned i = 0; i < nr_cpus; i++) {
		const struct cpu *c = &cpu_area[i];

		kprintf("cpu %u (hw %u): %s, work %lu of %lu done, ipi %lu nmi %lu sync %lu tlb %lu%s%s\n", i, c->hwid,
			c->where, c->done, c->given, c->ipi_recv, c->nmi_recv, c->sync_recv, c->tlb_recv,
			c->call_want ? ", call not taken" : "", c->nmi_want ? ", NMI not taken" : "");
	}
}
