// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extensions of a hart, in either of the two forms that trees have:
 *
 *	riscv,isa-base = "rv64i"; riscv,isa-extensions = "i", "m", ..., "sstc";
 *	riscv,isa = "rv64imafdch_zicsr_sstc";
 *
 * The second is the naming string of the unprivileged manual: any case; letters, then names that begin with z, s or x and are
 * separated by '_'; each may carry a version such as 2p0; g stands for imafd. Older QEMUs also write the modes, "su", among the
 * letters. A tree may have both forms; the first is then the one that is kept up to date.
 */
#include "../fdt_string.h"
#include "tree.h"

const char *const riscv_ext_name[RISCV_NR_EXT] = {
	[RISCV_EXT_H] = "h",
	[RISCV_EXT_SMAIA] = "smaia",
	[RISCV_EXT_SSAIA] = "ssaia",
	[RISCV_EXT_SSCOFPMF] = "sscofpmf",
	[RISCV_EXT_SSTC] = "sstc",
	[RISCV_EXT_SVADE] = "svade",
	[RISCV_EXT_SVADU] = "svadu",
	[RISCV_EXT_SVINVAL] = "svinval",
	[RISCV_EXT_SVNAPOT] = "svnapot",
	[RISCV_EXT_SVPBMT] = "svpbmt",
	[RISCV_EXT_SVVPTC] = "svvptc",
	[RISCV_EXT_ZAWRS] = "zawrs",
	[RISCV_EXT_ZIHINTPAUSE] = "zihintpause",
};

/* What the compiler was told that every hart has. */
static const char needed[] = "imafdc";

struct isa {
	u32 letters; /* bit 0 is a */
	u32 ext;     /* bits enum riscv_ext */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Characters of a version ("2", "2p0") at the end of the @n at @s. */
static size_t version_length(const char *s, size_t n)
{
	size_t i = n;

	while (i && is_digit(s[i - 1]))
		i--;
	if (i == n || i < 2 || lower(s[i - 1]) != 'p' || !is_digit(s[i - 2]))
		return n - i;
	do
		i--;
	while (i && is_digit(s[i - 1]));
	return n - i;
}

static bool is_called(const char *s, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!name[i] || lower(s[i]) != name[i])
			return false;
	return !name[n];
}

static u32 letter(char c)
{
	return 1U << (lower(c) - 'a');
}

/* One extension: the @n characters at @s, of which the first is a letter. */
static void add(struct isa *isa, const char *s, size_t n)
{
	n -= version_length(s, n);
	if (n == 1)
		isa->letters |= letter(*s);
	if (n == 1 && lower(*s) == 'g')
		isa->letters |= letter('i') | letter('m') | letter('a') | letter('f') | letter('d');
	for (unsigned e = 0; e < RISCV_NR_EXT; e++)
		if (is_called(s, n, riscv_ext_name[e]))
			isa->ext |= 1U << e;
}

/* A letter with its version. Of "2p0" only the 2: the rest reads as a letter of its own, about which nobody asks. */
static size_t letter_length(const char *s)
{
	size_t n = 1;

	while (is_digit(s[n]))
		n++;
	return n;
}

static size_t name_length(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != '_')
		n++;
	return n;
}

/* @first: in front of the first '_', where "su" are modes and not the begin of a name. */
static bool is_long(const char *s, bool first)
{
	char c = lower(*s);

	return c == 'z' || c == 'x' || (c == 's' && !(first && lower(s[1]) == 'u'));
}

static bool parse_string(struct isa *isa, const struct fdt *t, int cpu, const char *s)
{
	const char *at = s + 4;
	bool first = true;
	size_t n;

	if (length(s) < 4 || !is_called(s, 4, "rv64")) {
		fdt_error(t, cpu, "riscv,isa is \"%s\", and valid is rv64...", s);
		return false;
	}
	for (; *at; at += n) {
		n = 1;
		if (*at == '_') {
			first = false;
			continue;
		}
		if (!is_letter(*at)) {
			fdt_error(t, cpu, "riscv,isa has \"%s\" where an extension should begin", at);
			return false;
		}
		n = is_long(at, first) ? name_length(at) : letter_length(at);
		add(isa, at, n);
	}
	return true;
}

static bool parse_list(struct isa *isa, const struct fdt *t, int cpu, const struct fdt_prop *list)
{
	const char *base = fdt_text(t, cpu, "riscv,isa-base");

	if (!base || !same(base, "rv64i")) {
		fdt_error(t, cpu, "riscv,isa-base is \"%s\", and valid is rv64i", base ? base : "");
		return false;
	}
	if (!fdt_is_text(list)) {
		fdt_error(t, cpu, "riscv,isa-extensions has %u bytes that do not end with a NUL", list->size);
		return false;
	}
	for (u32 i = 0; i < list->size; i += (u32)length((const char *)list->value + i) + 1)
		if (is_letter((char)list->value[i]))
			add(isa, (const char *)list->value + i, length((const char *)list->value + i));
	return true;
}

static bool parse(struct isa *isa, const struct fdt *t, int cpu)
{
	struct fdt_prop list;
	const char *s;

	if (fdt_prop(t, cpu, "riscv,isa-extensions", &list))
		return parse_list(isa, t, cpu, &list);
	s = fdt_text(t, cpu, "riscv,isa");
	if (s)
		return parse_string(isa, t, cpu, s);
	fdt_error(t, cpu, "has neither riscv,isa-extensions nor riscv,isa");
	return false;
}

u32 riscv_read_isa(const struct fdt *t, int cpu)
{
	struct isa isa = { 0 };

	if (!parse(&isa, t, cpu))
		return 0;
	for (const char *c = needed; *c; c++)
		if (!(isa.letters & letter(*c)))
			fdt_error(t, cpu, "has no extension %c, and this kernel needs all of %s", *c, needed);
	return isa.ext;
}
