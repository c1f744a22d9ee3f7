/* SPDX-License-Identifier: GPL-2.0-only */
/* By what number the firmware knows a CPU. */
#ifndef SKEET_RISCV_HARTS_H
#define SKEET_RISCV_HARTS_H

#include <percpu.h>

static __always_inline u64 riscv_hart(unsigned cpu)
{
	return cpu_area[cpu].hwid;
}

#endif
