// SPDX-License-Identifier: GPL-2.0-only
/*
 * INIT and start-up IPI (SDM Vol. 3, 9.4.4), one CPU at a time: the mailbox holds the number of the CPU that is being
 * started, and the CPU takes it as its first act, so the next start need not wait for the rest of this one's way.
 */
#include <cpu.h>
#include <smp.h>

#include <arch/insn.h>
#include <arch/x86.h>

#define TAKE_TURNS (1U << 22)
#define POST_PORT 0x80 /* a write takes about 1 us on real machines */

extern const char x86_tramp_start[], x86_tramp_end[];
extern volatile u32 x86_ap_mailbox;
volatile u32 x86_ap_mailbox;

/* Once: emulators translate anew what was written to. */
static void copy_trampoline(void)
{
	static bool copied;
	char *to = (char *)x86_trampoline_pa;

	if (copied)
		return;
	copied = true;
	for (size_t i = 0; i < (size_t)(x86_tramp_end - x86_tramp_start); i++)
		to[i] = x86_tramp_start[i];
}

static bool taken(void)
{
	for (unsigned turns = TAKE_TURNS; turns; turns--) {
		if (!x86_ap_mailbox)
			return true;
		insn_pause();
	}
	return false;
}

/* Emulators and hypervisors (CPUID.1:ECX[31]) need no time between INIT and start-up; under icount it would be costly. */
static void delay_us(unsigned us)
{
	u32 r[4];

	insn_cpuid(1, 0, r);
	if (r[2] >> 31)
		return;
	while (us--)
		insn_outb(POST_PORT, 0);
}

int arch_cpu_start(unsigned cpu)
{
	u32 hwid = cpu_area[cpu].hwid;
	unsigned page = (unsigned)(x86_trampoline_pa >> 12);

	if (!page || !x86_can_address(hwid))
		return -1;
	copy_trampoline();
	x86_ap_mailbox = cpu;
	x86_send_init(hwid);
	delay_us(10000);
	x86_send_startup(hwid, page);
	if (taken())
		return 0;
	delay_us(200);
	x86_send_startup(hwid, page);
	/* Not taken in time, it may still come and take its number then: the caller waits, and gives the number to nobody else. */
	taken();
	return 0;
}
