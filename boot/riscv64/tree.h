/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the riscv64 kernel reads from its device tree. Nothing here touches a CSR, firmware or the rest of the kernel, so that
 * the host tests run the same code on trees of other machines.
 *
 * What is absent leaves its fields 0. What is there but wrong, or absent and needed, is in the error text of the tree
 * (fdt_open()): look there once everything was read.
 */
#ifndef SKEET_BOOT_RISCV64_TREE_H
#define SKEET_BOOT_RISCV64_TREE_H

#include <types.h>

#include "../fdt.h"

/* Extensions of harts that this kernel or its tests ask for, or say; in the order of riscv_ext_name[]. */
enum riscv_ext {
	RISCV_EXT_H,           /* hypervisor */
	RISCV_EXT_SMAIA,       /* interrupt files, all modes */
	RISCV_EXT_SSAIA,       /* interrupt files, S-mode */
	RISCV_EXT_SSCOFPMF,    /* overflow interrupts of counters */
	RISCV_EXT_SSTC,        /* stimecmp */
	RISCV_EXT_SVADE,       /* a clear A or D faults */
	RISCV_EXT_SVADU,       /* hardware sets A and D */
	RISCV_EXT_SVINVAL,     /* sinval.vma and its fences */
	RISCV_EXT_SVNAPOT,     /* 64K leaves */
	RISCV_EXT_SVPBMT,      /* memory types in entries */
	RISCV_EXT_SVVPTC,      /* a new valid entry is seen without a fence */
	RISCV_EXT_ZAWRS,       /* wrs.nto, wrs.sto */
	RISCV_EXT_ZIHINTPAUSE, /* pause */
	RISCV_NR_EXT
};
extern const char *const riscv_ext_name[RISCV_NR_EXT];

struct riscv_hart {
	u32 id;
	u32 intc;  /* phandle of its interrupt controller; 0: none */
	u64 sswi;  /* SETSSIP register; 0: none */
	u64 imsic; /* interrupt file of S-mode; 0: none */
};

enum riscv_uart_kind { RISCV_UART_NONE, RISCV_UART_8250, RISCV_UART_SIFIVE };

struct riscv_uart {
	enum riscv_uart_kind kind;
	u64 base;
	u32 shift; /* register n is at base + (n << shift) */
	u32 width; /* bytes an access, 1 or 4 */
};

struct riscv_tree {
	struct riscv_hart hart[NR_CPUS]; /* those that can run this kernel: enabled and with an MMU, in the order of the tree */
	unsigned nr_harts;
	u32 isa;           /* bits enum riscv_ext: what all of them have */
	u64 timebase_hz;
	u32 idle_state;    /* of SBI's suspend: the deepest that the tree lists and that keeps a hart's registers */
	bool has_sswi;     /* every one of them has a register */
	bool has_imsic;    /* every one of them has a file */
	u32 imsic_ids;     /* 1 to this are interrupt identities of every file */
};

/**
 * riscv_read_isa - the extensions of one hart
 * @t: gets the error if the hart is none of RV64 or lacks what this kernel is compiled for
 * @cpu: its node
 * Return: bits enum riscv_ext; from "riscv,isa-extensions", or "riscv,isa" where there is none.
 */
u32 riscv_read_isa(const struct fdt *t, int cpu);
/* Fill in the harts, what all of them have, and the frequency of the time CSR. */
void riscv_read_harts(struct riscv_tree *m, const struct fdt *t);
/* After riscv_read_harts(): where a store interrupts each of them. */
void riscv_read_ipi(struct riscv_tree *m, const struct fdt *t);
/* The node of stdout-path; kind NONE if it is none of those known here, or there is none. */
void riscv_read_uart(struct riscv_uart *uart, const struct fdt *t);
/* The register that ends QEMU's virt ("sifive,test0"); 0 if there is none. */
u64 riscv_read_finisher(const struct fdt *t);

#endif
