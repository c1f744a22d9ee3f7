// SPDX-License-Identifier: GPL-2.0-only
/*
 * panic(): say why, show every CPU, power off with status 2. A trap has printed its registers before it calls. Works in
 * any context and does not return from a second panic: what was printed stays the last word.
 */
#include <bootinfo.h>
#include <console.h>
#include <cpu.h>
#include <smp.h>

#include "kernel.h"

static u32 panic_owner; /* 1 + number of the CPU that panics */

/* The first CPU goes on. Another waits to be stopped; the same one again has failed inside its report. */
static void panic_enter(void)
{
	u32 me = nr_cpus > 1 ? this_cpu() + 1 : 1, owner = 0;

	if (__atomic_compare_exchange_n(&panic_owner, &owner, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	if (owner == me) {
		kprintf("panic inside a panic\n@end status=2\n");
		board_poweroff(2);
	}
	for (;;)
		arch_relax();
}

void __noreturn panic(const char *fmt, ...)
{
	va_list ap;

	panic_enter();
	arch_irq_off();
	console_alone = true;
	kprintf("PANIC cpu %u: ", nr_cpus > 1 ? this_cpu() : 0);
	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
	kprintf("\n");
	arch_backtrace((u64)__builtin_frame_address(0));
	dump_cpus();
	nmi_report_and_stop_others();
	kprintf("@end status=2\n");
	board_poweroff(2);
}
