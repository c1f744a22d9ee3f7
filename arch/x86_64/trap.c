// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt descriptors, and what an exception says before the kernel stops. Entry code: trap_entry.S. */
#include <console.h>
#include <fault.h>
#include <ipi.h>
#include <percpu.h>
#include <smp.h>

#include <arch/insn.h>
#include <arch/x86.h>

struct gate {
	u16 offset0, selector;
	u8 ist, type;
	u16 offset1;
	u32 offset2, reserved;
};

#define GATE_INTERRUPT 0x8e /* present, ring 0, interrupts closed on entry */
#define VEC_GP 13
#define VEC_PF 14

static struct gate idt[256];

extern const char trap_stubs[], nmi_entry[], probe_load[], probe_fault[];

static const char *const trap_names[32] = {
	"#DE divide error", "#DB debug", "NMI", "#BP breakpoint", "#OF overflow", "#BR bound", "#UD invalid opcode",
	"#NM no FPU", "#DF double fault", "coprocessor overrun", "#TS invalid TSS", "#NP segment not present",
	"#SS stack", "#GP general protection", "#PF page fault", NULL, "#MF x87", "#AC alignment", "#MC machine check",
	"#XM SIMD", "#VE virtualization", "#CP control protection",
};

void x86_set_gate(unsigned vector, const void *entry)
{
	u64 a = (u64)entry;

	idt[vector] = (struct gate){
		.offset0 = (u16)a,
		.selector = X86_CS,
		.type = GATE_INTERRUPT,
		.offset1 = (u16)(a >> 16),
		.offset2 = (u32)(a >> 32),
	};
}

void arch_trap_init_cpu(unsigned cpu)
{
	struct {
		u16 limit;
		u64 base;
	} __attribute__((__packed__)) pointer = { sizeof(idt) - 1, (u64)idt };

	if (!idt[0].type) {
		for (unsigned v = 0; v < 256; v++)
			x86_set_gate(v, trap_stubs + 16 * v);
		x86_set_gate(VEC_NMI, nmi_entry);
	}
	insn_wrmsr(MSR_GS_BASE, (u64)&cpu_area[cpu]);
	insn_lidt(&pointer);
}

void arch_backtrace(u64 fp)
{
	backtrace_pairs(fp, 0);
}

static void dump_frame(const struct trap_frame *f)
{
	const struct {
		const char *name;
		u64 v;
	} r[] = {
		{ "rip", f->rip }, { "rsp", f->rsp }, { "rflags", f->rflags },
		{ "rax", f->rax }, { "rbx", f->rbx }, { "rcx", f->rcx },
		{ "rdx", f->rdx }, { "rsi", f->rsi }, { "rdi", f->rdi },
		{ "rbp", f->rbp }, { "r8", f->r8 },   { "r9", f->r9 },
		{ "r10", f->r10 }, { "r11", f->r11 }, { "r12", f->r12 },
		{ "r13", f->r13 }, { "r14", f->r14 }, { "r15", f->r15 },
		{ "cr2", insn_read_cr2() }, { "cr3", insn_read_cr3() }, { "cr4", insn_read_cr4() },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(r); i++)
		kprintf("%6s %016llx%s", r[i].name, (unsigned long long)r[i].v, i % 3 == 2 ? "\n" : " ");
	kprintf("cs %llx ss %llx error %llx\n", (unsigned long long)f->cs, (unsigned long long)f->ss,
		(unsigned long long)f->error);
}

static void __noreturn trap_die(const struct trap_frame *f)
{
	const char *name = f->vector < 32 ? trap_names[f->vector] : NULL;

	kprintf("\n*** cpu %u: trap %llu %s\n", this_cpu(), (unsigned long long)f->vector, name ? name : "unexpected");
	dump_frame(f);
	if (f->vector == VEC_PF)
		panic("page fault: %s %s at 0x%llx%s, rip 0x%llx", f->error & 16 ? "fetch" : f->error & 2 ? "write" : "read",
		      f->error & 1 ? "not permitted" : "not present", (unsigned long long)insn_read_cr2(),
		      f->error & 8 ? " (reserved bit)" : "", (unsigned long long)f->rip);
	panic("trap %llu %s, error 0x%llx, rip 0x%llx", (unsigned long long)f->vector, name ? name : "unexpected",
	      (unsigned long long)f->error, (unsigned long long)f->rip);
}

/* Entered by every vector without an entry of its own, interrupts closed. */
void trap_handle(struct trap_frame *f);
void trap_handle(struct trap_frame *f)
{
	unsigned v = (unsigned)f->vector;

	if (v >= VEC_IPI && v < VEC_IPI + NR_IPI_KINDS) {
		x86_eoi();
		ipi_handle((enum ipi_kind)(v - VEC_IPI));
		return;
	}
	/* A spurious interrupt wants no EOI (11.9). */
	if (v == VEC_SPURIOUS)
		return;
	if ((v == VEC_PF || v == VEC_GP) && f->rip == (u64)probe_load) {
		f->rip = (u64)probe_fault;
		return;
	}
	trap_die(f);
}
