/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts between CPUs.
 *
 * Three fixed vectors, each with an entry of its own, and the NMI. A request travels in memory, never in the vector:
 * NMIs merge (SDM Vol. 3, 6.7.1: one is held while one is served), so a handler looks at every request word.
 */
#ifndef SKEET_IPI_H
#define SKEET_IPI_H

#include <cpumask.h>
#include <types.h>

enum ipi_kind {
	IPI_CALL, /* run the target's call slot (kernel/ipi.c) */
	IPI_SYNC, /* empty: the interrupt itself is the service; count it and acknowledge */
	IPI_TLB,  /* flush what the request block says (mm/tlb.c) and acknowledge */
	NR_IPI_KINDS,
};

/* --- what the arch owes (arch/<isa>/ipi.c) --- */

/* Send @kind to every CPU in @to (never the caller). Requests must be visible before: this orders earlier stores first.
 * Returns the number of hardware writes that sent it (ipi_msg). Interrupts on or off. */
unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind);
typedef unsigned ipi_send_fn(const struct cpumask *to, enum ipi_kind kind);
/* NULL, or why this machine has no interrupt that closed interrupts do not stop. */
const char *arch_nmi_lacks(void);
/* The same by NMI: reaches CPUs with interrupts closed. Where there is none, an ordinary interrupt whose handler calls nmi_handle():
 * for what can wait until they are open, as panic's report. */
unsigned arch_nmi_send(const struct cpumask *to);
/* An NMI to this CPU; taken before this returns. Where there is none, nmi_handle() is called as if one came here. */
void arch_nmi_self(void);
/* This CPU's interrupt controller on. */
void arch_ipi_init_cpu(void);

/*
 * Every way in which this machine's interrupt controller, as it is set up, sends an interrupt: for benchmarks that lay them side by side.
 * What the kernel itself sends by is arch_ipi_send(), which chooses among them.
 */
enum ipi_dest {
	IPI_TO_ANY,    /* to whatever CPUs are named, the caller among them or not */
	IPI_TO_OTHERS, /* to all but the caller, by one name */
	IPI_TO_SELF,   /* to the caller, by one name */
};

struct ipi_form {
	const char *name; /* a word */
	enum ipi_dest dest;
	const char *(*lacks)(void); /* NULL, or a function that says why it cannot be had here; NULL from it: it can */
	ipi_send_fn *send;
	const char *(*lacks_self)(void); /* the same of the caller as a target of IPI_TO_ANY */
};
/* The last one has no name. Constant from arch_ipi_init_cpu() on. */
const struct ipi_form *arch_ipi_forms(void);

/* --- kernel/ipi.c --- */

/* Acknowledgements outstanding of the one shootdown in flight; the handlers decrement it atomically. */
extern volatile u64 ipi_pending __cacheline;

struct ipi_stats {
	u64 msg;    /* hardware writes */
	u64 target; /* CPUs addressed */
};
extern struct ipi_stats ipi_stats[NR_IPI_KINDS], nmi_stats; /* totals since boot, written under ipi_lock() (mail: atomically) */

/* Bits of cpu_area[].nmi_want. */
#define NMI_FLUSH 1u /* carry out the TLB request block, acknowledge */
#define NMI_WALK 2u  /* call nmi_hook */
#define NMI_STATE 4u /* print this CPU's stack (panic) */
#define NMI_STOP 8u  /* never return (panic) */
#define NMI_FENCE 16u /* execute a full fence, acknowledge */
#define NMI_MAIL 32u /* call nmi_mail_hook */

/**
 * ipi_sync_cpus - interrupt @to with an empty IPI and wait until each has taken it with interrupts on
 * @to: targets, without the caller
 * @n: how many, at least 1: the caller counts them for its own statistics, and once is enough in a timed window
 * Return: hardware writes used. Context: thread, interrupts on. Panics with every CPU's state if one does not answer.
 */
unsigned ipi_sync_cpus(const struct cpumask *to, unsigned n);

/* Take and drop the lock that allows one shootdown in flight (spins with interrupts on). */
void ipi_lock(void);
void ipi_unlock(void);
/* Publish @n outstanding acknowledgements, then (after sending) wait for them; @what and @to name the wait in reports. */
void ipi_expect(unsigned n);
void ipi_wait(const struct cpumask *to, const char *what);
/* Mutations (oracle image): so many answers the next waits do without; who takes the lock next waits for those. 0: none. */
extern unsigned ipi_excused;

