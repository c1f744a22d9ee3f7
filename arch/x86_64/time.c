// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast the TSC counts: CPUID leaves 15h and 16h where the CPU has them (SDM Vol. 3, 19.7.3), else against the PIT, else
 * unknown. Channel 0 of the PIT is read, not channel 2, because microvm has no port 61h to gate the latter.
 */
#include <cpu.h>

#include <arch/insn.h>

#define PIT_HZ 1193182ULL
#define PIT_CH0 0x40
#define PIT_CMD 0x43
#define PIT_RATE 0x34 /* channel 0, low then high byte, mode 2 */
#define PIT_LATCH 0x00
#define PIT_TICKS 1200 /* about 1 ms: a million instructions under icount */
#define PIT_READS 100000

static u64 tsc_hz;

static u64 hz_from_cpuid(void)
{
	u32 max, r[4];

	insn_cpuid(0, 0, r);
	max = r[0];
	if (max < 0x15)
		return 0;
	insn_cpuid(0x15, 0, r);
	if (r[0] && r[1] && r[2])
		return (u64)r[2] * r[1] / r[0];
	if (max < 0x16)
		return 0;
	insn_cpuid(0x16, 0, r);
	return (r[0] & 0xffff) * 1000000ULL;
}

static unsigned pit_read(void)
{
	unsigned lo;

	insn_outb(PIT_CMD, PIT_LATCH);
	lo = insn_inb(PIT_CH0);
	return lo | (unsigned)insn_inb(PIT_CH0) << 8;
}

/* Wait until the count has gone down by at least *@ticks from @from; the TSC just then (0: never), *@ticks as it was. */
static u64 pit_wait(unsigned from, unsigned *ticks)
{
	for (unsigned n = PIT_READS; n; n--) {
		unsigned gone = (from - pit_read()) & 0xffff;

		if (gone >= *ticks) {
			*ticks = gone;
			return arch_cycles_stop();
		}
	}
	return 0;
}

/* From one edge of the count to another, so that the error is the time of a read, not a tick. To whole MHz. */
static u64 hz_from_pit(void)
{
	unsigned first, edge = 1, ticks = PIT_TICKS;
	u64 t0, t1;

	insn_outb(PIT_CMD, PIT_RATE);
	insn_outb(PIT_CH0, 0);
	insn_outb(PIT_CH0, 0);
	first = pit_read();
	t0 = pit_wait(first, &edge);
	if (!t0)
		return 0;
	t1 = pit_wait(first - edge, &ticks);
	if (!t1)
		return 0;
	return ((t1 - t0) * PIT_HZ / ticks + 500000) / 1000000 * 1000000;
}

void arch_time_init(void)
{
	tsc_hz = hz_from_cpuid();
	if (!tsc_hz)
		tsc_hz = hz_from_pit();
}

u64 arch_cycles_hz(void)
{
	return tsc_hz;
}
