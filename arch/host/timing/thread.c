// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs as threads, each pinned to a CPU of the machine: fences, markers and scans run on the real thing. An IPI is a signal, and
 * costs what a signal costs.
 *
 * SIGUSR1 is the fixed interrupt: its sender sets a bit first; a handler that finds the thread's flag clear leaves the bit, and
 * arch_irq_on() takes it. SIGUSR2 is the NMI: it ignores the flag, blocks both signals while it runs, and merges as signals do.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "../host.h"

static struct thread_cpu cpus[NR_CPUS];
static pthread_t threads[NR_CPUS];
static cpu_set_t allowed;
static sigset_t both;
static u64 hz;
__thread struct thread_cpu *thread_self;

void thread_take_pending(void)
{
	struct thread_cpu *c = thread_self;

	while (c->pending) {
		/* Full fence: what the sender stored before it set the bit. Pairs with the or in arch_ipi_send(). */
		u64 bits = __atomic_exchange_n(&c->pending, 0, __ATOMIC_SEQ_CST);

		c->irqs = false;
		barrier();
		for (; bits; bits &= bits - 1)
			ipi_handle((enum ipi_kind)__builtin_ctzll(bits));
		barrier();
		c->irqs = true;
	}
}

static void on_ipi(int sig)
{
	int saved = errno;

	(void)sig;
	if (thread_self->irqs)
		thread_take_pending();
	errno = saved;
}

/* Interrupts are off in the handler; an IPI sent meanwhile is a blocked signal, taken on return. */
static void on_nmi(int sig)
{
	bool irqs = thread_self->irqs;
	int saved = errno;

	(void)sig;
	thread_self->irqs = false;
	barrier();
	nmi_handle();
	barrier();
	thread_self->irqs = irqs;
	errno = saved;
}

static void pin(unsigned cpu)
{
	cpu_set_t one;
	unsigned seen = 0;

	CPU_ZERO(&one);
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed) && seen++ == cpu)
			CPU_SET(i, &one);
	if (pthread_setaffinity_np(pthread_self(), sizeof(one), &one))
		panic("CPU %u: cannot be pinned to a CPU of this machine", cpu);
}

static char *stack_end(void)
{
	pthread_attr_t attr;
	size_t size;
	void *low;

	if (pthread_getattr_np(pthread_self(), &attr) || pthread_attr_getstack(&attr, &low, &size))
		panic("no stack bounds from the C library");
	pthread_attr_destroy(&attr);
	return (char *)low + size;
}

static void adopt(unsigned cpu)
{
	cpus[cpu].id = cpu;
	thread_self = &cpus[cpu];
	threads[cpu] = pthread_self();
	cpu_area[cpu].stack_top = stack_end();
	pin(cpu);
}

static void *begin(void *arg)
{
	adopt((unsigned)(uintptr_t)arg);
	pthread_sigmask(SIG_UNBLOCK, &both, NULL);
	smp_secondary_main(this_cpu());
}

/* Signals stay blocked until the thread knows which CPU it is. */
int arch_cpu_start(unsigned cpu)
{
	pthread_t t;
	int bad;

	pthread_sigmask(SIG_BLOCK, &both, NULL);
	bad = pthread_create(&t, NULL, begin, (void *)(uintptr_t)cpu);
	pthread_sigmask(SIG_UNBLOCK, &both, NULL);
	return bad ? -1 : 0;
}

static unsigned send(const struct cpumask *to, int sig)
{
	unsigned cpu, n = 0;

	for_each_cpu(cpu, to) {
		if (pthread_kill(threads[cpu], sig))
			panic("CPU %u cannot be signalled", cpu);
		n++;
	}
	return n;
}

unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned cpu;

	for_each_cpu(cpu, to)
		/* Full fence: the request before the bit. Pairs with the exchange in thread_take_pending(). */
		__atomic_fetch_or(&cpus[cpu].pending, 1ULL << kind, __ATOMIC_SEQ_CST);
	return send(to, SIGUSR1);
}

unsigned arch_nmi_send(const struct cpumask *to)
{
	return send(to, SIGUSR2);
}

/* A signal to oneself is delivered before pthread_kill() returns (POSIX, kill()). */
void arch_nmi_self(void)
{
	pthread_kill(pthread_self(), SIGUSR2);
}

/* The signals are blocked between the test and the sleep, so none is lost. */
void arch_idle_until(const volatile u64 *word)
{
	sigset_t before;

	pthread_sigmask(SIG_BLOCK, &both, &before);
	if (!*word)
		sigsuspend(&before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void arch_trap_init_cpu(unsigned cpu)
{
	(void)cpu;
}

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000ULL + (u64)t.tv_nsec;
}

/* Ticks in 50 ms of the monotonic clock. */
void arch_time_init(void)
{
	u64 n0 = now_ns(), t0 = arch_cycles_start(), n1;

	do
		n1 = now_ns();
	while (n1 - n0 < 50000000);
	hz = (arch_cycles_stop() - t0) * 1000 / ((n1 - n0) / 1000000);
}

u64 arch_cycles_hz(void)
{
	return hz;
}

void engine_init(void)
{
	struct sigaction ipi = { .sa_handler = on_ipi, .sa_flags = SA_RESTART };
	struct sigaction nmi = { .sa_handler = on_nmi, .sa_flags = SA_RESTART };

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	nmi.sa_mask = both;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) || sigaction(SIGUSR1, &ipi, NULL) || sigaction(SIGUSR2, &nmi, NULL))
		abort();
	adopt(0);
}

unsigned engine_default_cpus(void)
{
	return (unsigned)CPU_COUNT(&allowed);
}

unsigned engine_max_cpus(const char **why)
{
	*why = "CPUs of this machine; a thread each, or times mean nothing";
	return (unsigned)CPU_COUNT(&allowed);
}

const char *engine_lacks_fw(void)
{
	return "a process has no firmware (its safety build models one)";
}
