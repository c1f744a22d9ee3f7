// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs as fibres of one thread. The next CPU in number that is not halted runs when one gives way, as QEMU's icount does, so the
 * schedule is decided by the seeded delay points alone and a seed replays.
 *
 * Interrupts. An IPI sets a bit; its target takes it, on its own stack and with interrupts off, when it runs next with interrupts
 * on: behind arch_relax(), in arch_irq_restore(), or woken from its halt. An NMI sets a flag (so NMIs merge) that is taken
 * whatever the interrupt flag is, unless the target is inside an NMI already (then it is held until that one ends). Its handler
 * runs with interrupts off.
 */
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>
#include <ucontext.h>

#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "../host.h"

#define STACK_SIZE (256 * KIB)
#define DEFAULT_CPUS 8

struct fibre {
	ucontext_t first;          /* where it begins */
	void *resume[5];           /* where it goes on (__builtin_setjmp) */
	bool begun;
	void *stack;
	size_t stack_size;
	bool irqs;
	bool in_nmi;
	bool nmi_pending;
	u32 pending;               /* a bit per enum ipi_kind */
	const volatile u64 *halted; /* the word that it waits for, or NULL */
	void *asan;                /* saved by the sanitizer while the fibre does not run */
};

static struct fibre fibres[NR_CPUS];
static unsigned nr_started; /* fibres 0 .. nr_started-1 exist */
static u64 clock_calls;
unsigned fibre_cpu;

static struct fibre *self(void)
{
	return &fibres[fibre_cpu];
}

/* The first line of a fibre that goes on, or begins. */
static void arrived(void)
{
	__sanitizer_finish_switch_fiber(self()->asan, NULL, NULL);
}

/*
 * The C library's own jumps are watched by the sanitizer, which then forgets the poison of whole stacks (and swapcontext() also
 * makes two system calls a switch); the compiler's are two loads and a jump.
 */
static void __noreturn __attribute__((__no_sanitize_address__, __noinline__)) leap(struct fibre *to)
{
	if (to->begun)
		__builtin_longjmp(to->resume, 1);
	to->begun = true;
	setcontext(&to->first);
	abort();
}

static void switch_to(unsigned cpu)
{
	struct fibre *from = self(), *to = &fibres[cpu];

	if (to == from)
		return;
	fibre_cpu = cpu;
	__sanitizer_start_switch_fiber(&from->asan, to->stack, to->stack_size);
	if (!__builtin_setjmp(from->resume))
		leap(to);
	arrived();
}

static bool runnable(const struct fibre *f)
{
	return !f->halted || *f->halted || f->pending || f->nmi_pending;
}

static void give_way(void)
{
	for (unsigned i = 1; i <= nr_started; i++) {
		unsigned cpu = (fibre_cpu + i) % nr_started;

		if (runnable(&fibres[cpu])) {
			switch_to(cpu);
			return;
		}
	}
	self()->halted = NULL; /* it reports now, and the others must find it runnable */
	panic("every CPU is halted and no interrupt is pending: a wake-up was lost");
}

static void take_nmi(struct fibre *f)
{
	while (f->nmi_pending && !f->in_nmi) {
		bool irqs = f->irqs;

		f->nmi_pending = false;
		f->in_nmi = true;
		f->irqs = false;
		nmi_handle();
		f->irqs = irqs;
		f->in_nmi = false;
	}
}

static void take_interrupts(void)
{
	struct fibre *f = self();

	take_nmi(f);
	while (f->irqs && !f->in_nmi && f->pending) {
		unsigned kind = (unsigned)__builtin_ctz(f->pending);

		f->pending &= ~(1U << kind);
		f->irqs = false;
		ipi_handle(kind);
		f->irqs = true;
		take_nmi(f);
	}
}

bool fibre_irqs(void)
{
	return self()->irqs;
}

void fibre_set_irqs(bool on)
{
	self()->irqs = on;
	if (on)
		take_interrupts();
}

void fibre_relax(void)
{
	give_way();
	take_interrupts();
}

u64 fibre_clock(void)
{
	return ++clock_calls;
}

void arch_idle_until(const volatile u64 *word)
{
	struct fibre *f = self();

	f->halted = word;
	if (!runnable(f))
		give_way();
	f->halted = NULL;
	take_interrupts();
}

u64 arch_cycles_hz(void)
{
	return 0;
}

void arch_time_init(void)
{
}

void arch_trap_init_cpu(unsigned cpu)
{
	(void)cpu;
}

unsigned arch_ipi_send(const struct cpumask *to, enum ipi_kind kind)
{
	unsigned cpu, n = 0;

	for_each_cpu(cpu, to) {
		fibres[cpu].pending |= 1U << kind;
		n++;
	}
	return n;
}

unsigned arch_nmi_send(const struct cpumask *to)
{
	unsigned cpu, n = 0;

	for_each_cpu(cpu, to) {
		fibres[cpu].nmi_pending = true;
		n++;
	}
	return n;
}

void arch_nmi_self(void)
{
	self()->nmi_pending = true;
	take_nmi(self());
}

static void begin(void)
{
	arrived();
	smp_secondary_main(fibre_cpu);
}

int arch_cpu_start(unsigned cpu)
{
	struct fibre *f = &fibres[cpu];

	f->stack_size = STACK_SIZE;
	f->stack = malloc(f->stack_size);
	if (!f->stack || getcontext(&f->first))
		return -1;
	f->first.uc_stack.ss_sp = f->stack;
	f->first.uc_stack.ss_size = f->stack_size;
	makecontext(&f->first, begin, 0);
	/* The kernel's own stacks are too small for the sanitizers. */
	cpu_area[cpu].stack_top = (char *)f->stack + f->stack_size;
	nr_started = cpu + 1;
	return 0;
}

void engine_init(void)
{
	pthread_attr_t attr;

	nr_started = 1;
	fibres[0].begun = true;
	if (pthread_getattr_np(pthread_self(), &attr) || pthread_attr_getstack(&attr, &fibres[0].stack, &fibres[0].stack_size))
		abort();
	pthread_attr_destroy(&attr);
}

unsigned engine_default_cpus(void)
{
	return DEFAULT_CPUS;
}

unsigned engine_max_cpus(const char **why)
{
	*why = "sized for so many";
	return NR_CPUS;
}

const char *engine_lacks_fw(void)
{
	return NULL;
}
