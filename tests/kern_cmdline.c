// SPDX-License-Identifier: GPL-2.0-only
/* The command-line parser against good and bad lines: what is wrong, and where. */
#include <cmdline.h>
#include <console.h>
#include <test.h>

static const struct {
	const char *line;
	enum cmd_fault fault;
	const char *at; /* the part that is named */
} lines[] = {
	{ "", CMD_OK, NULL },
	{ "  \t ", CMD_OK, NULL },
	{ "list", CMD_OK, NULL },
	{ "test=all", CMD_OK, NULL },
	{ " test=kern_cmdline  cpus=4 seed=7 n=10K ", CMD_OK, NULL },
	{ "test=kern_cmdline.lines,arch_smp", CMD_OK, NULL },
	{ "seed=0", CMD_OK, NULL },
	{ "seed=18446744073709551615", CMD_OK, NULL },
	{ "seed=15G", CMD_OK, NULL },
	{ "tset=all", CMD_UNKNOWN, "tset" },
	{ "=all", CMD_UNKNOWN, "" },
	{ "tes=all", CMD_UNKNOWN, "tes" },
	{ "test=all lists", CMD_UNKNOWN, "lists" },
	{ "n=10 n=11", CMD_TWICE, "n" },
	{ "list list", CMD_TWICE, "list" },
	{ "test=all,all", CMD_TWICE, "all" },
	{ "test", CMD_NO_VALUE, "test" },
	{ "test=", CMD_NO_VALUE, "test=" },
	{ "list=all", CMD_TAKES_NONE, "list=all" },
	{ "test=nonsense", CMD_BAD_VALUE, "nonsense" },
	{ "test=kern_cmdline.nonsense", CMD_BAD_VALUE, "kern_cmdline.nonsense" },
	{ "test=kern_cmdline,", CMD_BAD_VALUE, "" },
	{ "test=,all", CMD_BAD_VALUE, "" },
	{ "cpus=0", CMD_BAD_VALUE, "0" },
	{ "cpus=1000000", CMD_BAD_VALUE, "1000000" },
	{ "n=0", CMD_BAD_VALUE, "0" },
	{ "n=1x", CMD_BAD_VALUE, "1x" },
	{ "n=K", CMD_BAD_VALUE, "K" },
	{ "n=-1", CMD_BAD_VALUE, "-1" },
	{ "seed=18446744073709551616", CMD_BAD_VALUE, "18446744073709551616" },
	{ "seed=17179869184G", CMD_BAD_VALUE, "17179869184G" },
	{ "seed=1,2", CMD_ONE_VALUE, "1,2" },
	{ "test==all", CMD_BAD_VALUE, "=all" },
};

TEST_CASE(kern_cmdline, lines)
{
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++) {
		struct cmd_report rep = { NULL, "", 0 };
		enum cmd_fault f = cmdline_check(lines[i].line, &rep);

		T_EXPECT(r, f == lines[i].fault, "'%s': fault %u, not %u", lines[i].line, f, lines[i].fault);
		T_EXPECT(r, !lines[i].at || cmd_word_is(lines[i].at, rep.at, rep.len), "'%s': names '%.*s', not '%s'",
			 lines[i].line, (int)rep.len, rep.at, lines[i].at);
	}
	test_set(r, T_PASS, "%u lines judged as they should be", (unsigned)ARRAY_SIZE(lines));
}

/* The line that this boot runs with names this test, in whatever way. */
TEST_CASE(kern_cmdline, lookup)
{
	char buf[64], small[3];

	T_EXPECT(r, cmdline_has("test") && !cmdline_has("tes") && !cmdline_has("list"), "the running line is not found");
	T_EXPECT(r, cmdline_value("test", 0, buf, sizeof(buf)) && buf[0], "test= has no first value");
	T_EXPECT(r, !cmdline_value("test", 1000, buf, sizeof(buf)) && !buf[0], "test= has 1001 values");
	T_EXPECT(r, cmdline_value("test", 0, small, sizeof(small)) && !small[2], "a long value is not cut");
	T_EXPECT(r, cmdline_u64("nosuchkey", 42) == 42, "a missing number does not give the default");
	test_set(r, T_PASS, "words and values found, absent ones not");
}

static const struct {
	const char *want, *fmt;
	long v;
} numbers[] = {
	{ "0", "%ld", 0 },
	{ "-9223372036854775808", "%ld", -9223372036854775807L - 1 },
	{ "18446744073709551615", "%lu", -1 },
	{ "ff", "%lx", 255 },
	{ "    7|", "%5ld|", 7 },
	{ "7    |", "%-5ld|", 7 },
	{ "-0007", "%05ld", -7 },
};

/* The formats stand in a table, so gcc cannot check them: it checks every other use. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

TEST_CASE(kern_cmdline, format)
{
	char buf[32];

	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		ksnprintf(buf, sizeof(buf), numbers[i].fmt, numbers[i].v);
		T_EXPECT(r, cmd_word_is(numbers[i].want, buf, __builtin_strlen(buf)), "'%s' gives '%s', not '%s'",
			 numbers[i].fmt, buf, numbers[i].want);
	}
	ksnprintf(buf, 4, "%s", "abcdef");
	T_EXPECT(r, cmd_word_is("abc", buf, __builtin_strlen(buf)), "a text too long gives '%s'", buf);
	test_set(r, T_PASS, "the kernel's own formatter");
}
