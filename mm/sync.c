// SPDX-License-Identifier: GPL-2.0-only
/* What every sync scheme shares: sending, counting, finding one by name. */
#include <string.h>

#include <console.h>
#include <sync.h>

struct sync_count sync_count;

__timed void sync_ipi(const struct cpumask *to)
{
	unsigned n;

	if (cpumask_empty(to))
		return;
	n = cpumask_weight(to);
	sync_count.ipi += n;
	sync_count.msg += ipi_sync_cpus(to, n);
}

__timed void sync_call(const struct cpumask *to, void (*fn)(void *arg), void *arg)
{
	if (cpumask_empty(to))
		return;
	sync_count.ipi += cpumask_weight(to);
	sync_count.msg += call_on_mask(to, fn, arg);
}

__timed void sync_fence_cpus(const struct cpumask *to)
{
	unsigned n;

	if (cpumask_empty(to))
		return;
	n = cpumask_weight(to);
	sync_count.ipi += n;
	sync_count.msg += nmi_fence_cpus(to, n);
}

void __noinline sync_wait_late(unsigned cpu, unsigned *late)
{
	char what[40];

	ksnprintf(what, sizeof(what), "CPU %u to be outside a walk", cpu);
	wait_late(what, late);
}

/* Of the one wait that is under way: too much for a stack. */
static struct spinlock odd_lock;
static u64 odd_seen[NR_CPUS];

static __always_inline bool is_odd(u64 v, u64 arg)
{
	(void)arg;
	return v & 1;
}

__timed void sync_wait_odd(const struct cpumask *to, const struct percpu_word *words)
{
	struct cpumask odd;
	unsigned cpu;

	spin_lock(&odd_lock);
	cpumask_copy(&odd, to);
	sync_scan(&odd, words, is_odd, 0); /* [odd.sync.scan] */
	for_each_cpu(cpu, &odd)
		odd_seen[cpu] = pword_load(&words[cpu].w); /* [odd.sync.seen] */
	for_each_cpu(cpu, &odd)
		sync_wait(cpu, !(odd_seen[cpu] & 1) || pword_load(&words[cpu].w) != odd_seen[cpu]); /* [odd.sync.wait] */
	/*
	 * [odd.sync.acquire] Acquire: a word read as even or changed before the free of what its walk used; pairs with the release in
	 * end().
	 */
	fence_load();
	spin_unlock(&odd_lock);
}

void sync_ipi_early(const struct cpumask *to)
{
	ipi_excused = 1;
	sync_ipi(to);
	ipi_excused = 0;
}

const struct sync_scheme *sync_find(const char *name)
{
	LSET_FOR_EACH(struct sync_scheme, s, sync)
		if (!s->mutation && !strcmp(s->name, name))
			return s;
	return NULL;
}
