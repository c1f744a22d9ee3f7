// SPDX-License-Identifier: GPL-2.0-only
/* Which cases test= names, and the line that each verdict gets. */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <mm.h>
#include <test.h>

static const char *const verdict_name[] = {
	[T_PASS] = "PASS",
	[T_FAIL] = "FAIL",
	[T_SKIP] = "SKIP",
	[T_KFAIL] = "KFAIL",
};

void test_set(struct test_result *r, enum verdict v, const char *fmt, ...)
{
	va_list ap;

	r->v = v;
	va_start(ap, fmt);
	kvsnprintf(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
}

/* Does the pattern of @len bytes at @s name @t? */
static bool named(const struct test_case *t, const char *s, size_t len)
{
	size_t dot = 0;

	if (cmd_word_is("all", s, len) || cmd_word_is(t->suite, s, len))
		return true;
	while (dot < len && s[dot] != '.')
		dot++;
	return dot < len && cmd_word_is(t->suite, s, dot) && cmd_word_is(t->name, s + dot + 1, len - dot - 1);
}

/* False: nothing may run after it, for a case that failed half way left its address space loaded. */
static bool run_one(const struct test_case *t, unsigned count[])
{
	struct test_result r = { .v = T_NONE };

	t->run(&r);
	if (r.v == T_NONE)
		test_set(&r, r.checks ? T_PASS : T_FAIL, "%u expectations held", r.checks);
	kprintf("%s %s.%s: %s\n", verdict_name[r.v], t->suite, t->name, r.text);
	count[r.v]++;
	return !mm_current();
}

bool test_under_tcg(void)
{
	char accel[16];

	return cmdline_by_turns() || (cmdline_value("accel", 0, accel, sizeof(accel)) && !strcmp(accel, "mttcg"));
}

void test_no_stale(struct test_result *r, const char *where)
{
	char accel[16];

	if (!cmdline_value("accel", 0, accel, sizeof(accel)))
		strcpy(accel, "unknown");
	if (test_under_tcg())
		test_set(r, T_FAIL, "%sno stale translation was seen", where);
	else
		test_set(r, T_SKIP, "%sno stale translation was seen, and accel=%s may drop one at any time (only TCG keeps all)", where,
			 accel);
}

unsigned tests_run(const char *pattern)
{
	unsigned count[ARRAY_SIZE(verdict_name)] = { 0 };
	size_t len = 0;

	while (pattern[len])
		len++;
	LSET_FOR_EACH(struct test_case, t, test)
		if (named(t, pattern, len) && !run_one(t, count)) {
			kprintf("error: %s.%s left an address space loaded, the rest is not run\n", t->suite, t->name);
			count[T_FAIL]++;
			break;
		}
	kprintf("tests %s: %u passed, %u failed, %u skipped, %u known to fail\n", pattern, count[T_PASS], count[T_FAIL],
		count[T_SKIP], count[T_KFAIL]);
	return count[T_FAIL];
}

static bool valid_test(const char *s, size_t len)
{
	LSET_FOR_EACH(struct test_case, t, test)
		if (named(t, s, len))
			return true;
	return false;
}

static bool same_suite(const struct test_case *a, const struct test_case *b)
{
	size_t len = 0;

	while (b->suite[len])
		len++;
	return cmd_word_is(a->suite, b->suite, len);
}

/* The set is sorted by name, so the cases of a suite stand together. */
static void print_tests(void)
{
	const struct test_case *last = NULL;

	kprintf("all");
	LSET_FOR_EACH(struct test_case, t, test) {
		if (!last || !same_suite(last, t))
			kprintf(" %s", t->suite);
		kprintf(" %s.%s", t->suite, t->name);
		last = t;
	}
}

CMD_KEY(test) = { "test", "give verdicts: everything, a suite, a case", print_tests, valid_test, false };
