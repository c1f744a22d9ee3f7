// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cycle counter, because its tick is the finest there is, and under icount is one instruction. Its rate is measured against
 * the platform's timer, whose own is in the device tree.
 */
#include <cpu.h>

#include <arch/insn.h>
#include <arch/riscv.h>

#define PART 8192 /* of a second: long against a reading, short under icount */

static u64 cycles_hz;

/* From one edge of the timer to another, so that the error is the time of a reading, not a tick. To whole MHz. */
static u64 measure(u64 hz)
{
	u64 ticks = hz / PART, edge = insn_csrr(time), c0, c1, end;

	for (end = edge + 1; insn_csrr(time) < end;)
		;
	edge = insn_csrr(time);
	c0 = arch_cycles();
	for (end = edge + ticks; insn_csrr(time) < end;)
		;
	c1 = arch_cycles();
	return ((c1 - c0) * hz / (insn_csrr(time) - edge) + 500000) / 1000000 * 1000000;
}

void arch_time_init(void)
{
	cycles_hz = measure(riscv_tree.timebase_hz);
}

u64 arch_cycles_hz(void)
{
	return cycles_hz;
}
