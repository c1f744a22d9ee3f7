/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the ppc64 kernel reads from its device tree: pseries (PAPR) and powernv alike. Nothing here touches a register, firmware or
 * the rest of the kernel, so that the host tests run the same code. Command line and memory: boot/tree.h.
 *
 * What is absent leaves its fields 0. What is there but wrong, or absent and needed, is in the error text of the tree
 * (fdt_open()): look there once everything was read.
 */
#ifndef SKEET_BOOT_PPC64_TREE_H
#define SKEET_BOOT_PPC64_TREE_H

#include <types.h>

#include "../fdt.h"

#define PPC64_HASH_SIZES 8

/* Sizes of radix leaves. */
enum ppc64_size { PPC64_4K, PPC64_64K, PPC64_2M, PPC64_1G, PPC64_NR_SIZES };

struct ppc64_thread {
	u32 server; /* by which RTAS, hypercalls and interrupts name it; its PIR on powernv */
	u32 core;   /* index in the tree */
};

/* A size of base and actual page of hashed translation. */
struct ppc64_hash_size {
	unsigned shift; /* log2 */
	u64 llp;        /* L and LP of an SLB entry */
	u64 penc;       /* of an HPTE's LP field */
};

struct ppc64_cpus {
	struct ppc64_thread thread[NR_CPUS]; /* of enabled cores, in the order of the tree */
	unsigned nr_threads, nr_cores;
	u64 timebase_hz;
	u32 pvr;                /* "cpu-version" */
	u32 dec_bits;           /* of the large decrementer; 0: 32 */
	u32 pid_bits;           /* 0: not said */
	u32 sizes;              /* bits enum ppc64_size that ap[] is known of; 0: not said */
	u8 ap[PPC64_NR_SIZES];  /* Actual Page size, for the operands of invalidates */
	/* Of hashed translation: pages that are as large as their segment's, in the order of the tree; segments of 1T; the table. */
	struct ppc64_hash_size hash_size[PPC64_HASH_SIZES];
	unsigned nr_hash_sizes;
	bool has_1t;
	u32 pft_shift;          /* log2 of the bytes of a partition's table; 0: not said */
};

/* Lists of "ibm,hypertas-functions" that this kernel uses or reports; in the order of ppc64_hcalls_name[]. */
enum ppc64_hcalls {
	PPC64_HCALL_PFT,      /* H_ENTER, H_REMOVE */
	PPC64_HCALL_BULK,     /* H_BULK_REMOVE */
	PPC64_HCALL_TERM,     /* H_PUT_TERM_CHAR */
	PPC64_HCALL_INTERRUPT, /* XICS: H_IPI, H_EOI, H_XIRR */
	PPC64_HCALL_SET_MODE, /* H_SET_MODE */
	PPC64_HCALL_SPLPAR,   /* H_CEDE, H_CONFER, H_PROD */
	PPC64_HCALL_RPT,      /* H_RPT_INVALIDATE */
	PPC64_NR_HCALLS
};
extern const char *const ppc64_hcalls_name[PPC64_NR_HCALLS];

struct ppc64_papr {
	bool present;                          /* there is a /rtas: a guest */
	u32 power_off, start_cpu, stop_self, os_term; /* RTAS tokens; 0: none */
	u64 xive_tima;                         /* a CPU's interrupt context, as an operating system sees it; 0: no XIVE */
	u32 xive_first, xive_count;            /* sources for interrupts between CPUs */
	u32 hcalls;                            /* bits enum ppc64_hcalls */
	bool has_radix, has_hash;              /* what the hypervisor offers */
	bool has_gtse;                         /* ... and lets a guest with radix execute tlbie */
	bool has_console;
	u32 console;                           /* unit of the virtual terminal that stdout is */
};

/* Chips by number ("ibm,chip-id"). */
#define PPC64_CHIPS 16
struct ppc64_chips {
	u64 xscom[PPC64_CHIPS]; /* its XSCOM bus, a physical address, if it is POWER10's; 0: none */
};

void ppc64_read_chips(struct ppc64_chips *c, const struct fdt *t);
/* Cores, threads and what all cores have alike (taken from the first). */
void ppc64_read_cpus(struct ppc64_cpus *c, const struct fdt *t);
void ppc64_read_papr(struct ppc64_papr *p, const struct fdt *t);
/* How Open Firmware is called on the banner: "slof" says so itself, "vof" is QEMU's that says nothing; "open firmware" otherwise. */
const char *ppc64_firmware(const struct fdt *t);
/**
 * ppc64_next_claimed - memory that Open Firmware keeps for itself: "reg" of the first memory without "available"
 * @at: where to look from; then the end of what was found
 * @start: of what was found
 * Return: false if there is no more.
 */
bool ppc64_next_claimed(const struct fdt *t, u64 *at, u64 *start);

#endif
