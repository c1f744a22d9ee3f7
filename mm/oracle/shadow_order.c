// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks that ended in time by luck.
 *
 * A sync that overlooks a walker is not always caught in the act: while it waits for the walkers that it did see, the overlooked one
 * may end its walk too. Another machine, or another schedule, would not have been so kind. So the worst case is judged: a walk that
 * loaded the old entry and is over counts as still going on when sync() returns, unless its end was ordered before that, by
 *   - a load of a word whose last store its CPU made after the end (the cleared marker that the scan read in memory), or
 *   - anything its CPU did since that releases to everybody: an interrupt or NMI taken (the answer is waited for), an unlock, a
 *     barrier, the end of its work (oracle_trap_enter(), oracle_drain()).
 * Every doubt is settled for "ordered": the order holds for every reader, and if the table of last stores ever overflows there is no
 * such verdict in that run. While stores are not buffered nothing here is recorded.
 */
#include <cpu.h>
#include <cpumask.h>

#include "shadow.h"
#include "store_buffer.h"

#define NR_WORDS 8192u
#define PROBES 16u
#define NR_ENDED 16u

static struct word {
	u64 key;  /* address and run; an entry of another run is free */
	u64 last; /* number of the last store, and its CPU in the low bits: one word, because CPUs may really run at once */
} words[NR_WORDS];

static u16 this_run;
static bool overflow;
static u64 numbers;

struct ended {
	const struct pword *slot;
	pte_t e;
	u64 va;
	u64 at; /* 0 = none */
};

static struct {
	volatile u64 ordered; /* everything that this CPU did up to this number is ordered */
	u64 n;
	struct ended e[NR_ENDED];
} __cacheline cpus[NR_CPUS];

u64 order_now(void)
{
	return __atomic_add_fetch(&numbers, 1, __ATOMIC_RELAXED);
}

static u64 key_of(const struct pword *p)
{
	return ((u64)(uintptr_t)p & ~(0xffffULL << 48)) | (u64)this_run << 48;
}

/* The record of @p, or with @make one for it; NULL if there is none. */
static struct word *word_of(const struct pword *p, bool make)
{
	u64 key = key_of(p), h = key * 0x9e3779b97f4a7c15ULL >> 32;

	for (unsigned i = 0; i < PROBES; i++) {
		struct word *w = &words[(h + i) % NR_WORDS];
		u64 there = __atomic_load_n(&w->key, __ATOMIC_RELAXED);

		if (there == key)
			return w;
		if (there >> 48 == this_run)
			continue;
		if (!make)
			return NULL;
		if (__atomic_compare_exchange_n(&w->key, &there, key, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) || there == key)
			return w;
	}
	overflow = true;
	return NULL;
}

static unsigned last_cpu(const struct word *w)
{
	return w->last % NR_CPUS;
}

void order_stored(const struct pword *p, u64 made)
{
	struct word *w;

	if (!sb_run.store_buffer)
		return;
	w = word_of(p, true);
	if (w)
		__atomic_store_n(&w->last, made * NR_CPUS + this_cpu(), __ATOMIC_RELEASE);
}

/* Several CPUs may raise it at once, and a smaller number may not undo a larger one. */
static void order_up_to(unsigned cpu, u64 number)
{
	u64 had = __atomic_load_n(&cpus[cpu].ordered, __ATOMIC_RELAXED);

	while (had < number &&
	       !__atomic_compare_exchange_n(&cpus[cpu].ordered, &had, number, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/* Where a CPU is stopped between an atomic's read and its record, another one's store comes in between: that is what it has read then. */
void order_replaced(const struct pword *p, u64 made)
{
	struct word *w;
	u64 before;

	if (!sb_run.store_buffer)
		return;
	w = word_of(p, true);
	if (!w)
		return;
	before = __atomic_exchange_n(&w->last, made * NR_CPUS + this_cpu(), __ATOMIC_ACQ_REL);
	if (before && before % NR_CPUS != this_cpu())
		order_up_to(before % NR_CPUS, before / NR_CPUS);
}

/* The last store to @p and its CPU, as in struct word; 0: none is known. */
static u64 last_of(const struct pword *p)
{
	const struct word *w = word_of(p, false);

	return w ? __atomic_load_n(&w->last, __ATOMIC_ACQUIRE) : 0;
}

/*
 * The value and the store that it comes from: where a CPU is stopped between the two (a turn ends, CPUs run at once), another may store
 * to @p meanwhile, and a plain store of its tells less than the release that was read. So until nobody did.
 */
u64 order_load(const struct pword *p)
{
	u64 last, v;

	if (!sb_run.store_buffer)
		return __atomic_load_n(&p->v, __ATOMIC_ACQUIRE);
	do {
		last = last_of(p);
		v = __atomic_load_n(&p->v, __ATOMIC_ACQUIRE);
	} while (unlikely(last_of(p) != last));
	if (last && last % NR_CPUS != this_cpu()) {
		order_up_to(last % NR_CPUS, last / NR_CPUS);
		shadow_event(EV_LOAD, (u64)(uintptr_t)p, v);
	}
	return v;
}

unsigned order_owner(const struct pword *p)
{
	const struct word *w = word_of(p, false);

	return w ? last_cpu(w) : NR_CPUS;
}

void shadow_release(void)
{
	if (sb_run.store_buffer)
		order_up_to(this_cpu(), order_now());
}

void order_ended(const struct pword *slot, pte_t e, u64 va)
{
	unsigned cpu = this_cpu();

	if (sb_run.store_buffer)
		cpus[cpu].e[cpus[cpu].n++ % NR_ENDED] = (struct ended){ slot, e, va, order_now() };
}

bool order_overlooked(const struct pword *slot, pte_t e, unsigned *cpu, u64 *va)
{
	for (unsigned c = 0; c < nr_cpus && sb_run.store_buffer && !overflow; c++) {
		for (unsigned i = 0; i < NR_ENDED && c != this_cpu(); i++) {
			const struct ended *x = &cpus[c].e[i];

			if (x->at <= cpus[c].ordered || x->slot != slot || x->e != e)
				continue;
			*cpu = c;
			*va = x->va;
			return true;
		}
	}
	return false;
}

void order_forget(void)
{
	this_run++;
	overflow = false;
	for (unsigned c = 0; c < nr_cpus; c++) {
		cpus[c].ordered = 0;
		for (unsigned i = 0; i < NR_ENDED; i++)
			cpus[c].e[i].at = 0;
	}
}
