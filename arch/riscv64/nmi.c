// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NMI: the local software event of the firmware's supervisor software events (SBI v3.0, SSE extension). One hart injects it into
 * another; the firmware, which is interrupted there, enters riscv_sse_entry in the interrupted S-mode code whether its interrupts are
 * open or not. One is held while one is served.
 *
 * A firmware without it leaves this port without an NMI that goes to another hart; then the request to this hart itself is a call
 * of the handler from where it is made, which nests as an interrupt there would (arch_nmi_lacks()).
 */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <percpu.h>
#include <smp.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "options.h"

#define LOCAL_SOFTWARE 0xffff0000ULL
enum { SSE_REGISTER = 2, SSE_UNREGISTER = 3, SSE_ENABLE = 4, SSE_DISABLE = 5, SSE_INJECT = 7, SSE_UNMASK = 8, SSE_MASK = 9 };

bool riscv_has_nmi;

const char *arch_nmi_lacks(void)
{
	return riscv_has_nmi ? NULL : "no NMI between harts: the firmware has no SSE extension, or nmi=call was asked for";
}

static void need(s64 error, const char *what)
{
	if (error)
		panic("cpu %u: SBI SSE: %s gives error %lld", this_cpu(), what, (long long)error);
}

/* A hart starts with all events masked (v3.0); OpenSBI 1.5, of before that, has no mask. */
static void mask(u64 fid, const char *what)
{
	s64 error = sbi_call(SBI_SSE, fid, 0, 0).error;

	if (error != SBI_NOT_SUPPORTED)
		need(error, what);
}

void riscv_nmi_init_cpu(void)
{
	if (this_cpu() == 0)
		riscv_has_nmi = option_sse();
	if (!riscv_has_nmi)
		return;
	need(insn_ecall(SBI_SSE, SSE_REGISTER, LOCAL_SOFTWARE, (u64)riscv_sse_entry, 0, 0, 0).error, "register");
	need(sbi_call(SBI_SSE, SSE_ENABLE, LOCAL_SOFTWARE, 0).error, "enable");
	mask(SSE_UNMASK, "unmask");
}

void riscv_nmi_exit_cpu(void)
{
	if (!riscv_has_nmi)
		return;
	mask(SSE_MASK, "mask");
	need(sbi_call(SBI_SSE, SSE_DISABLE, LOCAL_SOFTWARE, 0).error, "disable");
	need(sbi_call(SBI_SSE, SSE_UNREGISTER, LOCAL_SOFTWARE, 0).error, "unregister");
}

/* The firmware keeps a few for a hart that has not looked yet, OpenSBI one a kind of event; it fails while there is no room for this one. */
static __always_inline void inject(unsigned cpu)
{
	unsigned late = 0;
	s64 error;

	wait_until((error = sbi_call(SBI_SSE, SSE_INJECT, LOCAL_SOFTWARE, cpu_area[cpu].hwid).error) != SBI_FAILED,
		   wait_late("room for an SSE event", &late));
	need(error, "inject");
}

/* An event that is pending already takes the second one in. The fence: requests before the call, which orders nothing itself. */
__timed unsigned riscv_nmi_send(const struct cpumask *to)
{
	unsigned n = 0, cpu;

	insn_fence(rw, o);
	for_each_cpu(cpu, to) {
		inject(cpu);
		n++;
	}
	return n;
}

void arch_nmi_self(void)
{
	if (!riscv_has_nmi)
		nmi_handle();
	else
		nmi_send_self(riscv_nmi_send);
}

/*
 * Between the test of the idle loop and its WFI the test is made again. A handler that gives way takes back the software interrupt that
 * the interrupted riscv_yield() has raised for its own WFI: it is left as it was found, and one too many finds nothing to do.
 */
void riscv_nmi(struct trap_frame *f);
void riscv_nmi(struct trap_frame *f)
{
	u64 raised = insn_csrr(sip) & IP_SSI;

	nmi_handle();
	insn_csrs(sip, raised);
	if (f->pc > (u64)idle_test && f->pc < (u64)idle_end)
		f->pc = (u64)idle_test;
}
