// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC in both its modes (SDM Vol. 3, chapter 11): registers in a page, or MSRs with 32-bit IDs.
 *
 * x2APIC is used where firmware left it on, where an APIC ID above 254 needs it, and where it is asked for (word ipi=); a change
 * back is not legal. One interrupt goes out with one write of the ICR: to one CPU by its ID, or to all but this one by the
 * shorthand, which is taken when the targets are every other CPU of the machine. (If some CPU was left out, the shorthand would hit it too, and
 * an NMI wakes a CPU that still runs firmware code.)
 *
 * Order: a store to the APIC's page is uncached and so comes after every earlier store of this CPU (9.2.2); WRMSR to an
 * x2APIC register is not, and needs MFENCE and LFENCE first (11.12.3).
 */
#include <cmdline.h>
#include <cpu.h>
#include <ipi.h>
#include <oracle.h>
#include <percpu.h>
#include <smp.h>
#include <tlb.h>

#include <arch/insn.h>
#include <arch/x86.h>

#define LAPIC_ID 0x20
#define LAPIC_TPR 0x80
#define LAPIC_LDR 0xd0
#define LAPIC_DFR 0xe0
#define LAPIC_SVR 0xf0
#define LAPIC_ICR 0x300
#define LAPIC_ICR_HIGH 0x310
#define LAPIC_LVT_TIMER 0x320
#define LAPIC_LVT_ERROR 0x370
#define LAPIC_SELF_IPI 0x3f0 /* x2APIC only */
#define LVT_MASKED (1U << 16)
#define SVR_ENABLE (1U << 8)

#define ICR_FIXED 0x4000U /* edge, assert */
#define ICR_NMI 0x4400U
#define ICR_INIT 0x4500U
#define ICR_STARTUP 0x4600U
#define ICR_BUSY (1U << 12)
#define ICR_LOGICAL (1U << 11)
#define ICR_SELF 0x40000U
#define ICR_ALL_BUT_SELF 0xc0000U
/* The flat model of logical destinations: a bit a CPU (11.6.2.2). */
#define DFR_FLAT (~0U)
#define FLAT_CPUS 8U

#define APIC_BASE_X2 (1U << 10)
#define APIC_BASE_ENABLE (1U << 11)
#define APIC_BASE_FLAGS 0xfffU

#define PIC1_MASK 0x21
#define PIC2_MASK 0xa1

extern const char nmi_flush_entry[], ipi_sync_xapic[], ipi_sync_x2apic[], ipi_tlb_xapic[], ipi_tlb_x2apic[];

static bool x2apic;

static void lapic_write(unsigned reg, u32 v)
{
	if (x2apic)
		insn_wrmsr(MSR_X2APIC + reg / 16, v);
	else
		*(volatile u32 *)(u64)(LAPIC_PA + reg) = v;
}

u32 x86_apic_id(void)
{
	if (insn_rdmsr(MSR_APIC_BASE) & APIC_BASE_X2)
		return (u32)insn_rdmsr(MSR_X2APIC + LAPIC_ID / 16);
	return *(volatile u32 *)(u64)(LAPIC_PA + LAPIC_ID) >> 24;
}

void x86_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

bool x86_can_address(u32 hwid)
{
	return x2apic || hwid < 255;
}

/*
 * Interrupts closed, or nothing that interrupts sends: the two halves of the xAPIC's ICR belong together. Each mode has its
 * functions, because what the initiator executes for a target is part of every result.
 */
static __always_inline void icr_idle_xapic(void)
{
	while (unlikely(*(volatile u32 *)(u64)(LAPIC_PA + LAPIC_ICR) & ICR_BUSY))
		insn_pause();
}

static __always_inline void icr_low_xapic(u32 cmd)
{
	*(volatile u32 *)(u64)(LAPIC_PA + LAPIC_ICR) = cmd;
}

static __always_inline void icr_write_xapic(u32 hwid, u32 cmd)
{
	icr_idle_xapic();
	*(volatile u32 *)(u64)(LAPIC_PA + LAPIC_ICR_HIGH) = hwid << 24;
	icr_low_xapic(cmd);
}

static __always_inline void icr_write_x2apic(u32 hwid, u32 cmd)
{
	insn_wrmsr(MSR_X2APIC + LAPIC_ICR / 16, (u64)hwid << 32 | cmd);
}

static void icr_write(u32 hwid, u32 cmd)
{
	if (x2apic)
		icr_write_x2apic(hwid, cmd);
	else
		icr_write_xapic(hwid, cmd);
}

