/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU state. The private half is written and read by its own CPU only; the public half may be read by any CPU and says
 * who may write it. They never share a cache line: who owns a line is the cost model of every scheme that scans.
 */
#ifndef SKEET_PERCPU_H
#define SKEET_PERCPU_H

#include <cpu.h>
#include <lset.h>
#include <pword.h>

struct cpu {
	/* private */
	struct cpu *self __cacheline;
	u32 id;          /* logical number */
	u32 hwid;        /* APIC ID, MPIDR, ... */
	u64 rng;         /* xorshift64 state of this CPU's delay points */
	void *stack_top;
	u64 arch[12];    /* for <arch/...> only; offsets are asserted there */

	/* public */
	volatile u64 work __cacheline; /* not zero: there is work (any CPU sets it, this CPU clears it) */
	void (*fn)(void *arg);
	void *arg;
	u64 given;               /* number of work items handed over (written by the CPU that hands them) */
	volatile u64 done;       /* number of work items finished (written by this CPU) */
	volatile u32 online;     /* written once by this CPU */
	const char *volatile where; /* what this CPU waits for, for the deadline's report (written by this CPU) */
	volatile u64 nmi_want;   /* NMI_* requests: any CPU sets bits, this CPU's NMI handler takes them all */
	volatile u64 call_want;  /* CALL_* requests: any CPU sets bits, this CPU takes them all */
	volatile u64 ipi_want;   /* for <arch/...> only: what is wanted by an interrupt that carries every kind */

	/* counters, written by this CPU only */
	u64 ipi_recv __cacheline; /* fixed IPIs taken (all kinds) */
	u64 nmi_recv;             /* NMIs taken after merging */
	u64 sync_recv;            /* IPI_SYNC taken: the report of who did not answer reads this */
	u64 tlb_recv;             /* flush requests carried out, by IPI or NMI */
	u64 tlb_caught;           /* times that it came back from lazy and flushed what it had been left out of */
};

extern struct cpu cpu_area[NR_CPUS];

/* One protocol word a CPU, each on its own line: DEFINE_PERCPU_WORD(name); name[cpu].w */
struct percpu_word {
	struct pword w;
} __cacheline;
#define DEFINE_PERCPU_WORD(name)                                                                   \
	static struct percpu_word name[NR_CPUS];                                                   \
	PERCPU_WORD_NAME(name)

/* How the oracle's events call them; the timing image has no names. PERCPU_WORD_NAME() comes from the include path of the build. */
struct percpu_word_name {
	const char *name;
	const struct percpu_word *base;
};
#include <percpu_name.h>

#endif
