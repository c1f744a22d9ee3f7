/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every inline asm of this port: one instruction each, with what it orders. Sections are those of the RISC-V ISA manuals of 2024
 * ("Unprivileged", "Privileged") unless another document is named. What a plain rv64gc assembler has no name for is written as
 * its encoding.
 */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (only with Zbb) */
#define ARCH_HAS_CTZ 0

/* Privileged, 2.1. Unordered with memory, but a CSR write counts as device output and a read as device input for FENCE. */
#define insn_csrr_(csr)                                                                            \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("csrr %0, " #csr : "=r"(v_)::"memory");                           \
		v_;                                                                                \
	})
#define insn_csrr(csr) insn_csrr_(csr)
#define insn_csrw_(csr, v) __asm__ volatile("csrw " #csr ", %0" ::"rK"((u64)(v)) : "memory")
#define insn_csrw(csr, v) insn_csrw_(csr, v)
#define insn_csrs_(csr, v) __asm__ volatile("csrs " #csr ", %0" ::"rK"((u64)(v)) : "memory")
#define insn_csrs(csr, v) insn_csrs_(csr, v)
#define insn_csrc_(csr, v) __asm__ volatile("csrc " #csr ", %0" ::"rK"((u64)(v)) : "memory")
#define insn_csrc(csr, v) insn_csrc_(csr, v)
/* The old value. */
#define insn_csrrc_(csr, v)                                                                        \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("csrrc %0, " #csr ", %1" : "=r"(v_) : "rK"((u64)(v)) : "memory"); \
		v_;                                                                                \
	})
#define insn_csrrc(csr, v) insn_csrrc_(csr, v)
#define insn_csrrw_(csr, v)                                                                        \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("csrrw %0, " #csr ", %1" : "=r"(v_) : "rK"((u64)(v)) : "memory"); \
		v_;                                                                                \
	})
#define insn_csrrw(csr, v) insn_csrrw_(csr, v)

/* tp holds the number of this CPU: constant under a running thread, so not volatile. */
static __always_inline u64 insn_cpu_number(void)
{
	u64 v;

	__asm__("mv %0, tp" : "=r"(v));
	return v;
}

static __always_inline void insn_set_cpu_number(u64 v)
{
	__asm__ volatile("mv tp, %0" ::"r"(v) : "memory");
}

/* Zihintpause: a hint that every CPU executes (Unprivileged, 5). */
static inline void insn_pause(void)
{
	__asm__ volatile(".insn 0x0100000f" ::: "memory");
}

/* Unprivileged, 2.7: accesses of the kinds @pred before those of the kinds @succ: r and w memory, i and o devices. */
#define insn_fence(pred, succ) __asm__ volatile("fence " #pred ", " #succ ::: "memory")

/*
 * Privileged, 12.2.1. Earlier stores of this hart to leaf entries for @va come before its later implicit reads of them for
 * @asid; cached ones go. Without an address: of all levels. Without an ASID: of all, global ones too.
 */
static __always_inline void insn_sfence_vma(u64 va, u64 asid)
{
	__asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid) : "memory");
}

static __always_inline void insn_sfence_vma_va(u64 va)
{
	__asm__ volatile("sfence.vma %0, x0" ::"r"(va) : "memory");
}

static __always_inline void insn_sfence_vma_asid(u64 asid)
{
	__asm__ volatile("sfence.vma x0, %0" ::"r"(asid) : "memory");
}

static __always_inline void insn_sfence_vma_all(void)
{
	__asm__ volatile("sfence.vma x0, x0" ::: "memory");
}

/* Svinval (Privileged, 13): the invalidate alone, and what orders it behind earlier stores and before later implicit reads. */
static __always_inline void insn_sinval_vma(u64 va, u64 asid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x0b, x0, %0, %1" ::"r"(va), "r"(asid) : "memory");
}

static __always_inline void insn_sinval_vma_asid(u64 asid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x0b, x0, x0, %0" ::"r"(asid) : "memory");
}

static __always_inline void insn_sfence_w_inval(void)
{
	__asm__ volatile(".insn 0x18000073" ::: "memory");
}

static __always_inline void insn_sfence_inval_ir(void)
{
	__asm__ volatile(".insn 0x18100073" ::: "memory");
}

/* Unprivileged, 13.4. @bits into the word, unordered: what orders it is a fence of the caller. */
static __always_inline void insn_amoor(volatile u64 *p, u64 bits)
{
	__asm__ volatile("amoor.d zero, %1, (%0)" ::"r"(p), "r"(bits) : "memory");
}

/* SBI v2.0, 3: a call of the firmware; every register but a0 and a1 is kept. Orders nothing by itself. */
struct sbi_ret {
	s64 error;
	u64 value;
};

static inline struct sbi_ret insn_ecall(u64 eid, u64 fid, u64 x0, u64 x1, u64 x2, u64 x3, u64 x4)
{
	register u64 a0 __asm__("a0") = x0;
	register u64 a1 __asm__("a1") = x1;
	register u64 a2 __asm__("a2") = x2;
	register u64 a3 __asm__("a3") = x3;
	register u64 a4 __asm__("a4") = x4;
	register u64 a6 __asm__("a6") = fid;
	register u64 a7 __asm__("a7") = eid;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_ret){ (s64)a0, a1 };
}

#endif
