// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel command line. A line is checked as a whole before anything runs, and kept as text: a look-up scans it
 * again, which costs nothing that is ever timed.
 */
#include <bootinfo.h>
#include <cmdline.h>
#include <console.h>

static char cmdline[BOOT_CMDLINE_MAX];

struct span {
	const char *s;
	size_t len;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool cmd_word_is(const char *word, const char *s, size_t len)
{
	for (; len && *word && *word == *s; len--)
		word++, s++;
	return !len && !*word;
}

static bool span_eq(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (a.s[i] != b.s[i])
			return false;
	return true;
}

/* The next word from *@p on; false at the end of the line. */
static bool next_word(const char **p, struct span *w)
{
	const char *s = *p;

	while (is_space(*s))
		s++;
	w->s = s;
	while (*s && !is_space(*s))
		s++;
	w->len = (size_t)(s - w->s);
	*p = s;
	return w->len != 0;
}

/* Split @w at the first '='. Returns false if there is none; then @value is empty. */
static bool split(struct span w, struct span *key, struct span *value)
{
	size_t i = 0;

	while (i < w.len && w.s[i] != '=')
		i++;
	*key = (struct span){ w.s, i };
	if (i == w.len) {
		*value = (struct span){ w.s + i, 0 };
		return false;
	}
	*value = (struct span){ w.s + i + 1, w.len - i - 1 };
	return true;
}

/* The @i-th of the values separated by commas in @list. */
static bool nth_value(struct span list, unsigned i, struct span *v)
{
	const char *s = list.s, *end = list.s + list.len;

	for (;; s++) {
		v->s = s;
		while (s < end && *s != ',')
			s++;
		v->len = (size_t)(s - v->s);
		if (!i--)
			return true;
		if (s == end)
			return false;
	}
}

static const struct cmd_key *find_key(struct span key)
{
	LSET_FOR_EACH(struct cmd_key, k, cmd)
		if (cmd_word_is(k->key, key.s, key.len))
			return k;
	return NULL;
}

static enum cmd_fault fault(struct cmd_report *r, enum cmd_fault f, const struct cmd_key *k, struct span at)
{
	*r = (struct cmd_report){ k, at.s, at.len };
	return f;
}

static enum cmd_fault check_values(const struct cmd_key *k, struct span list, struct cmd_report *r)
{
	struct span v, other;

	for (unsigned i = 0; nth_value(list, i, &v); i++) {
		if (i && k->single)
			return fault(r, CMD_ONE_VALUE, k, list);
		if (!v.len || !k->valid(v.s, v.len))
			return fault(r, CMD_BAD_VALUE, k, v);
		for (unsigned j = 0; j < i; j++)
			if (nth_value(list, j, &other) && span_eq(v, other))
				return fault(r, CMD_TWICE, k, v);
	}
	return CMD_OK;
}

/* Is a word with @key among the words of @line before @w? */
static bool seen_before(const char *line, struct span w, struct span key)
{
	struct span other, k, v;

	while (next_word(&line, &other) && other.s < w.s) {
		split(other, &k, &v);
		if (span_eq(k, key))
			return true;
	}
	return false;
}

static enum cmd_fault check_word(const char *line, struct span w, struct cmd_report *r)
{
	const struct cmd_key *k;
	struct span key, value;
	bool has_value = split(w, &key, &value);

	k = find_key(key);
	if (!k)
		return fault(r, CMD_UNKNOWN, NULL, key);
	if (seen_before(line, w, key))
		return fault(r, CMD_TWICE, k, key);
	if (!k->valid)
		return has_value ? fault(r, CMD_TAKES_NONE, k, w) : CMD_OK;
	if (!value.len)
		return fault(r, CMD_NO_VALUE, k, w);
	return check_values(k, value, r);
}

enum cmd_fault cmdline_check(const char *line, struct cmd_report *r)
{
	const char *p = line;
	enum cmd_fault f = CMD_OK;
	struct span w;

