/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_TESTS_SCHEDULE_RUN_H
#define SKEET_TESTS_SCHEDULE_RUN_H

#include <test.h>

#include "schedule.h"

#define SCHEDULE_CPUS 4

struct schedule_end {
	const char *misfit; /* NULL, or the step that could not be made, and why */
	const char *hole;   /* NULL: silent */
	const char *text;   /* of the oracle's verdict, if it is one */
	u64 trace;          /* the accesses, and their order */
};

/* NULL, or why this machine cannot play @s. */
const char *schedule_lacks(const struct schedule *s);
/* The texts are valid until the next one. */
struct schedule_end schedule_play(const struct schedule *s);
bool schedule_as_said(const struct schedule *s, const struct schedule_end *end);
/* Those of @race among the @n of @all, one line each; the first that does not end as it says fails the test. */
void schedule_race(struct test_result *r, const struct schedule *all, unsigned n, const char *race);
/* Each of the @n of @all twice: the same accesses in the same order, and the same verdict. */
void schedule_replay(struct test_result *r, const struct schedule *all, unsigned n);

/* The test of one race, of the file's own schedules. */
#define RACE_TEST(ident, race)                                                                     \
	TEST_CASE(schedules, ident)                                                                \
	{                                                                                          \
		ORACLE_CASE(r, SCHEDULE_CPUS);                                                     \
		schedule_race(r, schedules, ARRAY_SIZE(schedules), race);                          \
	}                                                                                          \
	_Static_assert(1, race)

#endif
