// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between harts, by one of three ways (word ipi=):
 *
 *   sbi    a call of the firmware, which raises the target's software interrupt; by hart ID, 64 a call
 *   sswi   the same interrupt by a store to its SETSSIP register (ACLINT)
 *   imsic  a store to its interrupt file (AIA), which carries a number
 *
 * Of the first two a hart has one interrupt for everything, so what is wanted is a bit a kind in a word of its own, set before and
 * taken by an exchange; that is what Linux's ipi-mux does. The numbers of the third are the kinds.
 *
 * Order: the sender's stores (the request, the word) come before the store that interrupts, which may be device output: FENCE W,O.
 * The firmware's call is no store, and orders nothing by specification: the same fence.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <oracle.h>
#include <percpu.h>
#include <smp.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "harts.h"
#include "options.h"

_Static_assert(1U << IPI_SYNC == WANT_SYNC && 1U << IPI_TLB == WANT_TLB, "wanted kinds");
_Static_assert(CPU_WANT == offsetof(struct cpu, arch) + 8 * ARCH_WANT, "CPU_WANT");

/* AIA 1.0, 2.1 and 3.8: registers of the interrupt file, by way of siselect and sireg. */
#define CSR_SISELECT 0x150
#define CSR_SIREG 0x151
#define EIDELIVERY 0x70
#define EITHRESHOLD 0x72
#define EIP0 0x80
#define EIE0 0xc0

unsigned riscv_ipi;

/* What each CPU is wanted for: bits, set by anybody, taken by the CPU itself. */
static struct {
	volatile u64 kinds;
} __cacheline want[NR_CPUS];

static u64 door(unsigned cpu)
{
	return cpu_area[cpu].arch[ARCH_DOOR];
}

static __always_inline void send_mask(const struct sbi_mask *m, const void *arg)
{
	s64 error = sbi_send_ipi(m->mask, m->base);

	(void)arg;
	if (unlikely(error))
		panic("SBI IPI to harts 0x%llx from %llu on: error %lld", (unsigned long long)m->mask, (unsigned long long)m->base,
		      (long long)error);
}

static __timed unsigned send_sbi(const struct cpumask *to)
{
	return sbi_each_mask(to, riscv_hart, send_mask, NULL);
}

static __timed unsigned send_sswi(const struct cpumask *to)
{
	unsigned n = 0, cpu;

	for_each_cpu(cpu, to) {
		*(volatile u32 *)door(cpu) = 1;
		n++;
	}
	return n;
}

static __timed unsigned send_imsic(const struct cpumask *to, unsigned kind)
{
	unsigned n = 0, cpu;

	insn_fence(w, o);
	for_each_cpu(cpu, to) {
		*(volatile u32 *)door(cpu) = IMSIC_ID(kind);
		n++;
	}
	return n;
}

static __always_inline void want_and_fence(const struct cpumask *to, unsigned kind)
{
	unsigned cpu;

	for_each_cpu(cpu, to)
		insn_amoor(&want[cpu].kinds, 1U << kind);
	insn_fence(rw, o);
}

static __timed unsigned send(const struct cpumask *to, unsigned kind)
{
	if (likely(riscv_ipi == RISCV_IPI_IMSIC))
		return send_imsic(to, kind);
	want_and_fence(to, kind);
	return riscv_ipi == RISCV_IPI_SSWI ? send_sswi(to) : send_sbi(to);
}

__timed unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	return send(to, kind);
}

/* --- every way, for benchmarks. SBI and SSWI raise the same interrupt, so one boot has both. --- */

static __timed unsigned form_sbi(const struct cpumask *to, enum ipi_kind kind)
{
	want_and_fence(to, kind);
	return send_sbi(to);
}

static __timed unsigned form_sbi_each(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned n = 0, cpu;

	want_and_fence(to, kind);
	for_each_cpu(cpu, to) {
		send_mask(&(struct sbi_mask){ .mask = 1, .base = riscv_hart(cpu) }, NULL);
		n++;
	}
	return n;
}

static __timed unsigned form_sswi(const struct cpumask *to, enum ipi_kind kind)
{
	want_and_fence(to, kind);
	return send_sswi(to);
}

static __timed unsigned form_imsic(const struct cpumask *to, enum ipi_kind kind)
{
	return send_imsic(to, kind);
}

