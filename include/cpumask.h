/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of CPUs. Loops touch only the words that hold CPUs of this machine (nr_cpu_words). */
#ifndef SKEET_CPUMASK_H
#define SKEET_CPUMASK_H

#include <bits.h>
#include <types.h>

#define CPUMASK_WORDS (NR_CPUS / 64)

struct cpumask {
	u64 w[CPUMASK_WORDS];
};

extern unsigned nr_cpus;      /* CPUs online, 1 .. NR_CPUS */
extern unsigned nr_cpu_words; /* words of a mask in use, at least 1 */
extern struct cpumask cpu_online_mask;

static inline void cpumask_clear(struct cpumask *m)
{
	unsigned i = 0;

	do
		m->w[i] = 0;
	while (++i < nr_cpu_words);
}

static inline void cpumask_copy(struct cpumask *d, const struct cpumask *s)
{
	unsigned i = 0;

	do
		d->w[i] = s->w[i];
	while (++i < nr_cpu_words);
}

static inline void cpumask_set(struct cpumask *m, unsigned cpu)
{
	m->w[cpu / 64] |= 1ULL << (cpu % 64);
}

static inline void cpumask_unset(struct cpumask *m, unsigned cpu)
{
	m->w[cpu / 64] &= ~(1ULL << (cpu % 64));
}

/* Take the members of @s out of @d. */
static inline void cpumask_subtract(struct cpumask *d, const struct cpumask *s)
{
	unsigned i = 0;

	do
		d->w[i] &= ~s->w[i];
	while (++i < nr_cpu_words);
}

/* Without its highest CPU: for the mutations that leave out a target. */
static inline void cpumask_unset_last(struct cpumask *m)
{
	for (unsigned i = nr_cpu_words; i-- > 0;) {
		if (!m->w[i])
			continue;
		m->w[i] &= ~(1ULL << (bit_highest(m->w[i])));
		return;
	}
}

static inline bool cpumask_test(const struct cpumask *m, unsigned cpu)
{
	return m->w[cpu / 64] >> (cpu % 64) & 1;
}

/*
 * Bits set in @x, by adding neighbouring fields: a dozen instructions on every ISA. The builtin is a library call where the
 * baseline has no such instruction (x86-64), and hypervisors that interpret the kernel do not know POPCNT.
 */
static inline unsigned cpumask_popcount(u64 x)
{
	x -= x >> 1 & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + (x >> 2 & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (unsigned)(x * 0x0101010101010101ULL >> 56);
}

static inline unsigned cpumask_weight(const struct cpumask *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < nr_cpu_words; i++)
		n += cpumask_popcount(m->w[i]);
	return n;
}

static inline bool cpumask_empty(const struct cpumask *m)
{
	for (unsigned i = 0; i < nr_cpu_words; i++)
		if (m->w[i])
			return false;
	return true;
}

/*
 * Does @m, which holds online CPUs only, hold all of them but one? A mask of targets never holds the sender, so then it is every
 * other CPU, and a shorthand of the interrupt controller does.
 */
static inline bool cpumask_is_all_but_one(const struct cpumask *m)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < nr_cpu_words; i++) {
		u64 left_out = cpu_online_mask.w[i] ^ m->w[i];

		if (left_out && ((left_out & (left_out - 1)) || missing++))
			return false;
	}
	return missing == 1;
}

/* for_each_cpu(cpu, mask): unsigned cpu takes each member in rising order; the mask may not change meanwhile. */
#define for_each_cpu(cpu, m)                                                                       \
	for (unsigned cpu##_i = 0; cpu##_i < nr_cpu_words; cpu##_i++)                              \
		for (u64 cpu##_w = (m)->w[cpu##_i];                                                \
		     cpu##_w && ((cpu) = cpu##_i * 64 + bit_lowest(cpu##_w), 1);   \
		     cpu##_w &= cpu##_w - 1)

#endif