	while (f == CMD_OK && next_word(&p, &w))
		f = p - line >= BOOT_CMDLINE_MAX ? fault(r, CMD_TOO_LONG, NULL, w) : check_word(line, w, r);
	return f;
}

static void print_keys(void)
{
	LSET_FOR_EACH(struct cmd_key, k, cmd)
		kprintf(" %s%s", k->key, k->valid ? "=" : "");
	kprintf("\n");
}

static void print_fault(enum cmd_fault f, const struct cmd_report *r)
{
	static const char *const text[] = {
		[CMD_TOO_LONG] = "the line is too long at",
		[CMD_UNKNOWN] = "unknown word",
		[CMD_TWICE] = "given twice:",
		[CMD_NO_VALUE] = "a value is missing in",
		[CMD_TAKES_NONE] = "this word takes no value:",
		[CMD_BAD_VALUE] = "unknown value",
		[CMD_ONE_VALUE] = "only one value is possible, not",
	};

	kprintf("error: %s '%.*s'", text[f], (int)r->len, r->at);
	if (!r->key) {
		kprintf("; valid words:");
		print_keys();
	} else if (!r->key->valid) {
		kprintf("; %s: %s\n", r->key->key, r->key->doc);
	} else {
		kprintf("; %s= takes: ", r->key->key);
		r->key->print_values();
		kprintf("\n");
	}
}

int cmdline_parse(const char *line)
{
	struct cmd_report r;
	enum cmd_fault f = cmdline_check(line, &r);
	size_t i = 0;

	if (f != CMD_OK) {
		print_fault(f, &r);
		return -1;
	}
	for (; line[i] && i < sizeof(cmdline) - 1; i++)
		cmdline[i] = line[i];
	cmdline[i] = '\0';
	return 0;
}

static bool find_word(const char *key, struct span *value)
{
	const char *p = cmdline;
	struct span w, k;

	while (next_word(&p, &w)) {
		split(w, &k, value);
		if (cmd_word_is(key, k.s, k.len))
			return true;
	}
	return false;
}

bool cmdline_has(const char *key)
{
	struct span value;

	return find_word(key, &value);
}

bool cmdline_value(const char *key, unsigned i, char *buf, size_t size)
{
	struct span list, v;
	size_t n = 0;

	buf[0] = '\0';
	if (!find_word(key, &list) || !nth_value(list, i, &v))
		return false;
	for (; n < v.len && n < size - 1; n++)
		buf[n] = v.s[n];
	buf[n] = '\0';
	return true;
}

static unsigned suffix_shift(char c)
{
	switch (c) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	default:
		return 0;
	}
}

bool cmd_parse_u64(const char *s, size_t len, u64 *out)
{
	unsigned shift = len ? suffix_shift(s[len - 1]) : 0;
	u64 v = 0;

	if (shift)
		len--;
	if (!len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (u64)(s[i] - '0'), &v))
			return false;
	}
	return !__builtin_mul_overflow(v, 1ULL << shift, out);
}

bool cmd_valid_u64(const char *value, size_t len)
{
	u64 v;

	return cmd_parse_u64(value, len, &v);
}

u64 cmdline_u64(const char *key, u64 dflt)
{
	struct span list, v;
	u64 n;

	if (find_word(key, &list) && nth_value(list, 0, &v) && cmd_parse_u64(v.s, v.len, &n))
		return n;
	return dflt;
}

void cmdline_print_list(void)
{
	LSET_FOR_EACH(struct cmd_key, k, cmd) {
		kprintf("%s%s  %s\n", k->key, k->valid ? "=" : "", k->doc);
		if (k->valid) {
			kprintf("    ");
			k->print_values();
			kprintf("\n");
		}
	}
}

void cmd_print_names(const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		kprintf("%s%s", i ? " " : "", names[i]);
}

bool cmd_is_one_of(const char *const *names, unsigned n, const char *value, size_t len)
{
	for (unsigned i = 0; i < n; i++)
		if (cmd_word_is(names[i], value, len))
			return true;
	return false;
}

bool cmdline_by_turns(void)
{
	static const char *const turns[] = { "icount", "tcg1" };
	struct span value;

	return find_word("accel", &value) && cmd_is_one_of(turns, ARRAY_SIZE(turns), value.s, value.len);
}

unsigned cmdline_choice(const char *key, const char *const *names, unsigned n, unsigned dflt)
{
	struct span value;

	if (!find_word(key, &value))
		return dflt;
	for (unsigned i = 0; i < n; i++)
		if (cmd_word_is(names[i], value.s, value.len))
			return i;
	return dflt;
}

static void print_number(void)
{
	kprintf("a number, with suffix K, M or G if you like");
}

static void print_count(void)
{
	kprintf("a number from 1 on");
}

static void print_cpus(void)
{
	kprintf("1 to %u", NR_CPUS);
}

static bool valid_count(const char *value, size_t len)
{
	u64 v;

	return cmd_parse_u64(value, len, &v) && v;
}

static bool valid_cpus(const char *value, size_t len)
{
	u64 v;

	return cmd_parse_u64(value, len, &v) && v && v <= NR_CPUS;
}

CMD_KEY(list) = { .key = "list", .doc = "print everything that can be named here" };
CMD_KEY(cpus) = { "cpus", "use only so many CPUs of the machine", print_cpus, valid_cpus, true };
CMD_KEY(seed) = { "seed", "where every random choice starts from (1)", print_number, cmd_valid_u64, true };
CMD_KEY(n) = { "n", "samples of a cell (default: fixed by the number of CPUs)", print_count,
	       valid_count, true };
