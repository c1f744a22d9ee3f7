/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every inline asm of this port: one instruction each, with what it orders. Section numbers: Intel SDM Volume 3.
 * RFLAGS is read with the compiler's own builtin.
 */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (BSF and BSR) */
#define ARCH_HAS_CTZ 1

/* 6.8.1. Compiler barriers, so that a protected access stays inside. CLI and STI order nothing in the memory system. */
static inline void insn_cli(void)
{
	__asm__ volatile("cli" ::: "memory");
}

/* Interrupts are taken after the instruction that follows. */
static inline void insn_sti(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void insn_hlt(void)
{
	__asm__ volatile("hlt" ::: "memory");
}

/* 8.10.2. Orders nothing. */
static inline void insn_pause(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* 18.17. Not ordered with anything: LFENCE before keeps earlier loads before it, LFENCE after keeps later ones after. */
static inline u64 insn_rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (u64)hi << 32 | lo;
}

/* 9.2.5. Every earlier instruction completes locally before any later one starts. */
static inline void insn_lfence(void)
{
	__asm__ volatile("lfence" ::: "memory");
}

/* 9.2.5. Earlier loads and stores are globally visible before any later one. */
static inline void insn_mfence(void)
{
	__asm__ volatile("mfence" ::: "memory");
}

/* 9.2.2. A locked instruction is a full fence for ordinary memory, and cheaper than MFENCE. Needs -mno-red-zone. */
static inline void insn_lock_nop(void)
{
	__asm__ volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc");
}

/* 9.3: WRMSR serialises, but for the x2APIC registers (11.12.3); RDMSR does not. */
static inline u64 insn_rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void insn_wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* Volume 2, RDPMC. Neither serialises nor waits for what comes before it. */
static inline u64 insn_rdpmc(u32 counter)
{
	u32 lo, hi;

	__asm__ volatile("rdpmc" : "=a"(lo), "=d"(hi) : "c"(counter) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void insn_cpuid(u32 leaf, u32 sub, u32 r[4])
{
	__asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(sub) : "memory");
}

/* Volume 2, MONITOR, MWAIT: halt as deep as @hint says until the line of @p is written, or for what else @breaks allows. */
static inline void insn_monitor(const volatile void *p)
{
	__asm__ volatile("monitor" ::"a"(p), "c"(0), "d"(0) : "memory");
}

static inline void insn_mwait(u32 hint, u32 breaks)
{
	__asm__ volatile("mwait" ::"a"(hint), "c"(breaks) : "memory");
}

/* 4.10.4.1. Removes every entry for @va of the current PCID, global ones too, and its walk-cache entries. Serialises. */
static inline void insn_invlpg(u64 va)
{
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}

/* 4.10.4.1. @type 0: one address of one PCID, 1: one PCID, 2: everything, 3: everything but global. 0 and 1 spare global entries. */
static inline void insn_invpcid(u64 type, const void *desc)
{
	__asm__ volatile("invpcid (%0), %1" ::"r"(desc), "r"(type) : "memory");
}

/* AMD APM Vol. 3. Every CPU; @rax: address and flags, @ecx: further pages, @edx: PCID in bits 27:16. Weakly ordered. */
static inline void insn_invlpgb(u64 rax, u32 ecx, u32 edx)
{
	__asm__ volatile(".byte 0x0f, 0x01, 0xfe" ::"a"(rax), "c"(ecx), "d"(edx) : "memory");
}

/* ... until every CPU has done with what this one's earlier INVLPGB name. Serialises. */
static inline void insn_tlbsync(void)
{
	__asm__ volatile(".byte 0x0f, 0x01, 0xff" ::: "memory");
}

static inline u64 insn_read_cr2(void)
{
	u64 v;

	__asm__ volatile("movq %%cr2, %0" : "=r"(v)::"memory");
	return v;
}

static inline u64 insn_read_cr3(void)
{
	u64 v;

	__asm__ volatile("movq %%cr3, %0" : "=r"(v)::"memory");
	return v;
}

/* 4.10.4.1. Without PCIDs: removes everything but global entries. Serialises. */
static inline void insn_write_cr3(u64 v)
{
	__asm__ volatile("movq %0, %%cr3" ::"r"(v) : "memory");
}

static inline u64 insn_read_cr4(void)
{
	u64 v;

	__asm__ volatile("movq %%cr4, %0" : "=r"(v)::"memory");
	return v;
}

/* 4.10.4.1. A change of PGE removes everything. Serialises. */
static inline void insn_write_cr4(u64 v)
{
	__asm__ volatile("movq %0, %%cr4" ::"r"(v) : "memory");
}

static inline void insn_lidt(const void *pseudo_descriptor)
{
	__asm__ volatile("lidt (%0)" ::"r"(pseudo_descriptor) : "memory");
}

/* Volume 1, 19.6: OUT completes before the next instruction, and no store overtakes it. */
static inline u8 insn_inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline void insn_outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" ::"a"(v), "Nd"(port) : "memory");
}

static inline void insn_outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" ::"a"(v), "Nd"(port) : "memory");
}

/* A word of this CPU's struct cpu. Not volatile: what it reads never changes under a running thread. */
static __always_inline u32 insn_gs_u32(unsigned long offset)
{
	u32 v;

	__asm__("movl %%gs:%c1, %0" : "=r"(v) : "i"(offset));
	return v;
}

#endif
