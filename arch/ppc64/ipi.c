// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between CPUs: what is alike whoever carries them. There is one source a CPU, whose interrupts merge, so what is wanted
 * is in a word of its own, set before and taken by an exchange: a byte a kind, which a plain store sets. What is wanted by IPI_SYNC
 * alone the short entries take without an exchange (trap_entry.S).
 *
 * The NMI is the system reset interrupt: neither MSR.EE nor an interrupt controller holds it. It may come between the raising of
 * another interrupt and the first instruction of that one's vector, and overwrites the SRR0 and SRR1 that were to be saved there.
 * Where CPUs run by turns that does not happen (trap_entry.S); where they run side by side it does, so there is no NMI from one CPU
 * to another there. Where nobody can send one, or it is not safe, it is an ordinary interrupt whose handler is that of the NMI. A
 * CPU may always reset itself, if it has the means: it is in no vector.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <oracle.h>
#include <percpu.h>
#include <pte.h>
#include <smp.h>

#include <arch/ppc64.h>

#include "ipi_ways.h"

/* Looks at a CPU that does not come out of its NMI. */
#define BUSY_TURNS (1U << 20)

_Static_assert(WANT_SYNC == 1ULL << 8 * IPI_SYNC && CPU_WANT_SYNC == CPU_IPI_WANT + WANT_BYTE(IPI_SYNC), "WANT_SYNC");
_Static_assert(WANT_TLB == 1ULL << 8 * IPI_TLB && CPU_WANT_TLB == CPU_IPI_WANT + WANT_BYTE(IPI_TLB), "WANT_TLB");
_Static_assert(offsetof(struct ppc64_radix, ap) == RADIX_AP && sizeof(ppc64_radix.ap[0]) == 4, "RADIX_AP");

/* Direct calls: what the initiator executes for a target is part of every result, and its branches should be as plain. */
u64 ppc64_ipi;

static __always_inline void want_and_sync(const struct cpumask *to, unsigned kind)
{
	unsigned cpu;

	for_each_cpu(cpu, to)
		((volatile u8 *)&cpu_area[cpu].ipi_want)[WANT_BYTE(kind)] = 1;
	insn_sync(); /* the request and the word before the interrupt, which orders nothing by itself */
}

static __always_inline unsigned send(const struct cpumask *to, unsigned kind)
{
	want_and_sync(to, kind);
	switch (ppc64_ipi) {
	case PPC64_IPI_MSGSNDP:
		return msgsndp_send(to);
	case PPC64_IPI_XIVE:
		return xive_send(to);
	case PPC64_IPI_DOORBELL:
		return doorbell_send(to);
	default:
		return xics_send(to);
	}
}

__timed unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	return send(to, kind);
}

/* --- every way, for benchmarks: one by one; each boot has one --- */

static const char *lacks_own_doorbell(void)
{
	return ppc64_by_turns ? "QEMU aborts under icount when a CPU rings its own doorbell (tcg1 is not tried)" : NULL;
}

#define FORM(way, lacks)                                                                           \
	static __timed unsigned form_##way(const struct cpumask *to, enum ipi_kind kind)           \
	{                                                                                          \
		want_and_sync(to, kind);                                                           \
		return way##_send(to);                                                             \
	}                                                                                          \
	static const struct ipi_form forms_##way[] = { { .name = #way "-each", .send = form_##way, .lacks_self = lacks }, { 0 } }

FORM(xics, NULL);
FORM(msgsndp, lacks_own_doorbell);
FORM(xive, NULL);
FORM(doorbell, lacks_own_doorbell);

const struct ipi_form *arch_ipi_forms(void)
{
	static const struct ipi_form *const forms[] = {
		[PPC64_IPI_XICS] = forms_xics,
		[PPC64_IPI_MSGSNDP] = forms_msgsndp,
		[PPC64_IPI_XIVE] = forms_xive,
		[PPC64_IPI_DOORBELL] = forms_doorbell,
	};

	return forms[ppc64_ipi];
}

const char *ppc64_reset_lacks;
bool ppc64_resets_itself = true;

const char *arch_nmi_lacks(void)
{
	if (ppc64_reset_lacks)
		return ppc64_reset_lacks;
	return ppc64_by_turns ? NULL : "a system reset can meet another interrupt's SRR0 and SRR1 where CPUs run side by side (only icount and tcg1 run them by turns)";
}

/*
 * System resets neither merge nor wait for each other: a second one would overwrite SRR0 and SRR1 of the first. So there is one at
 * a time to a CPU: who sends waits for the end of the last one, which the entry code says. Not for ever: a CPU that panics may have
 * stopped it there.
 */
struct ppc64_busy ppc64_nmi_busy[NR_CPUS];
_Static_assert(sizeof(struct ppc64_busy) == 64, "nmi_done of trap_entry.S");

static __timed bool nmi_begin(unsigned cpu)
{
	for (unsigned turns = BUSY_TURNS; turns; turns--) {
		if (!__atomic_exchange_n(&ppc64_nmi_busy[cpu].busy, 1, __ATOMIC_ACQUIRE))
			return true;
		arch_relax();
	}
	return false;
}

static __timed unsigned reset_send(const struct cpumask *to)
{
	unsigned n = 0, cpu;

	insn_sync(); /* as above */
	for_each_cpu(cpu, to) {
		if (unlikely(!nmi_begin(cpu)))
			continue;
		if (ppc64_bare)
			powernv_nmi_send(cpu);
		else
			papr_nmi_send(cpu);
		n++;
	}
	return n;
}

__timed unsigned arch_nmi_send(const struct cpumask *to)
{
	return ppc64_by_turns && !ppc64_reset_lacks ? reset_send(to) : send(to, IPI_AS_NMI);
}

void arch_nmi_self(void)
{
	if (ppc64_reset_lacks || !ppc64_resets_itself)
		nmi_handle();
	else
		nmi_send_self(reset_send);
}

/* The interrupt goes before the look: what is wanted behind the look raises it again. Acquire: what a request is about comes behind it. */
static void take(void)
{
	u64 want = __atomic_exchange_n(&cpu_area[this_cpu()].ipi_want, 0, __ATOMIC_ACQUIRE), kinds = 0;

	for (unsigned kind = 0; kind <= IPI_AS_NMI; kind++)
		kinds |= (want >> 8 * kind & 1) << kind;
	ipi_take(kinds);
}

static const struct ipi_way *const ways[] = {
	[PPC64_IPI_XICS] = &ipi_xics,
	[PPC64_IPI_MSGSNDP] = &ipi_msgsndp,
	[PPC64_IPI_XIVE] = &ipi_xive,
	[PPC64_IPI_DOORBELL] = &ipi_doorbell,
};

bool ppc64_ipi_taken(unsigned vector)
{
	if (vector != ways[ppc64_ipi]->vector)
		return false;
	ways[ppc64_ipi]->taken();
	insn_sync(); /* the interrupt's end before the look at what is wanted */
	take();
	return true;
}

void arch_ipi_init_cpu(void)
{
	ways[ppc64_ipi]->init_cpu();
	if (!oracle_build && this_cpu() == 0) /* in the oracle image every interrupt takes the C path, where the hooks are */
		ppc64_install_short(ways[ppc64_ipi]->vector, ways[ppc64_ipi]->entry);
}
