/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A round of the tests that look at invalidates form by form: this CPU and CPU 1 cache three pages, their entries are re-pointed, this
 * CPU does one thing, and both read again. Old data was translated by the TLB.
 *
 * The pages lie above the kernel's map and differ in the low bits of their page numbers, so that they do not evict each other. The image,
 * its stacks and tables can evict them too, and where those lie is the linker's business: so a round that invalidates nothing is made
 * first, and the pages move on until they outlive it (settle()).
 */
#ifndef SKEET_TESTS_STALE_PAGES_H
#define SKEET_TESTS_STALE_PAGES_H

#include <barrier.h>
#include <ipi.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

enum { TARGET, NEXT, FAR, NR };
#define ALL_PAGES ((1U << NR) - 1)
#define FIRST_PAGE 0x62
#define PAGES_TO_TRY 64

static struct {
	struct mm mm;
	unsigned moved; /* pages that the addresses have moved on so far */
	u64 va[NR], old[NR], new[NR];
	volatile u64 phase;
	unsigned here, there; /* bit i: page i is stale */
} set;

static inline u64 frame_with(u64 word)
{
	u64 pa = phys_alloc_page();

	*(volatile u64 *)phys_to_virt(pa) = word;
	return pa;
}

static inline unsigned stale(void)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < NR; i++)
		bits |= (unsigned)(*(volatile u64 *)set.va[i] == 0x100 + i) << i;
	return bits;
}

static inline void set_up(void)
{
	u64 page = FIRST_PAGE + set.moved % PAGES_TO_TRY;

	/* An even page, so that a range of two can begin there. */
	set.va[TARGET] = pt_user_start() + 4 * GIB + page * PAGE_SIZE;
	set.va[NEXT] = set.va[TARGET] + PAGE_SIZE;
	set.va[FAR] = pt_user_start() + 8 * GIB + (page + 0x13) * PAGE_SIZE;
	mm_create(&set.mm);
	for (unsigned i = 0; i < NR; i++) {
		set.old[i] = frame_with(0x100 + i);
		set.new[i] = frame_with(0x200 + i);
		pt_map(&set.mm, set.va[i], set.old[i], PROT_R, 0);
	}
	set.phase = 0;
}

static inline void tear_down(void)
{
	mm_switch(NULL);
	mm_destroy(&set.mm);
	for (unsigned i = 0; i < NR; i++) {
		frame_put(set.old[i]);
		frame_put(set.new[i]);
	}
}

/* In one store each: break-before-make is broken on purpose, or there would be nothing stale to look at. */
static inline void re_point(void)
{
	for (unsigned i = 0; i < NR; i++) {
		struct pword *slot = pt_slot(&set.mm, set.va[i], 0, false);

		spin_lock(&set.mm.lock);
		pte_store(&set.mm, slot, set.va[i], 0, arch_pte_leaf(set.new[i], PROT_R, 0));
		spin_unlock(&set.mm.lock);
	}
	arch_tlbi_publish();
	arch_fence_full(); /* the entries before whatever is asked of another CPU */
}

static inline void await(u64 phase)
{
	unsigned late = 0;

	wait_until(set.phase >= phase, wait_late("the next phase of a test of stale pages", &late));
}

static inline void other_side(void *arg)
{
	(void)arg;
	mm_switch(&set.mm);
	stale();
	set.phase = 1;
	await(2);
	set.there = stale();
	mm_switch(NULL);
}

static inline void only_cpu_1(struct cpumask *to)
{
	cpumask_clear(to);
	cpumask_set(to, 1);
}

/* For @run: an interrupt whose handler invalidates nothing. */
static inline void ipi_only(void)
{
	struct cpumask to;

	only_cpu_1(&to);
	if (nr_cpus > 1)
		ipi_sync_cpus(&to, 1);
}

/* For @run: TARGET goes on CPU 1 by its own handler, acknowledged. */
static inline void ipi_flush(void)
{
	const struct tlb_range r = { .va = set.va[TARGET], .nr = 1, .level = 0 };
	struct cpumask to;

	only_cpu_1(&to);
	ipi_lock();
	tlb_request_fill(&set.mm, &r);
	ipi_flush_cpus(&to, 1);
	ipi_unlock();
}

/* @run: the one thing, complete when it returns. With one CPU the other one keeps all. */
static inline void round_of(void (*run)(void))
{
	set_up();
	mm_switch(&set.mm);
	set.there = ALL_PAGES;
	if (nr_cpus > 1) {
		smp_run(1, other_side, NULL);
		await(1);
	}
	stale();
	re_point();
	run();
	set.here = stale();
	arch_fence_full(); /* what was read here before the other CPU is told to go on */
	set.phase = 2;
	if (nr_cpus > 1)
		smp_join(1, "a reader of stale pages");
	tear_down();
}

/* Move the pages on until both CPUs keep all of them through a round of @idle, which invalidates nothing; false if there are none such. */
static inline bool settle(void (*idle)(void))
{
	for (unsigned tries = 0; tries < PAGES_TO_TRY; tries += 2, set.moved += 2) {
		round_of(idle);
		if (set.here == ALL_PAGES && set.there == ALL_PAGES)
			return true;
	}
	return false;
}

static inline void closed_side(void *arg)
{
	u64 flags, before, *taken = arg;

	mm_switch(&set.mm);
	stale();
	flags = arch_irq_save();
	before = cpu_area[this_cpu()].ipi_recv;
	set.phase = 1;
	await(2);
	set.there = stale();
	*taken = cpu_area[this_cpu()].ipi_recv - before;
	set.phase = 3;
	await(4);
	arch_irq_restore(flags);
	mm_switch(NULL);
}

/* CPU 1 with interrupts closed: the hardware's broadcast (method hw) gets there, an IPI does not. */
static inline void broadcast_past_closed(struct test_result *r, const char *broadcast)
{
	const struct tlb_method *hw = tlb_method_find("hw");
	u64 taken = 0, pending;
	struct cpumask to;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	only_cpu_1(&to);
	set_up();
	mm_switch(&set.mm);
	smp_run(1, closed_side, &taken);
	await(1);
	re_point();
	ipi_lock();
	ipi_expect(1);
	arch_ipi_send(&to, IPI_SYNC);
	hw->inval(&set.mm, &(struct tlb_range){ .va = set.va[TARGET], .nr = 1, .level = 0 }, NULL);
	set.phase = 2;
	await(3);
	pending = ipi_pending;
	set.phase = 4;
	ipi_wait(&to, "a CPU that was closed");
	ipi_unlock();
	smp_join(1, "a closed CPU");
	tear_down();
	T_EXPECT(r, !(set.there & 1U << TARGET), "a CPU with interrupts closed kept the translation");
	T_EXPECT(r, pending == 1 && !taken, "a CPU with interrupts closed took %lu IPIs", taken);
	test_set(r, T_PASS, "with interrupts closed the %s arrives and the IPI does not, until they open", broadcast);
}

#endif
