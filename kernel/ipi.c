// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between CPUs: requests, acknowledgements, deadlines.
 *
 * One shootdown is in flight at a time (ipi_lock()). Its initiator publishes how many answers it expects in
 * ipi_pending, then the request, then sends; each target decrements ipi_pending once when it has done what was asked.
 * The order "expectation before request" matters: an NMI sent for something else may find the request word early and
 * answer before our own NMI is even sent.
 *
 * Fixed interrupts of one vector merge while one is pending, and NMIs merge with each other, so no request is an
 * interrupt: call_want and nmi_want are words per CPU, taken with an exchange; an interrupt that finds nothing to do is
 * harmless. IPI_SYNC and IPI_TLB have no word: only one shootdown is in flight, so their interrupts cannot meet another
 * of their kind.
 */
#include <asm_offsets.h>
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <oracle.h>
#include <smp.h>

#include "kernel.h"

_Static_assert(NMI_FLUSH == NMI_WANT_FLUSH, "NMI_WANT_FLUSH");

volatile u64 ipi_pending __cacheline;
struct ipi_stats ipi_stats[NR_IPI_KINDS], nmi_stats;
unsigned ipi_excused;

static struct spinlock shootdown_lock __cacheline;
static void (*call_fn)(void *arg);
static void *call_arg;

static void no_request(void)
{
}

void (*ipi_tlb_hook)(void) = no_request;
void (*nmi_hook)(void) = no_request;
void (*irq_walk_hook)(void) = no_request;
void (*nmi_mail_hook)(void) = no_request;
void (*ipi_probe_hook)(void) = no_request;

void ipi_lock(void)
{
	/* Who was chosen may be out of date by now: between a mask that was read and the request other CPUs come and go. */
	pword_delay();
	spin_lock(&shootdown_lock);
	/* The answers that a mutation did not wait for: they must not count for the next shootdown, nor read its request. */
	while (oracle_build && ipi_pending)
		arch_relax();
}

void ipi_unlock(void)
{
	spin_unlock(&shootdown_lock);
}

void ipi_expect(unsigned n)
{
	oracle_drain(); /* a real request word or ICR write would not overtake the stores before it */
	ipi_pending = n;
}

/* Print which of @to do not answer: ask once more, see whose count moves. The answers spoil ipi_pending: panic next. */
static void report_silent(const struct cpumask *to)
{
	static u64 seen[NR_CPUS];
	unsigned cpu;

	for_each_cpu(cpu, to)
		seen[cpu] = cpu_area[cpu].sync_recv;
	arch_ipi_send(to, IPI_SYNC);
	for (unsigned turns = 1u << 16; turns; turns--)
		arch_relax();
	for_each_cpu(cpu, to)
		if (*(volatile u64 *)&cpu_area[cpu].sync_recv == seen[cpu])
			kprintf("cpu %u does not answer\n", cpu);
}

/* The budget of a wait ran out, @late times before. Returns the next one. */
static u64 __noinline ipi_late(const struct cpumask *to, const char *what, unsigned late)
{
	kprintf("late: cpu %u waits for %s: %lu of %u answers are missing\n", this_cpu(), what, ipi_pending,
		cpumask_weight(to));
	if (late) {
		report_silent(to);
		panic("cpu %u waited twice in vain for %s", this_cpu(), what);
	}
	dump_cpus();
	return WAIT_TURNS;
}

__timed void ipi_wait(const struct cpumask *to, const char *what)
{
	u64 turns = WAIT_TURNS;
	unsigned late = 0;

	/* [ipi.wait] Acquire: what the targets did before they answered (pairs with the release in ipi_answer()). */
	while (__atomic_load_n(&ipi_pending, __ATOMIC_ACQUIRE) > (oracle_build ? ipi_excused : 0)) {
		oracle_drain();
		arch_relax();
		if (unlikely(!--turns))
			turns = ipi_late(to, what, late++);
	}
}

/* Send @kind to @to and wait; ipi_lock() is held. */
static unsigned ipi_round(const struct cpumask *to, unsigned n, enum ipi_kind kind, const char *what)
{
	unsigned msg;

	ipi_expect(n);
	msg = arch_ipi_send(to, kind); /* [ipi.send] */
	ipi_stats[kind].msg += msg;
	ipi_stats[kind].target += n;
	ipi_wait(to, what);
	return msg;
}

__timed unsigned ipi_sync_cpus(const struct cpumask *to, unsigned n)
{
	unsigned msg;

	ipi_lock();
	msg = ipi_round(to, n, IPI_SYNC, "the sync IPI");
	ipi_unlock();
	return msg;
}

