/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel command line: words key=value[,value...] and the bare word "list". Each module declares its keys once, so an
 * unknown key or value is an error that can name every valid one.
 */
#ifndef SKEET_CMDLINE_H
#define SKEET_CMDLINE_H

#include <lset.h>
#include <types.h>

struct cmd_key {
	const char *key;
	const char *doc;
	/* Print the valid values, separated by spaces (for errors and for "list"). */
	void (*print_values)(void);
	/* One value valid? NULL: the word takes no value ("list"). */
	bool (*valid)(const char *value, size_t len);
	bool single; /* takes one value only */
};
LSET_DECLARE(struct cmd_key, cmd);
#define CMD_KEY(ident) LSET_ENTRY(struct cmd_key, cmd, ident)

enum cmd_fault {
	CMD_OK,
	CMD_TOO_LONG,
	CMD_UNKNOWN,    /* no such word or key */
	CMD_TWICE,      /* a word or a value given twice */
	CMD_NO_VALUE,   /* the key needs one */
	CMD_TAKES_NONE, /* the word takes none */
	CMD_BAD_VALUE,
	CMD_ONE_VALUE,  /* the key takes only one */
};

/* Where a line is wrong: @at is a part of that line. */
struct cmd_report {
	const struct cmd_key *key; /* NULL if there is no such key */
	const char *at;
	size_t len;
};
/* Check @line without using it: what cmdline_parse() would say. */
enum cmd_fault cmdline_check(const char *line, struct cmd_report *r);

/* Parse @line. Returns 0, or prints what is wrong and what is valid and returns -1. Nothing has run yet. */
int cmdline_parse(const char *line);
bool cmdline_has(const char *key);
/* The @i-th value of @key into @buf (always terminated); false if there is none. */
bool cmdline_value(const char *key, unsigned i, char *buf, size_t size);
/* By the word accel=: does what executes this image run one CPU at a time, and change it only where it gives way or a timer says so? */
bool cmdline_by_turns(void);
/* The first value as an unsigned number with suffix K, M or G; @dflt if the key is absent. */
u64 cmdline_u64(const char *key, u64 dflt);
/* A decimal number with suffix K, M or G that fits into 64 bits, from the @len bytes at @s; false if it is none. */
bool cmd_parse_u64(const char *s, size_t len, u64 *out);
/* Helper for numeric keys: valid() for a number with suffix. */
bool cmd_valid_u64(const char *value, size_t len);
/* Does the text @word equal the @len bytes at @s? For valid(). */
bool cmd_word_is(const char *word, const char *s, size_t len);
void cmdline_print_list(void);

/* A key whose values are names: @names is an array of strings. */
#define CMD_CHOICE(ident, names, single_, doc_)                                                    \
	static void ident##_print(void)                                                            \
	{                                                                                          \
		cmd_print_names(names, ARRAY_SIZE(names));                                         \
	}                                                                                          \
	static bool ident##_valid(const char *value, size_t len)                                   \
	{                                                                                          \
		return cmd_is_one_of(names, ARRAY_SIZE(names), value, len);                        \
	}                                                                                          \
	CMD_KEY(ident) = { #ident, doc_, ident##_print, ident##_valid, single_ }
void cmd_print_names(const char *const *names, unsigned n);
bool cmd_is_one_of(const char *const *names, unsigned n, const char *value, size_t len);
/* Which of @names does the word @key choose? @dflt without the word. */
unsigned cmdline_choice(const char *key, const char *const *names, unsigned n, unsigned dflt);

#endif
