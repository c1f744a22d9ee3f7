// SPDX-License-Identifier: GPL-2.0-only
/* Exceptions, behind the entry code of trap_entry.S, and what one says before the kernel stops. */
#include <console.h>
#include <fault.h>
#include <percpu.h>
#include <pt.h>
#include <smp.h>

#include <arch/insn.h>
#include <arch/riscv.h>

_Static_assert(offsetof(struct trap_frame, pc) == FRAME_PC, "FRAME_PC");
_Static_assert(offsetof(struct trap_frame, status) == FRAME_STATUS, "FRAME_STATUS");
_Static_assert(offsetof(struct trap_frame, taken) == FRAME_TAKEN, "FRAME_TAKEN");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "FRAME_SIZE");

/* scause (Privileged, table 12.2). */
enum {
	FETCH_ACCESS = 1,
	ILLEGAL = 2,
	BREAKPOINT = 3,
	LOAD_ACCESS = 5,
	STORE_ACCESS = 7,
	FETCH_FAULT = 12,
	LOAD_FAULT = 13,
	STORE_FAULT = 15,
};

extern const char probe_load[], probe_fault[], probe_cycle[], probe_stimecmp[], semihost_break[];

/* So often in a row the same access may fault although the tables allow it. */
#define SPURIOUS_MAX 4

u64 riscv_spurious_faults;

/*
 * No interrupt comes before arch_ipi_init_cpu(), so stvec has no mode bit until then. An exception that OpenSBI hands on it enters by
 * mepc = stvec, and QEMU 10 keeps bit 0 of mepc, which hardware clears: what this kernel probes would not come back.
 */
void arch_trap_init_cpu(unsigned cpu)
{
	insn_set_cpu_number(cpu);
	insn_csrw(sscratch, &cpu_area[cpu]);
	riscv_ipi_early(cpu);
	insn_csrw(stvec, (u64)riscv_exceptions);
	insn_csrs(sstatus, SSTATUS_FS_CLEAN);
	insn_csrw(fcsr, 0); /* to nearest, no flags: the SBI does not say what it is */
}

/* A frame pointer points behind its pair: the caller's, then the return address. */
void arch_backtrace(u64 fp)
{
	backtrace_pairs(fp, 16);
}

static void dump_frame(const struct trap_frame *f)
{
	for (unsigned i = 0; i < 31; i++)
		kprintf("%sx%u %016llx%s", i < 9 ? " " : "", i + 1, (unsigned long long)f->x[i], i % 4 == 3 ? "\n" : " ");
	kprintf("\n pc %016llx status %llx\n", (unsigned long long)f->pc, (unsigned long long)f->status);
	kprintf("cause %llx stval %016llx satp %016llx\n", (unsigned long long)insn_csrr(scause),
		(unsigned long long)insn_csrr(stval), (unsigned long long)insn_csrr(satp));
}

static void __noreturn trap_die(const struct trap_frame *f)
{
	u64 cause = insn_csrr(scause), at = insn_csrr(stval);

	kprintf("\n*** cpu %u: exception %lld\n", this_cpu(), (long long)cause);
	dump_frame(f);
	switch (cause) {
	case FETCH_FAULT:
	case LOAD_FAULT:
	case STORE_FAULT:
		panic("page fault: %s at 0x%llx, pc 0x%llx", cause == FETCH_FAULT ? "fetch" : cause == LOAD_FAULT ? "read" : "write",
		      (unsigned long long)at, (unsigned long long)f->pc);
	case FETCH_ACCESS:
	case LOAD_ACCESS:
	case STORE_ACCESS:
		panic("bus error or memory that firmware protects: 0x%llx, pc 0x%llx", (unsigned long long)at,
		      (unsigned long long)f->pc);
	default:
		panic("exception %lld, pc 0x%llx", (long long)cause, (unsigned long long)f->pc);
	}
}

/* What the tables say now. */
static pte_t look_up(u64 va)
{
	u64 table = (insn_csrr(satp) & ((1ULL << 44) - 1)) << 12;
	unsigned level = riscv_pt_levels;
	pte_t e;

	do {
		level--;
		e = ((const volatile pte_t *)table)[pt_index(va, level)];
		if (!arch_pte_present(e) || arch_pte_is_leaf(e, level))
			return e;
		table = arch_pte_pa(e, level);
		if (table >= RISCV_MAP_END)
			return PTE_NONE; /* freed and used again meanwhile: nobody waits for this walk */
	} while (level);
	return PTE_NONE;
}

/*
 * A CPU may have cached that an entry was invalid, or that it allowed less: then the access is allowed by the tables as they are
 * now. Forget it and try again (Privileged, 12.2.1; handle_mm_fault() calls it a spurious fault). Software that uses A and D presets
 * them: an entry without is a true fault.
 */
static bool is_spurious(u64 cause, u64 va, u64 pc)
{
	static struct {
		u64 va, pc;
		unsigned tries;
	} last[NR_CPUS]; /* for a walker that refuses what this code finds valid */
	unsigned cpu = this_cpu();
	pte_t want = cause == LOAD_FAULT ? RISCV_PTE_R : cause == STORE_FAULT ? RISCV_PTE_W | RISCV_PTE_D : RISCV_PTE_X;
	pte_t e;

	if ((cause != LOAD_FAULT && cause != STORE_FAULT && cause != FETCH_FAULT) || !(insn_csrr(satp) >> 60))
		return false;
	e = look_up(va);
	want |= RISCV_PTE_V | RISCV_PTE_A;
	if ((e & want) != want)
		return false;
	last[cpu].tries = last[cpu].va == va && last[cpu].pc == pc ? last[cpu].tries + 1 : 0;
	last[cpu].va = va;
	last[cpu].pc = pc;
	if (last[cpu].tries == SPURIOUS_MAX) {
		last[cpu].va = 0;
		return false;
	}
	insn_sfence_vma_all(); /* that of an address would spare an entry of a higher level that was cached as invalid */
	__atomic_fetch_add(&riscv_spurious_faults, 1, __ATOMIC_RELAXED);
	return true;
}

void riscv_trap(struct trap_frame *f);
void riscv_trap(struct trap_frame *f)
{
	u64 cause = insn_csrr(scause), at = insn_csrr(stval);

	if (is_spurious(cause, at, f->pc))
		return;
	if ((cause == LOAD_FAULT || cause == LOAD_ACCESS) && f->pc == (u64)probe_load) {
		f->pc = (u64)probe_fault;
		return;
	}
	if (cause == ILLEGAL && (f->pc == (u64)probe_cycle || f->pc == (u64)probe_stimecmp)) {
		f->pc = (u64)probe_fault;
		return;
	}
	if (cause == BREAKPOINT && f->pc == (u64)semihost_break) {
		f->pc = (u64)probe_fault;
		return;
	}
	trap_die(f);
}
