// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between CPUs by the XICS of PAPR: H_IPI sets the priority at which a CPU is wanted, and it takes an external interrupt.
 * There is one such source a CPU, so what is wanted is a bit a kind in a word of its own, set before and taken by an exchange.
 *
 * The NMI is the system reset interrupt, by H_SIGNAL_SYS_RESET: neither MSR.EE nor the XICS holds it. It may come between the raising
 * of another interrupt and the first instruction of that one's vector, and overwrites the SRR0 and SRR1 that were to be saved there.
 * Where CPUs run by turns that does not happen (trap_entry.S); where they run side by side it does, so there is no NMI from one CPU to
 * another there, and what asks for one gets an ordinary interrupt. A CPU's own is safe: it is in no vector.
 */
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <percpu.h>
#include <smp.h>

#include <arch/ppc64.h>

/* Less is more urgent (PAPR, XICS). */
#define PRIORITY_IPI 4
#define PRIORITY_NONE 0xff
#define XISR_IPI 2
/* The bit behind those of <ipi.h>: an interrupt in the place of an NMI. */
#define KIND_NMI NR_IPI_KINDS
/* Looks at a CPU that does not come out of its NMI. */
#define BUSY_TURNS (1U << 20)

static struct {
	volatile u64 kinds;
} __cacheline want[NR_CPUS];

static __timed unsigned send(const struct cpumask *to, unsigned kind)
{
	unsigned n = 0, cpu;

	for_each_cpu(cpu, to)
		__atomic_fetch_or(&want[cpu].kinds, 1ULL << kind, __ATOMIC_RELAXED);
	insn_sync(); /* the request and the word before the call, which orders nothing by specification */
	for_each_cpu(cpu, to) {
		ppc64_hcall(H_IPI, cpu_area[cpu].hwid, PRIORITY_IPI, 0, 0, NULL);
		n++;
	}
	return n;
}

__timed unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	return send(to, kind);
}

const char *arch_nmi_lacks(void)
{
	return ppc64_by_turns ? NULL : "a system reset can meet another interrupt's SRR0 and SRR1 where CPUs run side by side (only icount and tcg1 run them by turns)";
}

/*
 * System resets neither merge nor wait for each other: a second one would overwrite SRR0 and SRR1 of the first. So there is one at a time
 * to a CPU: who sends waits for the end of the last one, which the entry code says. Not for ever: a CPU that panics may have stopped it there.
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

static __timed unsigned send_reset(const struct cpumask *to)
{
	unsigned n = 0, cpu;

	insn_sync(); /* as above */
	for_each_cpu(cpu, to) {
		s64 error;

		if (unlikely(!nmi_begin(cpu)))
			continue;
		error = ppc64_hcall(H_SIGNAL_SYS_RESET, cpu_area[cpu].hwid, 0, 0, 0, NULL);

		if (unlikely(error))
			panic("H_SIGNAL_SYS_RESET of CPU %u: error %lld", cpu, (long long)error);
		n++;
	}
	return n;
}

__timed unsigned arch_nmi_send(const struct cpumask *to)
{
	return ppc64_by_turns ? send_reset(to) : send(to, KIND_NMI);
}

void arch_nmi_self(void)
{
	const volatile u64 *taken = &cpu_area[this_cpu()].nmi_recv;
	u64 before = *taken;
	unsigned late = 0;
	struct cpumask me;

	cpumask_clear(&me);
	cpumask_set(&me, this_cpu());
	send_reset(&me);
	wait_until(*taken != before, wait_late("its own NMI", &late));
}

/* The priority goes before the look: what is wanted behind the look raises it again. sync: what a request is about comes behind it. */
void ppc64_external(void)
{
	u64 got[4], kinds;

	ppc64_hcall(H_XIRR, 0, 0, 0, 0, got);
	if ((got[0] & 0xffffff) != XISR_IPI) {
		if (got[0] & 0xffffff)
			panic("interrupt %llu came, and nobody asked for it", (unsigned long long)(got[0] & 0xffffff));
		return;
	}
	ppc64_hcall(H_IPI, cpu_area[this_cpu()].hwid, PRIORITY_NONE, 0, 0, NULL);
	ppc64_hcall(H_EOI, got[0], 0, 0, 0, NULL);
	insn_sync();
	kinds = __atomic_exchange_n(&want[this_cpu()].kinds, 0, __ATOMIC_ACQUIRE);
	for (unsigned kind = 0; kind < NR_IPI_KINDS; kind++)
		if (kinds >> kind & 1)
			ipi_handle((enum ipi_kind)kind);
	if (kinds >> KIND_NMI & 1)
		nmi_handle();
}

void arch_ipi_init_cpu(void)
{
	ppc64_hcall(H_IPI, cpu_area[this_cpu()].hwid, PRIORITY_NONE, 0, 0, NULL);
	ppc64_hcall(H_CPPR, PRIORITY_NONE, 0, 0, 0, NULL);
}
