/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests share that make a step and ask the oracle what it says. */
#ifndef SKEET_ORACLE_VERDICT_H
#define SKEET_ORACLE_VERDICT_H

#include <string.h>

#include <pt.h>
#include <smp.h>
#include <tlb.h>

#include "oracle_test.h"

static inline void begin_with(bool store_buffer)
{
	oracle_start(&(struct oracle_run){ .seed = 1, .store_buffer = store_buffer });
	oracle_iteration(1);
}

static inline void begin(void)
{
	begin_with(false);
}

/* Invalidate one leaf on this CPU; with @tables also the walk caches on the way to it. */
static inline void flush_here(struct mm *mm, u64 va, unsigned level, bool tables)
{
	tlb_inval_local(mm, &(struct tlb_range){ .va = va, .nr = 1, .level = level, .tables = tables });
}

/* As the mapper stores. */
static inline void put_entry(struct mm *mm, struct pword *slot, u64 va, unsigned level, pte_t e)
{
	spin_lock(&mm->lock);
	pte_store(mm, slot, va, level, e);
	spin_unlock(&mm->lock);
}

/* End the run; does the verdict say @hole (NULL: nothing)? */
static inline bool verdict_is(const char *hole)
{
	const struct oracle_violation *v = oracle_verdict();

	oracle_stop();
	if (!hole || !v)
		return !hole && !v;
	return !strcmp(v->hole, hole) && v->iteration == 1;
}

static inline const char *verdict_text(void)
{
	return oracle_verdict() ? oracle_verdict()->text : "silent";
}

#define EXPECT_VERDICT(r, ok, what) T_EXPECT(r, ok, what ": %s", verdict_text())

#endif