__timed unsigned ipi_flush_cpus(const struct cpumask *to, unsigned n)
{
	return ipi_round(to, n, IPI_TLB, "the flush IPI");
}

static void nmi_want(unsigned cpu, u64 want)
{
	/* Release: what the request is about comes before it (pairs with the exchange in nmi_serve()). */
	__atomic_fetch_or(&cpu_area[cpu].nmi_want, want, __ATOMIC_RELEASE);
}

/* As ipi_round(). */
static __always_inline unsigned nmi_round(const struct cpumask *to, unsigned n, u64 want, const char *what)
{
	unsigned cpu, msg;

	ipi_expect(n);
	for_each_cpu(cpu, to)
		nmi_want(cpu, want);
	msg = arch_nmi_send(to); /* [nmi.send] */
	nmi_stats.msg += msg;
	nmi_stats.target += n;
	ipi_wait(to, what);
	return msg;
}

__timed unsigned nmi_flush_cpus(const struct cpumask *to, unsigned n)
{
	return nmi_round(to, n, NMI_FLUSH, "the flush NMI");
}

__timed unsigned nmi_fence_cpus(const struct cpumask *to, unsigned n)
{
	unsigned msg;

	ipi_lock();
	msg = nmi_round(to, n, NMI_FENCE, "the fence NMI");
	ipi_unlock();
	return msg;
}

__timed unsigned nmi_mail_cpus(const struct cpumask *to, unsigned n)
{
	unsigned cpu, msg;

	for_each_cpu(cpu, to)
		nmi_want(cpu, NMI_MAIL);
	msg = arch_nmi_send(to);
	__atomic_fetch_add(&nmi_stats.msg, msg, __ATOMIC_RELAXED);
	__atomic_fetch_add(&nmi_stats.target, n, __ATOMIC_RELAXED);
	return msg;
}

void nmi_walk_self(void)
{
	nmi_want(this_cpu(), NMI_WALK);
	arch_nmi_self();
}

/* The handler counts, and is waited for. */
void nmi_send_self(unsigned (*send)(const struct cpumask *to))
{
	const volatile u64 *taken = &cpu_area[this_cpu()].nmi_recv;
	u64 before = *taken;
	unsigned late = 0;
	struct cpumask me;

	cpumask_clear(&me);
	cpumask_set(&me, this_cpu());
	send(&me);
	wait_until(*taken != before, wait_late("its own NMI", &late));
}

__timed unsigned call_on_mask(const struct cpumask *to, void (*fn)(void *arg), void *arg)
{
	unsigned n = cpumask_weight(to), cpu, msg;

	if (!n)
		return 0;
	ipi_lock();
	call_fn = fn;
	call_arg = arg;
	ipi_expect(n);
	for_each_cpu(cpu, to)
		/* Release: the slot and the expectation before the request (pairs with the exchange in ipi_call()). */
		__atomic_fetch_or(&cpu_area[cpu].call_want, CALL_FN, __ATOMIC_RELEASE);
	msg = arch_ipi_send(to, IPI_CALL); /* [ipi.send] */
	ipi_stats[IPI_CALL].msg += msg;
	ipi_stats[IPI_CALL].target += n;
	ipi_wait(to, "a call");
	ipi_unlock();
	return msg;
}

static __always_inline unsigned probe(ipi_send_fn *send, const struct cpumask *to)
{
	unsigned cpu, msg;

	for_each_cpu(cpu, to)
		/* Release: what the hook reads before the request (pairs with the exchange in ipi_call()). */
		__atomic_fetch_or(&cpu_area[cpu].call_want, CALL_PROBE, __ATOMIC_RELEASE);
	/* Counted before: what comes behind the send is beside the handlers. */
	ipi_stats[IPI_CALL].target += cpumask_weight(to);
	msg = send(to, IPI_CALL);
	ipi_stats[IPI_CALL].msg += msg;
	return msg;
}

__timed unsigned ipi_probe_cpus(const struct cpumask *to)
{
	return probe(arch_ipi_send, to);
}

__timed unsigned ipi_probe_by(const struct cpumask *to, ipi_send_fn *send)
{
	return probe(send, to);
}

void irq_walk_cpu(unsigned cpu)
{
	struct cpumask to;
	u64 flags;

	cpumask_clear(&to);
	cpumask_set(&to, cpu);
	/* Release: what the walk needs before the request (pairs with the exchange in ipi_call()). */
	__atomic_fetch_or(&cpu_area[cpu].call_want, CALL_WALK, __ATOMIC_RELEASE);
	/* Nobody else of this CPU sends meanwhile. */
	flags = arch_irq_save();
	arch_ipi_send(&to, IPI_CALL);
	arch_irq_restore(flags);
}