static const char *lacks_sswi(void)
{
	return riscv_tree.has_sswi ? NULL : "this machine has no SSWI (ACLINT)";
}

static const struct ipi_form ssi_forms[] = {
	{ .name = "sbi-each", .send = form_sbi_each },
	{ .name = "sbi-mask", .send = form_sbi },
	{ .name = "sswi-each", .lacks = lacks_sswi, .send = form_sswi },
	{ 0 },
};
static const struct ipi_form imsic_forms[] = { { .name = "imsic-each", .send = form_imsic }, { 0 } };

const struct ipi_form *arch_ipi_forms(void)
{
	return riscv_ipi == RISCV_IPI_IMSIC ? imsic_forms : ssi_forms;
}

/* Where the firmware has no event for it, an ordinary interrupt whose handler is that of the NMI (arch_nmi_lacks()). */
__timed unsigned arch_nmi_send(const struct cpumask *to)
{
	return riscv_has_nmi ? riscv_nmi_send(to) : send(to, IPI_AS_NMI);
}

void riscv_ipi_early(unsigned cpu)
{
	cpu_area[cpu].arch[ARCH_WANT] = (u64)&want[cpu].kinds;
	insn_csrw(sie, IP_SSI);
}

void riscv_take(u64 kinds)
{
	ipi_take(kinds);
}

/* Entered by the vectors, interrupts off. */
void riscv_ssi(void);
void riscv_sei(void);

/* The bit goes before the look: what is wanted behind the look raises it again. Acquire: what a request is about comes behind it. */
void riscv_ssi(void)
{
	insn_csrc(sip, IP_SSI);
	insn_fence(o, rw);
	riscv_take(__atomic_exchange_n(&want[this_cpu()].kinds, 0, __ATOMIC_ACQUIRE));
}

/*
 * One instruction reads and claims: a write of its own would clear whatever is the first by then (AIA 1.0, 3.9), which a kind that came
 * in between may be. FENCE: the claim is device input, before what the request is about.
 */
void riscv_sei(void)
{
	u64 id = insn_csrrw(CSR_STOPEI, 0) >> 16;

	insn_fence(i, rw);
	if (!id)
		return;
	if (id > IMSIC_ID(IPI_AS_NMI))
		panic("interrupt %llu came, and nobody asked for it", (unsigned long long)id);
	riscv_take(1U << (id - 1));
}

static void imsic_write(u64 reg, u64 v)
{
	insn_csrw(CSR_SISELECT, reg);
	insn_csrw(CSR_SIREG, v);
}

/* All is as it happens to be: reset leaves it unspecified (AIA 1.0, 3.4). The registers with even numbers have 64 identities each. */
static void imsic_init_cpu(void)
{
	imsic_write(EIDELIVERY, 0);
	for (unsigned i = 0; i <= riscv_tree.imsic_ids / 64; i++) {
		imsic_write(EIE0 + 2 * i, 0);
		imsic_write(EIP0 + 2 * i, 0);
	}
	imsic_write(EIDELIVERY, 1);
	imsic_write(EITHRESHOLD, 0);
	imsic_write(EIE0, 1U << IMSIC_ID(IPI_CALL) | 1U << IMSIC_ID(IPI_SYNC) | 1U << IMSIC_ID(IPI_TLB) | 1U << IMSIC_ID(IPI_AS_NMI));
	insn_csrs(sie, IP_SEI);
}

static const char *vectors(void)
{
	if (oracle_build) /* every interrupt takes the C path, where the hooks are */
		return riscv_vectors;
	return riscv_ipi == RISCV_IPI_IMSIC ? riscv_vectors_imsic : riscv_vectors_ssi;
}

void arch_ipi_init_cpu(void)
{
	struct cpu *c = &cpu_area[this_cpu()];
	const struct riscv_hart *hart = riscv_hart_of(c->hwid);

	if (this_cpu() == 0)
		riscv_ipi = option_ipi();
	insn_csrw(stvec, (u64)vectors() | 1);
	c->arch[ARCH_DOOR] = riscv_ipi == RISCV_IPI_IMSIC ? hart->imsic : hart->sswi;
	if (riscv_ipi == RISCV_IPI_IMSIC)
		imsic_init_cpu();
	riscv_nmi_init_cpu();
}