/*
 * Make the @n (at least 1) CPUs in @to carry out the request block of mm/tlb.c and wait for all; returns the hardware writes used. The
 * caller holds ipi_lock() since before it filled the block. ipi_: interrupts-on only, so it drains. nmi_: reaches closed
 * CPUs too.
 */
unsigned ipi_flush_cpus(const struct cpumask *to, unsigned n);
unsigned nmi_flush_cpus(const struct cpumask *to, unsigned n);
/*
 * Make the @n (at least 1) CPUs in @to, without the caller, execute a full fence each between two instructions, closed interrupts or not,
 * and wait. Return, context: as ipi_sync_cpus().
 */
unsigned nmi_fence_cpus(const struct cpumask *to, unsigned n);
/*
 * An NMI to the @n CPUs in @to whose handlers call nmi_mail_hook; nobody waits for them. Returns the hardware writes used. Any number at
 * once.
 */
unsigned nmi_mail_cpus(const struct cpumask *to, unsigned n);
/* An NMI to this CPU whose handler calls nmi_hook (a nested walk); taken before this returns. */
void nmi_walk_self(void);

/* Run @fn(@arg) on every CPU in @to, in interrupt context there, and wait for all. Returns the hardware writes used. */
unsigned call_on_mask(const struct cpumask *to, void (*fn)(void *arg), void *arg);

/*
 * Ask CPU @cpu, not the caller's, to call irq_walk_hook in an interrupt; returns at once. Takes no ipi_lock(): what is asked for is not a
 * shootdown, and may go on beside one. Context: thread.
 */
void irq_walk_cpu(unsigned cpu);

/**
 * ipi_probe_cpus - make every CPU in @to call ipi_probe_hook in an interrupt, and return when the interrupts are sent
 * @to: targets, without the caller
 *
 * For benchmarks that look at the parts of an interrupt: nobody answers by himself, how the hook does is its own. The caller holds
 * ipi_lock() until every target has answered. Return: hardware writes used. Context: thread, interrupts on.
 */
unsigned ipi_probe_cpus(const struct cpumask *to);

/* ... and the same by @send, one of arch_ipi_forms() or like it; @to may be the caller alone where that says so. */
unsigned ipi_probe_by(const struct cpumask *to, ipi_send_fn *send);

/* Bits of cpu_area[].call_want. */
#define CALL_FN 1u   /* run the call slot, acknowledge */
#define CALL_WALK 2u /* call irq_walk_hook */
#define CALL_PROBE 4u /* call ipi_probe_hook */

/* Entered by the arch's vectors, interrupts off, one a kind. */
void ipi_handle(enum ipi_kind kind);
/* Entered by the arch's NMI vector; may nest once. */
void nmi_handle(void);
/*
 * Where one interrupt carries every kind, a word says which: a bit a kind, and this one for what stands in for an NMI that cannot be
 * sent (arch_nmi_lacks()). Interrupts off.
 */
#define IPI_AS_NMI NR_IPI_KINDS
static inline void ipi_take(u64 kinds)
{
	for (unsigned kind = 0; kind < NR_IPI_KINDS; kind++)
		if (kinds >> kind & 1)
			ipi_handle((enum ipi_kind)kind);
	if (unlikely(kinds >> IPI_AS_NMI & 1))
		nmi_handle();
}
/* What arch_nmi_self() is where @send sends NMIs to any CPU. */
void nmi_send_self(unsigned (*send)(const struct cpumask *to));
/* Do what the request words of this CPU ask for, interrupts off: the NMI that oracle_nmi_held() held back. */
void nmi_serve(void);
/* Hooks that mm/ sets once at boot: what IPI_TLB does; what an NMI does besides (walks; mailboxes); what IPI_CALL does besides. */
extern void (*ipi_tlb_hook)(void);
extern void (*nmi_hook)(void);
extern void (*nmi_mail_hook)(void);
extern void (*irq_walk_hook)(void);
/* ... and bench/ while it measures. */
extern void (*ipi_probe_hook)(void);

#endif
