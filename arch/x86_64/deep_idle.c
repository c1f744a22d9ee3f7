// SPDX-License-Identifier: GPL-2.0-only
/*
 * MWAIT with the deepest state that CPUID leaf 5 enumerates (SDM Volume 3, 10.10; Volume 2, MWAIT): bits 7:4 of the hint are the C-state less
 * one, bits 3:0 its sub-state. ECX bit 0 lets an interrupt end it though RFLAGS.IF is clear. The monitored line is nobody's.
 */
#include <console.h>
#include <deep_idle.h>

#define CPUID_MONITOR_BIT 3
#define CPUID_MWAIT 5
#define MWAIT_ENUMERATED 1U
#define MWAIT_BREAKS_CLOSED 2U
#define MWAIT_BREAK 1

static u32 hint;
static u64 line __cacheline;

static bool mwait(void)
{
	insn_monitor(&line);
	insn_mwait(hint, MWAIT_BREAK);
	return true;
}

/* Of EDX, whose nibble n is the number of sub-states of C-state n; C0 and C1 are no deeper than HLT. False: none is. */
static bool deepest(u32 states)
{
	for (unsigned c = 7; c > 1; c--) {
		u32 subs = states >> 4 * c & 0xf;

		if (!subs)
			continue;
		hint = (c - 1) << 4 | (subs - 1);
		return true;
	}
	return false;
}

static bool sleep_unless(const volatile u64 *word)
{
	return deep_idle_closed(mwait, word);
}

const struct deep_idle *arch_deep_idle(const char **why)
{
	static struct deep_idle d = { .sleep_unless = sleep_unless };
	u32 r[4];

	insn_cpuid(1, 0, r);
	*why = "this CPU has no MWAIT";
	if (!(r[2] >> CPUID_MONITOR_BIT & 1))
		return NULL;
	insn_cpuid(CPUID_MWAIT, 0, r);
	*why = "CPUID leaf 5 enumerates no state below C1 that an interrupt ends while closed";
	if (!(r[2] & MWAIT_ENUMERATED) || !(r[2] & MWAIT_BREAKS_CLOSED) || !deepest(r[3]))
		return NULL;
	ksnprintf(d.name, sizeof(d.name), "mwait 0x%x", hint);
	return &d;
}
