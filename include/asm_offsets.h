/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the entry code of every ISA, in assembler, knows of structures that all share. Asserted where each structure lives:
 * kernel/percpu.c, mm/tlb.c, kernel/ipi.c.
 */
#ifndef SKEET_ASM_OFFSETS_H
#define SKEET_ASM_OFFSETS_H

/* struct cpu */
#define CPU_ID 8
#define CPU_HWID 12
#define CPU_STACK_TOP 24
#define CPU_ARCH 32
#define CPU_NMI_WANT 184
#define CPU_IPI_WANT 200
#define CPU_IPI_RECV 256
#define CPU_NMI_RECV 264
#define CPU_SYNC_RECV 272
#define CPU_TLB_RECV 280
#define CPU_SIZE 320

/* struct tlb_request */
#define TLB_REQ_VA 0
#define TLB_REQ_NR 8
#define TLB_REQ_KIND 24
#define TLB_REQ_ASID 32
#define TLB_REQ_LEVEL 40

/* NMI_FLUSH alone */
#define NMI_WANT_FLUSH 1

#endif
