/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every inline asm of this port: one instruction each, with what it orders. Section numbers: Arm Architecture Reference Manual
 * for A-profile (DDI 0487). What an ARMv8.0 assembler has no name for is written as the encoding behind the name (C5.1).
 */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (CLZ, and RBIT before it) */
#define ARCH_HAS_CTZ 1

/* C6.2, MRS and MSR. A system register is not ordered with memory; ISB makes a write take effect for what follows (D13.1.2). */
#define insn_mrs_(reg)                                                                             \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("mrs %0, " #reg : "=r"(v_)::"memory");                            \
		v_;                                                                                \
	})
#define insn_mrs(reg) insn_mrs_(reg)
#define insn_msr_(reg, v) __asm__ volatile("msr " #reg ", %x0" ::"rZ"((u64)(v)) : "memory")
#define insn_msr(reg, v) insn_msr_(reg, v)

/* Registers that say who this CPU is: constant under a running thread, so not volatile. */
static __always_inline u64 insn_cpu_number(void)
{
	u64 v;

	__asm__("mrs %0, tpidrro_el0" : "=r"(v));
	return v;
}

static __always_inline u64 insn_mpidr(void)
{
	u64 v;

	__asm__("mrs %0, mpidr_el1" : "=r"(v));
	return v;
}

/* C5.2.2. The compiler barrier keeps a protected access inside. Bit 1 is I, bit 0 is F. */
#define insn_daifset(bits) __asm__ volatile("msr daifset, %0" ::"i"(bits) : "memory")
#define insn_daifclr(bits) __asm__ volatile("msr daifclr, %0" ::"i"(bits) : "memory")

static __always_inline u64 insn_read_daif(void)
{
	return insn_mrs(daif);
}

static __always_inline void insn_write_daif(u64 v)
{
	insn_msr(daif, v);
}

/* FEAT_NMI, C5.2.2: MSR ALLINT, #1 and #0. */
static __always_inline void insn_allint_set(void)
{
	__asm__ volatile("msr s0_1_c4_c1_0, xzr" ::: "memory");
}

static __always_inline void insn_allint_clear(void)
{
	__asm__ volatile("msr s0_1_c4_c0_0, xzr" ::: "memory");
}

static inline void insn_yield(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* D1.6.1. Wakes the CPUs that wait in WFE; a DSB before it makes earlier stores visible to them. */
static inline void insn_sev(void)
{
	__asm__ volatile("sev" ::: "memory");
}

/* B2.3.9: ordered accesses, not completion. ISHLD: earlier loads before all later accesses. ISHST: stores before stores. */
static __always_inline void insn_dmb_ish(void)
{
	__asm__ volatile("dmb ish" ::: "memory");
}

static __always_inline void insn_dmb_ishld(void)
{
	__asm__ volatile("dmb ishld" ::: "memory");
}

static __always_inline void insn_dmb_ishst(void)
{
	__asm__ volatile("dmb ishst" ::: "memory");
}

/* B2.3.9: earlier accesses and TLB maintenance of this CPU complete for the named domain before any later instruction. */
#define insn_dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")

/* B2.3.9: later instructions are fetched anew, behind every change of context that is complete. */
static __always_inline void insn_isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

/*
 * D8.13.5, TLB maintenance as SYS #op1, C8, Cm, #op2. Orders nothing: DSB before (the entry is written) and after (it is
 * complete).
 * @cm: who is reached. @op2: what goes. <arch/tlbi.h> has the names.
 */
#define insn_tlbi_(cm, op2, v) __asm__ volatile("sys #0, c8, c" #cm ", #" #op2 ", %x0" ::"rZ"((u64)(v)) : "memory")
#define insn_tlbi(cm, op2, v) insn_tlbi_(cm, op2, v)

/* D7.5.9. Clean and invalidate one line to the point of coherency; complete with DSB. */
static inline void insn_dc_civac(const volatile void *p)
{
	__asm__ volatile("dc civac, %0" ::"r"(p) : "memory");
}

#endif
