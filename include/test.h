/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests give verdicts: "PASS|FAIL|SKIP|KFAIL suite.case: text", one line each. One suite or case is run by
 * test=suite or test=suite.case on the command line; test=all runs every one.
 */
#ifndef SKEET_TEST_H
#define SKEET_TEST_H

#include <lset.h>
#include <types.h>

enum verdict { T_PASS, T_FAIL, T_SKIP, T_KFAIL, T_NONE };

struct test_result {
	enum verdict v;
	unsigned checks; /* expectations that held */
	char text[160]; /* why: numbers seen, reason of a SKIP */
};

struct test_case {
	const char *suite, *name;
	void (*run)(struct test_result *r); /* thread context on CPU 0, interrupts on */
};
LSET_DECLARE(struct test_case, test);

#define TEST_CASE(suite_, name_)                                                                   \
	static void test_##suite_##_##name_(struct test_result *r);                                \
	LSET_ENTRY(struct test_case, test, suite_##_##name_) = { #suite_, #name_,                  \
								 test_##suite_##_##name_ };        \
	static void test_##suite_##_##name_(struct test_result *r)

void test_set(struct test_result *r, enum verdict v, const char *fmt, ...)
	__attribute__((__format__(__printf__, 3, 4)));
#define T_EXPECT(r, cond, ...)                                                                     \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			test_set(r, T_FAIL, __VA_ARGS__);                                          \
			return;                                                                    \
		}                                                                                  \
		(r)->checks++;                                                                     \
	} while (0)

/* Does TCG execute this image, of which it is known when an invalidate takes effect, and that nothing goes before? */
bool test_under_tcg(void);
/*
 * The verdict of a case in which a stale translation should have been seen and was not, @where: on this CPU or on another. A failure
 * only where entries are kept for sure (TCG); a machine may forget one at any time.
 */
void test_no_stale(struct test_result *r, const char *where);
#define T_SEES_STALE(r, cond, where)                                                               \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			test_no_stale(r, where);                                                   \
			return;                                                                    \
		}                                                                                  \
	} while (0)

/* Run what @pattern names ("all", "suite", "suite.case"); returns the number of FAILs. */
unsigned tests_run(const char *pattern);

#endif
