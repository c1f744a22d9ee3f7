/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants of the riscv64 port that C and assembler share, and what its own files say to each other. */
#ifndef SKEET_ARCH_RISCV_H
#define SKEET_ARCH_RISCV_H

#include <asm_offsets.h>

/* sstatus (Privileged, 12.1.1): interrupts on; floating point on and clean, for newlib in thread context. */
#define SSTATUS_SIE 0x2
#define SSTATUS_FS_CLEAN 0x4000

/* sip and sie (12.1.3): the software interrupt, and the external one (IMSIC). */
#define IP_SSI 0x2
#define IP_SEI 0x200
#define CAUSE_SSI 1
#define CAUSE_SEI 9

/* The extension Sstc's timer and the IMSIC's claim register (AIA 1.0, 2.1), by number. */
#define CSR_STIMECMP 0x14d
#define CSR_STOPEI 0x15c

/* IMSIC: interrupt identities are kinds of <ipi.h> + 1, because 0 is none. */
#define IMSIC_ID(kind) ((kind) + 1)
/* What is wanted of a CPU where all IPIs are one interrupt: a bit a kind, as <ipi.h> has it. */
#define WANT_SYNC 0x2
#define WANT_TLB 0x4

/* struct cpu's arch part: what this CPU is wanted for, and where others write to interrupt it. */
#define CPU_WANT CPU_ARCH

/* struct trap_frame. */
#define FRAME_PC 0
#define FRAME_STATUS 256
#define FRAME_TAKEN 264
#define FRAME_SIZE 288

/* SBI (v2.0, 8 to 14). */
#define SBI_EXT_SSE 0x535345
#define SBI_SSE_COMPLETE 6

#ifndef __ASSEMBLER__
#include <cpumask.h>
#include <riscv64/tree.h>
#include <types.h>

/* What the trap entry leaves on the stack, lowest address first. */
struct trap_frame {
	u64 pc;    /* in the place of x0 */
	u64 x[31]; /* x1 to x31 */
	u64 status;
	u64 taken; /* what a short entry took and hands to C */
	u64 record[2]; /* frame record: s0 and PC of the interrupted code */
};

/* Words of struct cpu's arch part. */
enum {
	ARCH_WANT, /* address of the CPU's word, for the entry code */
	ARCH_DOOR, /* register whose write interrupts it: SETSSIP or an interrupt file of its IMSIC */
};

/* How IPIs go (word ipi=): constant after arch_ipi_init_cpu() of CPU 0. */
enum riscv_ipi { RISCV_IPI_SBI, RISCV_IPI_SSWI, RISCV_IPI_IMSIC };
extern unsigned riscv_ipi;

/* trap_entry.S */
extern const char riscv_exceptions[], riscv_vectors[], riscv_vectors_ssi[], riscv_vectors_imsic[], riscv_sse_entry[], idle_test[], idle_end[];
/* A turn for the other CPUs of an emulator that runs one at a time. */
void riscv_yield(void);
/* Read a CSR that S-mode may not be allowed to, or that is not there; false if it traps. */
bool riscv_probe_cycle(void);
bool riscv_probe_stimecmp(void);
/* The semihosting call @op with @arg. False if nobody serves it. */
bool riscv_semihost(u64 op, const void *arg);

/* spin hint: riscv_yield() instead of PAUSE? Where an emulator runs CPUs by turns and PAUSE does not end one. */
extern u64 riscv_relax_yields;

/* trap.c: faults that the tables did not bear out. */
extern u64 riscv_spurious_faults;

/* ipi.c: riscv_yield() works from here on; interrupts off. */
void riscv_ipi_early(unsigned cpu);
/* ipi.c: a software or external interrupt of this CPU wants these kinds (bits); interrupts off. */
void riscv_take(u64 want);
/* nmi.c: this CPU's SSE event on; and off again, before its hart stops. */
void riscv_nmi_init_cpu(void);
void riscv_nmi_exit_cpu(void);
unsigned riscv_nmi_send(const struct cpumask *to);
extern bool riscv_has_nmi;

/* boot/riscv64/: what the tree says. Constant from kmain() on. */
extern struct riscv_tree riscv_tree;
/* The hart that runs, or is to be started. */
const struct riscv_hart *riscv_hart_of(u32 hwid);
extern const char boot_secondary[];

/* The kernel's map ends here. */
#define RISCV_MAP_END (128 * GIB)

/* satp (Privileged, 12.1.11): mode 8, 9 or 10 for Sv39, Sv48 or Sv57. */
static inline u64 riscv_satp(unsigned levels, u64 asid, u64 root_pa)
{
	return (u64)(levels + 5) << 60 | asid << 44 | root_pa >> 12;
}

#endif
#endif
