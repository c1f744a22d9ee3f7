/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants of the ppc64 port that C and assembler share, and what its own files say to each other. */
#ifndef SKEET_ARCH_PPC64_H
#define SKEET_ARCH_PPC64_H

#include <asm_offsets.h>

/* MSR (Power ISA 3.0B, III 4.2.1). */
#define MSR_LE 0x1
#define MSR_RI 0x2
#define MSR_DR 0x10
#define MSR_IR 0x20
#define MSR_ME 0x1000
#define MSR_FP 0x2000
#define MSR_EE 0x8000
#define MSR_SF (1 << 63)
#define MSR_HV_SHIFT 60
/* The image's byte order. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MSR_ORDER MSR_LE
#else
#define MSR_ORDER 0
#endif

#define SPR_DSISR 18
#define SPR_DAR 19
#define SPR_DEC 22
#define SPR_SRR0 26
#define SPR_SRR1 27
#define SPR_PID 48
#define SPR_SPRG0 272 /* struct cpu */
#define SPR_SPRG1 273 /* scratch of the vectors */
#define SPR_SPRG2 274
#define SPR_PVR 287
#define SPR_PMC5 791
#define SPR_MMCR0 795
/* Of a hypervisor alone (III 5.4.4). */
#define SPR_HSRR0 314
#define SPR_HSRR1 315
#define SPR_LPCR 318
#define SPR_LPID 319
#define SPR_PTCR 464
#define SPR_PSSCR 855
#define SPR_HID0 1008
#define SPR_PIR 1023

/* DSISR (III 6.5.3): a leaf of a radix tree whose R, or whose C behind a store, is clear, and is software's to set. */
#define DSISR_R_OR_C 0x00040000

/* The kernel's addresses: quadrant 3, which process 0 translates. */
#define KERNEL_BASE 0xc000000000000000

/* Vectors (III 6.5): where they are, how far they reach, and where those with translation on lie (AIL 3). */
#define VECTOR_RESET 0x100
#define VECTOR_MCHECK 0x200
#define VECTOR_DATA 0x300
#define VECTOR_DATA_SEGMENT 0x380
#define VECTOR_FETCH 0x400
#define VECTOR_FETCH_SEGMENT 0x480
#define VECTOR_EXTERNAL 0x500
#define VECTOR_ALIGNMENT 0x600
#define VECTOR_PROGRAM 0x700
#define VECTOR_DECREMENTER 0x900
#define VECTOR_HV_DECREMENTER 0x980
#define VECTOR_THREAD_DOORBELL 0xa00
#define VECTOR_HV_DATA 0xe00
#define VECTOR_DOORBELL 0xe80 /* of a hypervisor */
#define VECTORS_END 0x1800
#define VECTORS_ON 0x4000
/* Behind those: the short entry of the interrupt that CPUs send each other (trap_entry.S). */
#define VECTOR_SHORT (VECTORS_ON + VECTORS_END)
#define SHORT_SIZE 0x400

/* The ABI's protected zone below the stack pointer, and struct trap_frame above what a callee may use of ours. */
#define RED_ZONE 288
#define FRAME_GPR 32
#define FRAME_NIP 288
#define FRAME_MSR 296
#define FRAME_CTR 304
#define FRAME_LR 312
#define FRAME_XER 320
#define FRAME_CR 328
#define FRAME_SIZE 368

/*
 * Words of struct cpu's arch part: where a vector saves what it needs before it has a frame. Two sets of four: ordinary interrupts, and
 * the ones that can come in the middle of that.
 */
#define SAVE_R12 0
#define SAVE_LR 8
#define SAVE_NIP 16
#define SAVE_MSR 24
#define CPU_SAVE CPU_ARCH
#define CPU_SAVE_NMI (CPU_ARCH + 32)
/* ... and behind them, with XIVE: pages of this CPU's source, to end it and to trigger it, and the interrupt context. */
#define ARCH_ESB 8
#define ARCH_TRIGGER 9
#define ARCH_TIMA 10
#define CPU_ESB (CPU_ARCH + 8 * ARCH_ESB)
#define CPU_TIMA (CPU_ARCH + 8 * ARCH_TIMA)
/* In the TIMA's page of an operating system: the load that accepts, and the priority from which on interrupts are held. */
#define TIMA_ACK 0x810
#define TIMA_CPPR 0x11
/* The end of a copied vector: its number, and where it goes. */
#define VECTOR_NUMBER 12
#define VECTOR_TARGET 8
#define VECTOR_STRIDE 0x80

/* cpu_area[].ipi_want has a byte a kind, so that a request is one store; as a number it is the same in both byte orders. */
#define WANT_SYNC 0x100
#define WANT_TLB 0x10000
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WANT_BYTE(kind) (kind)
#else
#define WANT_BYTE(kind) (7 - (kind))
#endif
#define CPU_WANT_SYNC (CPU_IPI_WANT + WANT_BYTE(1))
#define CPU_WANT_TLB (CPU_IPI_WANT + WANT_BYTE(2))
/* struct ppc64_radix */
#define RADIX_AP 44

/* Less is more urgent (PAPR, XICS). */
#define PRIORITY_IPI 4
#define PRIORITY_NONE 0xff
#define H_CEDE 0xe0
#define H_EOI 0x64
#define H_IPI 0x6c
#define H_XIRR 0x74

/* In the image's first bytes, for CPUs that spin there (entry.S): who is to go on, and where. Big-endian. */
#define HOLD_CODE 0x18
#define HOLD_SERVER 0x48
#define HOLD_TARGET 0x50

