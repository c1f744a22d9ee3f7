// SPDX-License-Identifier: GPL-2.0-only
/* Harts are started by the firmware (SBI, HSM extension), which hands over one word: the address of the CPU's area. */
#include <smp.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

int arch_cpu_start(unsigned cpu)
{
	/*
	 * What the hart reads before it is in C was stored before, be it started by a word in memory or by a device: the call orders
	 * nothing.
	 */
	insn_fence(w, ow);
	return sbi_hart_start(cpu_area[cpu].hwid, (u64)boot_secondary, (u64)&cpu_area[cpu]) ? -1 : 0;
}
