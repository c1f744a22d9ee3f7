/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests share that make a step and ask the oracle what it says. */
#ifndef SKEET_ORACLE_VERDICT_H
#define SKEET_ORACLE_VERDICT_H

#include <string.h>

#include "oracle_test.h"

static inline void begin(void)
{
	oracle_start(&(struct oracle_run){ .seed = 1 });
	oracle_iteration(1);
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
