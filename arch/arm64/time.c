// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cycle counter of the performance monitors (Arm ARM, D13.11), because its tick is the finest there is, and under icount is
 * one instruction on every CPU model. Its rate is measured against the generic timer, which says its own.
 */
#include <cpu.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define PMCR_ON 0x47 /* 64-bit cycle counter, both kinds reset, enabled */
#define CYCLES (1ULL << 31)
#define FILTER_EL2 (1ULL << 27)
#define PART 8192 /* of a second: long against a reading, short under icount */

static u64 cycles_hz;

/* On each CPU; ID_AA64DFR0_EL1.PMUVer 0 and 15: no such monitors, which arch_configure() reports. */
void arm64_counter_on(void)
{
	unsigned version = insn_mrs(id_aa64dfr0_el1) >> 8 & 15;

	if (version == 0 || version == 15)
		return;
	insn_msr(pmccfiltr_el0, FILTER_EL2);
	insn_msr(pmcntenset_el0, CYCLES);
	insn_msr(pmcr_el0, PMCR_ON);
	insn_isb();
}

static u64 timer(void)
{
	insn_isb();
	return insn_mrs(cntvct_el0);
}

/* From one edge of the timer to another, so that the error is the time of a reading, not a tick. To whole MHz. */
static u64 measure(u64 hz)
{
	u64 ticks = hz / PART, edge = timer(), c0, c1, end;

	for (end = edge + 1; timer() < end;)
		;
	edge = timer();
	c0 = arch_cycles();
	for (end = edge + ticks; timer() < end;)
		;
	c1 = arch_cycles();
	return ((c1 - c0) * hz / (timer() - edge) + 500000) / 1000000 * 1000000;
}

void arch_time_init(void)
{
	u64 hz = insn_mrs(cntfrq_el0);

	cycles_hz = hz ? measure(hz) : 0;
}

u64 arch_cycles_hz(void)
{
	return cycles_hz;
}