/* Earlier stores (the request) before the ICR write; the target's handler loads them. */
static void icr_publish(void)
{
	if (x2apic) {
		insn_mfence();
		insn_lfence();
	}
}

static __always_inline unsigned send_each(const struct cpumask *to, u32 cmd, void (*write)(u32 hwid, u32 cmd))
{
	unsigned n = 0, cpu;
	u64 flags = arch_irq_save();

	for_each_cpu(cpu, to) {
		write(cpu_area[cpu].hwid, cmd);
		n++;
	}
	arch_irq_restore(flags);
	return n;
}

/* The shorthand takes no destination, so only the low half is written and nothing can come between. */
static __always_inline void send_all_but_self(u32 cmd)
{
	if (x2apic) {
		icr_write_x2apic(0, cmd | ICR_ALL_BUT_SELF);
		return;
	}
	icr_idle_xapic();
	icr_low_xapic(cmd | ICR_ALL_BUT_SELF);
}

static __timed unsigned send(const struct cpumask *to, u32 cmd)
{
	icr_publish();
	if (nr_cpus != x86_nr_present || !cpumask_is_all_but_one(to))
		return x2apic ? send_each(to, cmd, icr_write_x2apic) : send_each(to, cmd, icr_write_xapic);
	if (nr_cpus == 1)
		return 0;
	send_all_but_self(cmd);
	return 1;
}

__timed unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	return send(to, ICR_FIXED | (VEC_IPI + kind));
}

const char *arch_nmi_lacks(void)
{
	return NULL;
}

__timed unsigned arch_nmi_send(const struct cpumask *to)
{
	return send(to, ICR_NMI);
}

/* The self shorthand is not legal for NMIs (table 11-3), so the own ID. The handler counts, and is waited for. */
void arch_nmi_self(void)
{
	const volatile u64 *taken = &cpu_area[this_cpu()].nmi_recv;
	u64 before = *taken, flags;
	unsigned late = 0;

	icr_publish();
	flags = arch_irq_save();
	icr_write(cpu_area[this_cpu()].hwid, ICR_NMI);
	arch_irq_restore(flags);
	wait_until(*taken != before, wait_late("its own NMI", &late));
}

void x86_send_init(u32 hwid)
{
	icr_publish();
	icr_write(hwid, ICR_INIT);
}

void x86_send_startup(u32 hwid, unsigned page)
{
	icr_publish();
	icr_write(hwid, ICR_STARTUP | page);
}

/* --- every way, for benchmarks --- */

static __always_inline u32 fixed(enum ipi_kind kind)
{
	return ICR_FIXED | (VEC_IPI + kind);
}

static __timed unsigned each_xapic(const struct cpumask *to, enum ipi_kind kind)
{
	return send_each(to, fixed(kind), icr_write_xapic);
}

static __timed unsigned each_x2apic(const struct cpumask *to, enum ipi_kind kind)
{
	icr_publish();
	return send_each(to, fixed(kind), icr_write_x2apic);
}

/* CPU i is bit i (arch_ipi_init_cpu()). */
static __timed unsigned flat_xapic(const struct cpumask *to, enum ipi_kind kind)
{
	u64 flags = arch_irq_save();

	icr_write_xapic((u32)to->w[0], fixed(kind) | ICR_LOGICAL);
	arch_irq_restore(flags);
	return 1;
}

static const char *lacks_flat(void)
{
	return nr_cpus <= FLAT_CPUS ? NULL : "the flat model of logical destinations has 8 CPUs";
}

/* A cluster of 16 a write: the APIC ID's upper bits are its number, the lower four the CPU's bit in it (11.12.10.2). */
static __timed unsigned clusters_x2apic(const struct cpumask *to, enum ipi_kind kind)
{
	u32 cluster = 0, bits = 0;
	unsigned n = 0, cpu;

	icr_publish();
	for_each_cpu(cpu, to) {
		u32 hwid = cpu_area[cpu].hwid;

		if (bits && hwid >> 4 != cluster) {
			icr_write_x2apic(cluster << 16 | bits, fixed(kind) | ICR_LOGICAL);
			n++;
			bits = 0;
		}
		cluster = hwid >> 4;
		bits |= 1U << (hwid & 15);
	}
	icr_write_x2apic(cluster << 16 | bits, fixed(kind) | ICR_LOGICAL);
	return n + 1;
}

