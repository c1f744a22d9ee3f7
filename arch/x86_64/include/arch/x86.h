/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of the x86_64 port that C and assembler share, and what its own files say to each other.
 * Section numbers of this port are those of the Intel SDM of December 2023 (325384-082), Volume 3 unless another is named.
 */
#ifndef SKEET_ARCH_X86_H
#define SKEET_ARCH_X86_H

#include <asm_offsets.h>

/* Selectors of x86_gdt. */
#define X86_CS 0x08
#define X86_DS 0x10

/* Control registers as every CPU has them (2.5): flat paging, write protection in ring 0, SSE for newlib, global pages. */
#define X86_CR0_INIT 0x80010033 /* PG, WP, NE, ET, MP, PE */
#define X86_CR4_PGE 0x80
#define X86_CR4_PCIDE 0x20000
#define X86_CR4_INIT 0x6a0 /* OSXMMEXCPT, OSFXSR, PGE, PAE */
#define X86_EFER_INIT 0x900 /* NXE, LME */

#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC 0x800
#define MSR_EFER 0xc0000080
#define MSR_GS_BASE 0xc0000101

/* Vectors. The three IPIs are kinds of <ipi.h> in the same order. */
#define VEC_NMI 2
#define VEC_IPI 0xf0
#define VEC_SPURIOUS 0xff

/* The xAPIC's page stays where reset puts it (11.4.1): the fast entries name its EOI register by a constant. */
#define LAPIC_PA 0xfee00000
#define LAPIC_EOI 0xb0

#ifdef __ASSEMBLER__
/* Long mode enabled, not yet on: that takes paging. Uses EAX, ECX, EDX. */
	.macro x86_efer_init
	movl $MSR_EFER, %ecx
	rdmsr
	orl $X86_EFER_INIT, %eax
	wrmsr
	.endm

/* From real or protected mode: boot's map and paging on, so long mode; a far jump to X86_CS must follow. Uses EAX, ECX, EDX. */
	.macro x86_long_mode
	movl $X86_CR4_INIT, %eax
	movl %eax, %cr4
	movl $x86_boot_pml4, %eax
	movl %eax, %cr3
	x86_efer_init
	movl $X86_CR0_INIT, %eax
	movl %eax, %cr0
	.endm
#else
#include <types.h>

/* What the trap entry leaves on the stack, lowest address first. */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rbp, rdi, rsi, rdx, rcx, rbx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

/* boot/x86_64/bootinfo.c */
extern u64 x86_ram_top;       /* end of the highest RAM that the map keeps */
extern u64 x86_trampoline_pa; /* a free page below 640 KiB, 0 if there is none */
extern unsigned x86_nr_present; /* enabled CPUs in the MADT */
extern u32 x86_max_hwid;      /* highest APIC ID among them */
bool x86_is_ram(u64 start, u64 end); /* does any RAM of the map lie in [start, end)? */

/* arch/x86_64/entry.S: static tables for boot and for CPUs that start, identity, 512 GiB (4 GiB without 1G pages). */
extern u64 x86_boot_pml4[512];

/* trap.c: point @vector at @entry instead of the common C path. */
void x86_set_gate(unsigned vector, const void *entry);

/* ipi.c: this CPU's APIC ID, in whichever mode the APIC is; what ends an interrupt. */
u32 x86_apic_id(void);
void x86_eoi(void);
/* ipi.c: the mode of every CPU's APIC, by the command line. NULL, or why this machine cannot have it. */
const char *x86_choose_ipi(void);
/* ipi.c: INIT, start-up IPI to vector page @page. */
void x86_send_init(u32 hwid);
void x86_send_startup(u32 hwid, unsigned page);
bool x86_can_address(u32 hwid);

#endif
#endif
