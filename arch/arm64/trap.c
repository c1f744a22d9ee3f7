// SPDX-License-Identifier: GPL-2.0-only
/* Exceptions and interrupts, behind the entry code of trap_entry.S, and what an exception says before the kernel stops. */
#include <console.h>
#include <fault.h>
#include <ipi.h>
#include <percpu.h>
#include <smp.h>

#include <arch/arm64.h>
#include <arch/insn.h>

_Static_assert(offsetof(struct trap_frame, sp) == FRAME_SP, "FRAME_SP");
_Static_assert(offsetof(struct trap_frame, pc) == FRAME_PC, "FRAME_PC");
_Static_assert(offsetof(struct trap_frame, pstate) == FRAME_PSTATE, "FRAME_PSTATE");
_Static_assert(offsetof(struct trap_frame, record) == FRAME_RECORD, "FRAME_RECORD");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "FRAME_SIZE");

/* Exception classes of ESR_EL1 (D17.2.37). */
#define EC_UNKNOWN 0x00
#define EC_FETCH_ABORT 0x21
#define EC_DATA_ABORT 0x25

extern const char probe_load[], probe_fault[], semihost_hlt[], semihost_fault[];

static const char *const vector_names[16] = {
	"synchronous, SP_EL0", "IRQ, SP_EL0", "FIQ, SP_EL0", "SError, SP_EL0",
	"synchronous", "IRQ", "FIQ", "SError",
	"synchronous, lower EL", "IRQ, lower EL", "FIQ, lower EL", "SError, lower EL",
	"synchronous, AArch32", "IRQ, AArch32", "FIQ, AArch32", "SError, AArch32",
};

void arch_trap_init_cpu(unsigned cpu)
{
	insn_msr(tpidr_el1, &cpu_area[cpu]);
	insn_msr(tpidrro_el0, cpu);
	insn_msr(vbar_el1, arm64_vectors);
	insn_msr(cpacr_el1, 3 << 20); /* floating point, for newlib in thread context */
	insn_isb();
	arm64_counter_on();
	insn_daifclr(4); /* SError: a bus error is reported where it happens */
}

void arch_backtrace(u64 fp)
{
	backtrace_pairs(fp, 0);
}

static void dump_frame(const struct trap_frame *f)
{
	for (unsigned i = 0; i < 31; i++)
		kprintf("%sx%u %016llx%s", i < 10 ? " " : "", i, (unsigned long long)f->x[i], i % 4 == 3 ? "\n" : " ");
	kprintf("\n pc %016llx  sp %016llx pstate %llx\n", (unsigned long long)f->pc, (unsigned long long)f->sp,
		(unsigned long long)f->pstate);
	kprintf("esr %016llx far %016llx ttbr0 %016llx\n", (unsigned long long)insn_mrs(esr_el1),
		(unsigned long long)insn_mrs(far_el1), (unsigned long long)insn_mrs(ttbr0_el1));
}

static const char *abort_kind(u64 esr)
{
	switch (esr & 0x3c) {
	case 0x04:
		return "not present";
	case 0x08:
		return "access flag clear";
	case 0x0c:
		return "not permitted";
	case 0x20:
		return (esr & 0x3f) == 0x21 ? "misaligned" : "other";
	case 0x30:
		return "TLB conflict";
	default:
		return "other";
	}
}

static void __noreturn trap_die(const struct trap_frame *f, unsigned kind)
{
	u64 esr = insn_mrs(esr_el1), far = insn_mrs(far_el1);
	unsigned ec = esr >> 26 & 63;

	kprintf("\n*** cpu %u: %s exception, class 0x%x\n", this_cpu(), vector_names[kind], ec);
	dump_frame(f);
	if (ec == EC_DATA_ABORT || ec == EC_FETCH_ABORT)
		panic("page fault: %s %s at 0x%llx, pc 0x%llx", ec == EC_FETCH_ABORT ? "fetch" : esr & 64 ? "write" : "read",
		      abort_kind(esr), (unsigned long long)far, (unsigned long long)f->pc);
	panic("%s exception, esr 0x%llx, pc 0x%llx", vector_names[kind], (unsigned long long)esr, (unsigned long long)f->pc);
}

/* Entered by every vector but those of interrupts. @kind: its place in the table. */
void arm64_trap(struct trap_frame *f, unsigned kind);
void arm64_trap(struct trap_frame *f, unsigned kind)
{
	unsigned ec = insn_mrs(esr_el1) >> 26 & 63;

	if (kind == 4 && ec == EC_DATA_ABORT && f->pc == (u64)probe_load) {
		f->pc = (u64)probe_fault;
		return;
	}
	if (kind == 4 && ec == EC_UNKNOWN && f->pc == (u64)semihost_hlt) {
		f->pc = (u64)semihost_fault;
		return;
	}
	trap_die(f, kind);
}