static __timed unsigned others(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	icr_publish();
	send_all_but_self(fixed(kind));
	return 1;
}

static const char *lacks_others(void)
{
	return nr_cpus == x86_nr_present ? NULL : "some CPU was left out, and the shorthand would hit it";
}

static __timed unsigned self_xapic(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	icr_idle_xapic();
	icr_low_xapic(fixed(kind) | ICR_SELF);
	return 1;
}

static __timed unsigned self_x2apic(const struct cpumask *to, enum ipi_kind kind)
{
	(void)to;
	icr_publish();
	insn_wrmsr(MSR_X2APIC + LAPIC_SELF_IPI / 16, VEC_IPI + kind);
	return 1;
}

static const struct ipi_form xapic_forms[] = {
	{ .name = "physical-each", .send = each_xapic },
	{ .name = "logical-flat", .lacks = lacks_flat, .send = flat_xapic },
	{ .name = "all-but-self", .dest = IPI_TO_OTHERS, .lacks = lacks_others, .send = others },
	{ .name = "self", .dest = IPI_TO_SELF, .send = self_xapic },
	{ 0 },
};

static const struct ipi_form x2apic_forms[] = {
	{ .name = "physical-each", .send = each_x2apic },
	{ .name = "logical-cluster", .send = clusters_x2apic },
	{ .name = "all-but-self", .dest = IPI_TO_OTHERS, .lacks = lacks_others, .send = others },
	{ .name = "self", .dest = IPI_TO_SELF, .send = self_x2apic },
	{ 0 },
};

const struct ipi_form *arch_ipi_forms(void)
{
	return x2apic ? x2apic_forms : xapic_forms;
}

static bool has_x2apic(void)
{
	u32 r[4];

	insn_cpuid(1, 0, r);
	return r[2] >> 21 & 1;
}

/* --- start --- */

enum { XAPIC, X2APIC };
static const char *const ipi_names[] = { "xapic", "x2apic" };
CMD_CHOICE(ipi, ipi_names, true, "mode of the local APIC (xapic, but where firmware left x2apic on or a CPU's ID wants it)");

static unsigned usual_mode(void)
{
	return (insn_rdmsr(MSR_APIC_BASE) & APIC_BASE_X2) || (x86_max_hwid > 254 && has_x2apic()) ? X2APIC : XAPIC;
}

const char *x86_choose_ipi(void)
{
	x2apic = cmdline_choice("ipi", ipi_names, ARRAY_SIZE(ipi_names), usual_mode()) == X2APIC;
	if (x2apic && !has_x2apic())
		return "ipi=x2apic: this CPU has no x2APIC; valid is ipi=xapic";
	if (!x2apic && (insn_rdmsr(MSR_APIC_BASE) & APIC_BASE_X2))
		return "ipi=xapic: the firmware left the x2APIC on, from which there is no legal way back; valid is ipi=x2apic";
	return NULL;
}

/* The boot CPU masks the old interrupt controllers and, in the timing image, sets the fast entries. */
static void init_first(void)
{
	insn_outb(PIC1_MASK, 0xff);
	insn_outb(PIC2_MASK, 0xff);
	if (oracle_build) /* every interrupt takes the C path then, where the oracle's hooks are */
		return;
	x86_set_gate(VEC_NMI, nmi_flush_entry);
	x86_set_gate(VEC_IPI + IPI_SYNC, x2apic ? ipi_sync_x2apic : ipi_sync_xapic);
	x86_set_gate(VEC_IPI + IPI_TLB, x2apic ? ipi_tlb_x2apic : ipi_tlb_xapic);
}

void arch_ipi_init_cpu(void)
{
	u64 base = insn_rdmsr(MSR_APIC_BASE);

	if (this_cpu() == 0)
		init_first();
	base = LAPIC_PA | (base & APIC_BASE_FLAGS) | APIC_BASE_ENABLE;
	insn_wrmsr(MSR_APIC_BASE, x2apic ? base | APIC_BASE_X2 : base);
	for (unsigned reg = LAPIC_LVT_TIMER; reg <= LAPIC_LVT_ERROR; reg += 0x10)
		lapic_write(reg, LVT_MASKED);
	if (!x2apic) {
		lapic_write(LAPIC_DFR, DFR_FLAT);
		lapic_write(LAPIC_LDR, this_cpu() < FLAT_CPUS ? 1U << (24 + this_cpu()) : 0);
	}
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VEC_SPURIOUS);
}
