// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting CPUs, giving them work, and waiting.
 *
 * A CPU without work is halted: under icount a CPU that spins would add its instructions to whatever is being measured.
 * Work is a function in a slot of the CPU's area; the word that announces it is what the idle loop tests, so a wake-up
 * can come early (and is seen by the test) but cannot be lost (arch_idle_until()).
 */
#include <bootinfo.h>
#include <console.h>
#include <ipi.h>
#include <phys.h>
#include <smp.h>
#include <tlbi.h>

#include "kernel.h"

#define STACK_SIZE (16 * KIB)

void wait_late(const char *what, unsigned *late)
{
	static u32 reporting;

	/* CPUs that run into the same dead end report one at a time; the others come again after their next budget. */
	if (__atomic_exchange_n(&reporting, 1, __ATOMIC_ACQUIRE))
		return;
	kprintf("late: cpu %u waits for %s\n", this_cpu(), what);
	if ((*late)++)
		panic("cpu %u waited twice in vain for %s", this_cpu(), what);
	dump_cpus();
	__atomic_store_n(&reporting, 0, __ATOMIC_RELEASE);
}

static void idle(struct cpu *c)
{
	c->where = "idle";
	arch_irq_on();
	while (!c->work) {
		oracle_drain(); /* nothing of this CPU may stay invisible while it sleeps */
		arch_idle_until(&c->work);
	}
	/* Pairs with the release in smp_run(): the slot is filled before it is announced. */
	(void)__atomic_load_n(&c->work, __ATOMIC_ACQUIRE);
}

void __noreturn smp_secondary_main(unsigned cpu)
{
	struct cpu *c = &cpu_area[cpu];

	arch_trap_init_cpu(cpu);
	arch_mmu_init_cpu();
	arch_ipi_init_cpu();
	/* Release: the starter sees a complete CPU (pairs with its acquire in start_cpu()). */
	__atomic_store_n(&c->online, 1, __ATOMIC_RELEASE);
	for (;;) {
		void (*fn)(void *arg);
		void *arg;

		idle(c);
		fn = c->fn;
		arg = c->arg;
		c->work = 0;
		c->where = "work";
		fn(arg);
		oracle_drain();
		/* Release: who joins sees all that the work did (pairs with the acquire in smp_join()). */
		__atomic_store_n(&c->done, c->done + 1, __ATOMIC_RELEASE);
	}
}

enum start { STARTED, REFUSED, SILENT };

static enum start start_cpu(unsigned cpu, u32 hwid)
{
	struct cpu *c = &cpu_area[cpu];

	cpu_area_init(cpu, hwid);
	if (!c->stack_top)
		c->stack_top = (char *)phys_to_virt(phys_alloc_pages((unsigned)((STACK_SIZE + PAGE_SIZE - 1) / PAGE_SIZE))) +
			       STACK_SIZE;
	if (arch_cpu_start(cpu))
		return REFUSED;
	for (u64 turns = WAIT_TURNS; turns; turns--) {
		if (__atomic_load_n(&c->online, __ATOMIC_ACQUIRE))
			return STARTED;
		arch_relax();
	}
	return SILENT;
}

/*
 * A CPU that the hardware refused to start is skipped. One that did not answer in time may still come: it keeps its
 * area and stack, is in no mask, and idles if it comes; the CPUs behind it are left out too.
 */
void smp_init(const struct bootinfo *bi, unsigned max)
{
	unsigned want = max ? max : bi->nr_cpu;

	for (unsigned i = 1; i < bi->nr_cpu && nr_cpus < want; i++) {
		enum start s;

		console_alone = false;
		s = start_cpu(nr_cpus, bi->cpu_hwid[i]);
		if (s == STARTED)
			cpu_set_online(nr_cpus);
		else
			kprintf("warning: the CPU with hardware ID %u %s\n", bi->cpu_hwid[i],
				s == REFUSED ? "could not be started" : "did not come up, the rest is left out");
		if (s == SILENT)
			break;
	}
}

void smp_run(unsigned cpu, void (*fn)(void *arg), void *arg)
{
	struct cpu *c = &cpu_area[cpu];
	struct cpumask to;

	cpumask_clear(&to);
	cpumask_set(&to, cpu);
	c->fn = fn;
	c->arg = arg;
	c->given++;
	oracle_drain();
	/* Release: the slot before its announcement (pairs with the acquire in idle()). */
	__atomic_store_n(&c->work, 1, __ATOMIC_RELEASE);
	ipi_kick(&to);
}

void smp_join(unsigned cpu, const char *what)
{
	struct cpu *me = &cpu_area[this_cpu()], *c = &cpu_area[cpu];
	unsigned late = 0;

	me->where = what;
	/* Acquire: pairs with the release behind the work in smp_secondary_main(). */
	wait_until(__atomic_load_n(&c->done, __ATOMIC_ACQUIRE) == c->given, wait_late(what, &late));
	me->where = "work";
}

static void __noinline spin_contended(struct spinlock *l)
{
	unsigned late = 0;

	wait_until(!l->locked, wait_late("a spinlock", &late));
}

__timed void spin_lock(struct spinlock *l)
{
	/* Acquire: pairs with the release in spin_unlock(): the critical sections follow each other. */
	while (unlikely(__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE)))
		spin_contended(l);
}

__timed void spin_unlock(struct spinlock *l)
{
	oracle_drain();
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

void barrier_wait(struct cpu_barrier *b)
{
	u64 sense = b->sense;
	unsigned late = 0;

	oracle_drain();
	/* Full: what a CPU did before the barrier comes before what any CPU does after it (pairs with the acquire below). */
	if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_SEQ_CST) == b->n) {
		b->arrived = 0;
		__atomic_store_n(&b->sense, sense + 1, __ATOMIC_RELEASE);
		return;
	}
	wait_until(__atomic_load_n(&b->sense, __ATOMIC_ACQUIRE) != sense, wait_late("a barrier", &late));
}
