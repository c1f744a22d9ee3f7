// SPDX-License-Identifier: GPL-2.0-only
/*
 * A partition: what it asks its hypervisor for (PAPR).
 *
 * Interrupts between CPUs are in ipi_*.c. The NMI comes by H_SIGNAL_SYS_RESET. CPUs are started by RTAS, which hands over one word
 * of 32 bits: the CPU's number.
 */
#include <console.h>
#include <cpu.h>
#include <percpu.h>
#include <pte.h>

#include <arch/hash.h>
#include <arch/ppc64.h>

/* H_REGISTER_PROC_TBL: a new table, for radix; and the partition may use tlbie itself, where that is offered. */
#define PROC_TABLE_RADIX 0x1c
#define PROC_TABLE_GTSE 0x1

static const char *configure(void)
{
	if (!ppc64_papr.start_cpu)
		return "device tree: /rtas has no start-cpu";
	if (!ppc64_papr.has_radix && !ppc64_hash.on)
		return "this hypervisor offers no radix translation (ibm,arch-vec-5-platform-support); valid is one that does, on POWER9 or later, or mmu=hash";
	return NULL;
}

/* H_SET_MODE: interrupts are taken in the image's byte order (resource 4), and with translation on (resource 3). Of the whole partition. */
static void trap_init_cpu(bool first)
{
	if (first && (ppc64_hcall(H_SET_MODE, MSR_ORDER == MSR_LE, 4, 0, 0, NULL) || ppc64_hcall(H_SET_MODE, 3, 3, 0, 0, NULL)))
		panic("H_SET_MODE: this hypervisor takes no interrupts in this image's byte order, or none with translation on; valid is one of POWER9 or later");
}

static void set_process_table(u64 pa, unsigned shift, u64 kernel_entry)
{
	u64 mode = PROC_TABLE_RADIX | (ppc64_papr.has_gtse ? PROC_TABLE_GTSE : 0);
	s64 error = ppc64_hcall(H_REGISTER_PROC_TBL, mode, pa, 0, shift - 12, NULL);

	(void)kernel_entry;
	if (error)
		panic("H_REGISTER_PROC_TBL: error %lld: this hypervisor has no radix translation", (long long)error);
}

static void mmu_init_cpu(void)
{
}

static int cpu_start(unsigned cpu)
{
	const u32 args[3] = { cpu_area[cpu].hwid, (u32)arch_virt_to_phys(boot_secondary), cpu };

	insn_sync(); /* what the CPU reads before it is in C was stored before */
	return ppc64_rtas(ppc64_papr.start_cpu, 3, args) ? -1 : 0;
}

__timed void papr_nmi_send(unsigned cpu)
{
	s64 error = ppc64_hcall(H_SIGNAL_SYS_RESET, cpu_area[cpu].hwid, 0, 0, 0, NULL);

	if (unlikely(error))
		panic("H_SIGNAL_SYS_RESET of CPU %u: error %lld", cpu, (long long)error);
}

const struct ppc64_platform papr_platform = {
	.name = "papr",
	.configure = configure,
	.trap_init_cpu = trap_init_cpu,
	.set_process_table = set_process_table,
	.mmu_init_cpu = mmu_init_cpu,
	.cpu_start = cpu_start,
	.idle_until = papr_idle_until,
};
