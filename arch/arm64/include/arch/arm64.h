/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of the arm64 port that C and assembler share, and what its own files say to each other. Section numbers are those
 * of the Arm ARM (DDI 0487) unless another document is named.
 */
#ifndef SKEET_ARCH_ARM64_H
#define SKEET_ARCH_ARM64_H

#include <asm_offsets.h>

/* PSTATE.DAIF as MRS shows it, and as DAIFSET takes it. */
#define DAIF_I 0x80
#define DAIFBIT_I 2
#define DAIFBIT_F 1
#define DAIFBIT_IF 3

/* MAIR_EL1 (D17.2.97): index 0 Device-nGnRE, 1 Normal write-back. */
#define ARM64_MAIR 0xff04
#define ATTR_DEVICE 0
#define ATTR_NORMAL 1

/* SCTLR_EL1 (D17.2.118): bits that are one where nothing newer gives them a meaning, then I, C, M. */
#define SCTLR_RES1 0x30500800
#define SCTLR_M 0x1
#define SCTLR_ON (SCTLR_RES1 | 0x1005)

/* TCR_EL1 (D17.2.131), but for TG0, IPS and AS: TTBR0 of 48 bits, write-back inner-shareable walks; TTBR1 off. */
#define TCR_COMMON (16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23)

/* SGIs. The first three are kinds of <ipi.h> in the same order; non-secure software owns 0 to 7. */
#define SGI_SYNC 1
#define SGI_TLB 2
#define SGI_NMI 7

/* Priorities: an ordinary interrupt, the one that counts as NMI, and the masks that let both or only the latter in. */
#define PRIO_IRQ 0xa0
#define PRIO_NMI 0x20
#define PMR_ON 0xf0
#define PMR_OFF 0x80

/* What the C side of an interrupt is told when the entry has acknowledged nothing. */
#define NOT_ACKED 0xffffffff

/* struct trap_frame. */
#define FRAME_SP 248
#define FRAME_PC 256
#define FRAME_PSTATE 264
#define FRAME_RECORD 272
#define FRAME_SIZE 288

#ifndef __ASSEMBLER__
#include <cpumask.h>
#include <ipi.h>
#include <types.h>

/* What the trap entry leaves on the stack, lowest address first. */
struct trap_frame {
	u64 x[31];
	u64 sp;
	u64 pc, pstate;
	u64 record[2]; /* frame record: FP and PC of the interrupted code */
};

/*
 * How interrupts are closed (<arch/cpu.h>), chosen by the interrupt controller's file: constant after arch_ipi_init_cpu() of
 * CPU 0.
 */
enum arm64_mask {
	MASK_DAIF, /* PSTATE.I; the NMI is an FIQ, or FEAT_NMI's */
	MASK_PMR,  /* the priority mask of a GICv3, ICC_PMR_EL1 */
	MASK_GICC, /* ... of a GICv2, GICC_PMR */
};
extern u32 arm64_mask;
extern volatile u32 *arm64_gicc_pmr;
extern u64 arm64_feat_nmi; /* FEAT_NMI carries the NMI: arch_idle_until() closes ALLINT */

/* An interrupt controller. One file each; which one is there is what boot found in the tree. */
struct arm64_ipi {
	const char *name;
	void (*init_first)(void); /* on the boot CPU, before init_cpu() */
	void (*init_cpu)(void);   /* interrupts closed; allows NMIs */
	void (*irq)(u64 acked); /* take what is pending; @acked: what the fast entry has acknowledged, or NOT_ACKED */
	void (*fiq)(void);
	const char *fast; /* vectors of the timing image */
	const struct ipi_form *forms;
};
extern const struct arm64_ipi gicv2_ipi, gicv3_ipi, bcm2836_ipi;
/* ipi.c: what firmware left enabled in a GIC's distributor would come to a kernel that drives no device. */
void gic_close_devices(void);
/* Send SGI @sgi to @to; request words are visible before. Returns hardware writes. */
unsigned gicv2_send(const struct cpumask *to, unsigned sgi);
unsigned gicv3_send(const struct cpumask *to, unsigned sgi);
unsigned bcm2836_send(const struct cpumask *to, unsigned sgi);

/* ipi.c: SGI @sgi was acknowledged and ended: run it. Interrupts closed by PSTATE; NMIs come in while an ordinary one runs. */
void arm64_take(unsigned sgi);
/* Are @to all CPUs of the machine but this one? */
bool arm64_is_all_but_self(const struct cpumask *to);

/* NULL, or why an interrupt to all but this CPU would hit one that was left out. */
const char *arm64_lacks_all_but_self(void);

/* trap_entry.S: vectors. */
extern const char arm64_vectors[], arm64_vectors_gicv2[], arm64_vectors_gicv3[];
/* trap_entry.S: leave @ttbr0 and @tcr in force, with the MMU off in between and all entries of this CPU gone. */
void arm64_mmu_load(u64 ttbr0, u64 tcr);
/* trap_entry.S: SMCCC calls (Arm DEN 0028): function and arguments in x0 to x3, result in x0. */
u64 arm64_smc(u64 fn, u64 a, u64 b, u64 c);
u64 arm64_hvc(u64 fn, u64 a, u64 b, u64 c);
/* trap_entry.S: HLT #0xf000 with @op and @arg. False if nobody serves it. */
bool arm64_semihost(u64 op, const void *arg);

/* time.c: this CPU's cycle counter on. */
void arm64_counter_on(void);

/* boot/arm64/ */
struct arm64_boot {
	const struct arm64_ipi *ipi;
	u64 gicd, gicc;                    /* GICv2 (gicd of a GICv3 too) */
	struct {
		u64 start, size;
	} gicr[8];                         /* regions of redistributors */
	unsigned nr_gicr;
	u64 local_intc;                    /* BCM2836 */
	bool psci_hvc;
	u32 psci_cpu_on;                   /* function; 0: no PSCI */
	u32 psci_cpu_suspend;              /* ... */
	u32 idle_state;                    /* what it is asked for: the deepest that the tree lists and that keeps a CPU's registers */
	unsigned entry_el;                 /* 1 or 2 */
	unsigned nr_present;               /* CPUs in the tree */
	bool page0;                        /* firmware keeps a word in page 0 that is needed */
};
extern struct arm64_boot arm64_boot;
/* cpus.c: start the CPU with hardware ID @hwid at boot_secondary. 0, or -1 if firmware refused. */
int arm64_cpu_on(u32 hwid);
void arm64_psci_off(void);
/* PSCI CPU_SUSPEND; its error, 0 if the CPU slept (Arm DEN 0022, 5.1.2, 5.2.2). */
int arm64_cpu_suspend(u32 state);
/* entry.S */
extern const char boot_secondary[];
extern volatile u64 arm64_starting; /* number of the CPU that is being started */
/* MPIDR_EL1 of a hardware ID, and back: Aff3 goes down by 8. */
static inline u64 arm64_mpidr_of(u32 hwid)
{
	return (hwid & 0xffffff) | (u64)(hwid >> 24) << 32;
}

static inline u32 arm64_hwid_of(u64 mpidr)
{
	return (u32)(mpidr & 0xffffff) | (u32)(mpidr >> 32 & 0xff) << 24;
}
/*
 * EL2 stays reachable where the image was entered there (arm64_boot.entry_el): HVC calls the function in x0 with x1 at EL2,
 * with the MMU off and without a stack.
 */
static inline u64 arm64_el2_call(u64 (*fn)(u64 arg), u64 arg)
{
	return arm64_hvc((u64)fn, arg, 0, 0);
}

#endif
#endif
