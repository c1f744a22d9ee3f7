/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of mm/ share: addresses, a TLB method and a sync scheme for one CPU without walkers. */
#ifndef SKEET_TESTS_MM_FIXTURE_H
#define SKEET_TESTS_MM_FIXTURE_H

#include <mm.h>
#include <phys.h>
#include <pt.h>
#include <test.h>
#include <tlb.h>

/* An address of the mm's own part; @gib of it keeps tests apart. */
static inline u64 test_va(unsigned gib)
{
	return pt_user_start() + gib * GIB;
}

/* Enough where no other CPU has the mm loaded. */
static inline void test_inval_here(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	tlb_inval_local(mm, r);
	if (drained)
		cpumask_clear(drained);
}

static inline void test_no_walkers(struct mm *mm, const struct cpumask *drained)
{
	(void)mm;
	(void)drained;
}

static inline void test_oracle_start(void)
{
	oracle_start(&(struct oracle_run){ .seed = 1 });
}

/* The text of the first violation, or NULL. Ends the run. */
static inline const char *test_oracle_stop(void)
{
	const struct oracle_violation *v = oracle_verdict();

	oracle_stop();
	return v ? v->text : NULL;
}

#endif