void ipi_kick(const struct cpumask *to)
{
	ipi_lock();
	ipi_stats[IPI_CALL].msg += arch_ipi_send(to, IPI_CALL);
	ipi_stats[IPI_CALL].target += cpumask_weight(to);
	ipi_unlock();
}

/* This CPU has done what was asked. Counters that the initiator may read have been raised before. */
static void ipi_answer(void)
{
	/* [ipi.answer] Release: pairs with the acquire in ipi_wait(). */
	__atomic_fetch_sub(&ipi_pending, 1, __ATOMIC_RELEASE);
}

static void ipi_call(struct cpu *c)
{
	u64 want = __atomic_exchange_n(&c->call_want, 0, __ATOMIC_ACQUIRE);

	if (want & CALL_WALK)
		irq_walk_hook();
	if (want & CALL_PROBE)
		ipi_probe_hook();
	if (!(want & CALL_FN))
		return; /* a kick only: the idle loop looks at its word */
	call_fn(call_arg);
	oracle_drain();
	oracle_ipi_ack();
	ipi_answer();
}

void ipi_handle(enum ipi_kind kind)
{
	struct cpu *c = &cpu_area[this_cpu()];

	oracle_trap_enter(); /* [ipi.take] */
	c->ipi_recv++;
	switch (kind) {
	case IPI_CALL:
		ipi_call(c);
		break;
	case IPI_SYNC:
		c->sync_recv++;
		oracle_ipi_ack();
		ipi_answer();
		break;
	case IPI_TLB:
		ipi_tlb_hook();
		c->tlb_recv++;
		oracle_ipi_ack();
		ipi_answer();
		break;
	case NR_IPI_KINDS:
		break;
	}
	oracle_trap_leave();
}

/* Whose stack was printed last for a report, + 1. */
static volatile u32 reported;

static void nmi_state(const struct cpu *c)
{
	kprintf("cpu %u: %s\n", c->id, c->where);
	arch_backtrace((u64)__builtin_frame_address(0));
	__atomic_store_n(&reported, c->id + 1, __ATOMIC_RELEASE);
}

void nmi_serve(void)
{
	struct cpu *c = &cpu_area[this_cpu()];
	u64 want;

	oracle_trap_enter();
	/* Acquire: pairs with the release in nmi_want(). All bits: the NMIs behind them may have merged into this one. */
	want = __atomic_exchange_n(&c->nmi_want, 0, __ATOMIC_ACQUIRE);
	if (want & NMI_FLUSH) {
		ipi_tlb_hook();
		c->tlb_recv++;
	}
	if (want & NMI_FENCE)
		/* [nmi.fence] What this CPU did so far before the answer, and that before what it does next: who asks pairs with it. */
		arch_fence_full();
	if (want & (NMI_FLUSH | NMI_FENCE)) { /* one shootdown is in flight */
		ipi_answer();
		/*
		 * Under icount the answer alone would let the interrupted walk run on to its next yield in this same
		 * turn, and a method that disturbs nobody would move every walker. So give the turn away here.
		 */
		arch_relax();
	}
	if (want & NMI_MAIL) {
		nmi_mail_hook();
		arch_relax(); /* the same */
	}
	if (want & NMI_WALK)
		nmi_hook();
	if (want & NMI_STATE)
		nmi_state(c);
	if (want & NMI_STOP)
		for (;;)
			arch_relax();
	oracle_trap_leave();
}

/* Counted when it is taken, held back or not: arch_nmi_self() waits for the count. */
void nmi_handle(void)
{
	cpu_area[this_cpu()].nmi_recv++;
	if (!oracle_nmi_held())
		nmi_serve();
}

static void nmi_request(unsigned cpu, u64 want)
{
	struct cpumask to;

	cpumask_clear(&to);
	cpumask_set(&to, cpu);
	nmi_want(cpu, want);
	arch_nmi_send(&to);
}

void nmi_report_and_stop_others(void)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		if (cpu == this_cpu())
			continue;
		nmi_request(cpu, NMI_STATE);
		for (unsigned turns = 1u << 16; turns && reported != cpu + 1; turns--)
			arch_relax();
		if (reported != cpu + 1 && arch_nmi_lacks())
			kprintf("cpu %u: no stack while its interrupts are closed: %s\n", cpu, arch_nmi_lacks());
	}
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (cpu != this_cpu())
			nmi_request(cpu, NMI_STOP);
}