#ifndef __ASSEMBLER__
#include <cpumask.h>
#include <ppc64/tree.h>
#include <types.h>

struct trap_frame {
	u64 link[4]; /* a stack frame of the ABI: back chain, CR, LR, TOC */
	u64 gpr[32];
	u64 nip, msr, ctr, lr, xer, cr;
	u64 unused[4];
};

/* hcall.S: up to seven arguments, up to four values. Negative: an error of PAPR. */
s64 ppc64_hcall(u64 op, u64 a, u64 b, u64 c, u64 d, u64 ret[4]);
s64 ppc64_hcall6(u64 op, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f);
s64 ppc64_hcall_bulk(u64 op, u64 words[8]);

enum hcall {
	H_REMOVE = 0x04,
	H_ENTER = 0x08,
	H_CPPR = 0x68,
	H_PUT_TERM_CHAR = 0x58,
	H_SIGNAL_SYS_RESET = 0x380,
	H_BULK_REMOVE = 0x124,
	H_SET_MODE = 0x31c,
	H_REGISTER_PROC_TBL = 0x37c,
	KVMPPC_H_RTAS = 0xf000,
};

/* ipi.c: not zero from the sending of an NMI to its end. */
struct ppc64_busy {
	volatile u64 busy;
} __cacheline;
extern struct ppc64_busy ppc64_nmi_busy[];
/* trap.c: no interrupt of the decrementer for as long as can be. */
void ppc64_dec_far_away(void);
/* NULL: one CPU can reset another; or why not. The platform's configure() says so. And is there a way to reset oneself? */
extern const char *ppc64_reset_lacks;
extern bool ppc64_resets_itself;
/* ipi.c: an interrupt by @vector, interrupts off. False: nobody sends such ones. */
bool ppc64_ipi_taken(unsigned vector);
/* trap.c: the vector @vector begins with the short entry @entry. */
void ppc64_install_short(unsigned vector, const char *entry);

/* options.c: one CPU at a time, changed at certain instructions only? */
extern u64 ppc64_by_turns;
/* options.c: the way in which one CPU interrupts another. */
enum ppc64_ipi { PPC64_IPI_XICS, PPC64_IPI_MSGSNDP, PPC64_IPI_XIVE, PPC64_IPI_DOORBELL };
extern u64 ppc64_ipi;

extern const char idle_test[], idle_end[], bare_idle_test[], bare_idle_end[];

/* The kernel's map ends here. */
#define PPC64_MAP_END (512 * GIB)
/* PIDs that are used: the process table has so many entries. */
#define PPC64_PID_BITS 12

/* boot/ppc64/: what the tree says. Constant from kmain() on. */
extern struct ppc64_cpus ppc64_cpus;
extern struct ppc64_papr ppc64_papr;
extern struct ppc64_chips ppc64_chips;
/* The RTAS call @token by the hypervisor: status of the call. */
s64 ppc64_rtas(u32 token, unsigned nargs, const u32 *args);
extern const char boot_secondary[];

/*
 * What a partition asks its hypervisor for (papr.c) and the bare machine does itself (powernv.c). Interrupts have direct calls: what they
 * cost is part of results.
 */
struct ppc64_platform {
	const char *name;
	const char *(*configure)(void);         /* NULL, or why this cannot run here */
	void (*trap_init_cpu)(bool first);      /* interrupts in this byte order, with translation on */
	void (*set_process_table)(u64 pa, unsigned shift, u64 kernel_entry); /* of 2^@shift bytes */
	void (*mmu_init_cpu)(void);             /* before translation goes on */
	int (*cpu_start)(unsigned cpu);
	void (*idle_until)(const volatile u64 *word);
};
/* mmu.c: the 1G around @pa, at its address; on CPU 0, before others are started. */
void ppc64_map_device(u64 pa);
extern const struct ppc64_platform papr_platform, powernv_platform;
extern const struct ppc64_platform *ppc64_platform; /* boot sets both */
extern bool ppc64_bare; /* no hypervisor below */

/* papr.c */
void papr_nmi_send(unsigned cpu);
void papr_idle_until(const volatile u64 *word);
/* powernv_nmi.c */
const char *powernv_nmi_lacks(void);
void powernv_nmi_send(unsigned cpu);
/* powernv.c */
void powernv_idle_until(const volatile u64 *word);
/* The partition's hashed table has 2^@shift bytes at @pa, which is a multiple of that. */
void powernv_set_hashed(u64 pa, unsigned shift);

/* boot/ppc64/: OPAL, the firmware of a bare machine; 0: there is none. */
struct ppc64_opal {
	u64 base, entry;
};
extern struct ppc64_opal ppc64_opal;
s64 ppc64_opal_call(u64 token, u64 a, u64 b, u64 c);

enum opal {
	OPAL_CONSOLE_WRITE = 1,
	OPAL_CEC_POWER_DOWN = 5,
	OPAL_POLL_EVENTS = 10,
	OPAL_START_CPU = 41,
	OPAL_REINIT_CPUS = 70,
	OPAL_CHECK_TOKEN = 80,
	OPAL_SIGNAL_SYSTEM_RESET = 145,
};

/* entry.S: the first byte of the image; a CPU that was started with nothing in r3 that says which. */
extern char boot_entry[];
extern const char boot_secondary_bare[];
extern u32 boot_starting;

#endif
#endif
