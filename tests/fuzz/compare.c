// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot/fdt.c and boot/fdt_tree.c against libfdt, which is code of other people with the same task. Both walk a blob node by
 * node and property by property, which must lie at the same offsets; then both are asked for strings, cells, reg, ranges,
 * paths, phandles, aliases. Every difference counts, but for the list in stricter().
 *
 * libfdt is asked only for what it is safe to ask of any tree: an alias is looked up when it is a path from the root (libfdt
 * 1.6 follows one that names itself for ever).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <console.h>

#include "compare.h"
#include "fdt.h"

static char report[4096];

#define DIFFER(...)                                                                                \
	do {                                                                                       \
		snprintf(report, sizeof(report), __VA_ARGS__);                                     \
		return false;                                                                      \
	} while (0)
#define SAME(what, format, a, b)                                                                   \
	do {                                                                                       \
		if ((a) != (b))                                                                    \
			DIFFER("%s at 0x%x: " format ", libfdt says " format, what, node, a, b);   \
	} while (0)

void ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, size, fmt, ap);
	va_end(ap);
}

void kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	vsnprintf(buf, size, fmt, ap);
}

/* --- one property --- */

static bool same_strings(const struct fdt *t, const void *l, int node, const struct fdt_prop *p)
{
	int off = node - (int)t->structs, count = fdt_stringlist_count(l, off, p->name);

	SAME("terminated", "%d", fdt_is_text(p), count > 0);
	for (int i = 0; i <= count; i++) {
		const char *mine = fdt_text_at(t, node, p->name, (unsigned)i);

		SAME("string", "%p", mine, fdt_stringlist_get(l, off, p->name, i, NULL));
		if (mine && !fdt_lists(t, node, p->name, mine))
			DIFFER("list at 0x%x: string %s is not found in it", node, mine);
	}
	return true;
}

static bool same_cells(int node, const struct fdt_prop *p)
{
	u32 v, i;

	for (i = 0; fdt_cell(p, i, &v); i++)
		SAME("cell", "0x%x", v, fdt32_ld((const fdt32_t *)p->value + i));
	SAME("cells", "%u", i, p->size / 4);
	return true;
}

static bool same_value(const struct fdt *t, const void *l, int node, const char *name)
{
	int size = 0;
	const void *value = fdt_getprop(l, node - (int)t->structs, name, &size);
	struct fdt_prop p;

	if (!fdt_prop(t, node, name, &p))
		DIFFER("property %s at 0x%x is not found", name, node);
	SAME("value of a name", "%p", (const void *)p.value, value);
	SAME("size of a name's value", "%d", (int)p.size, size);
	return same_cells(node, &p) && same_strings(t, l, node, &p);
}

static bool same_props(const struct fdt *t, const void *l, int node)
{
	int off = fdt_first_property_offset(l, node - (int)t->structs);
	struct fdt_prop p;
	bool more = fdt_first_prop(t, node, &p);

	for (; more; more = fdt_next_prop(t, &p), off = fdt_next_property_offset(l, off)) {
		const char *name;
		int size;
		const void *value;

		SAME("property", "%d", p.at - (int)t->structs, off);
		value = fdt_getprop_by_offset(l, off, &name, &size);
		SAME("name", "%p", (const void *)p.name, (const void *)name);
		SAME("value", "%p", (const void *)p.value, value);
		SAME("size", "%d", (int)p.size, size);
		if (!same_value(t, l, node, p.name))
			return false;
	}
	if (off >= 0)
		DIFFER("node at 0x%x: libfdt has another property", node);
	return true;
}

/* --- addresses, computed here from what libfdt gives --- */

static bool ref_number(const fdt32_t *p, int cells, u64 *v)
{
	*v = 0;
	for (int i = 0; i < cells; i++)
		*v = *v << 32 | fdt32_ld(p + i);
	return true;
}

static bool ref_row(int size, int ac, int sc, int more)
{
	return ac >= 1 && ac <= 2 && sc >= 0 && sc <= 2 && size % (4 * (ac + sc + more)) == 0;
}

static bool ref_reg(const void *l, int bus, int off, int i, u64 *a, u64 *s)
{
	int size, ac = fdt_address_cells(l, bus), sc = fdt_size_cells(l, bus);
	const fdt32_t *p = fdt_getprop(l, off, "reg", &size);

	if (!p || !ref_row(size, ac, sc, 0) || i >= size / 4 / (ac + sc))
		return false;
	p += i * (ac + sc);
	return ref_number(p, ac, a) && ref_number(p + ac, sc, s);
}

static bool ref_one_up(const void *l, int bus, int parent, u64 *a)
{
	int size, ac = fdt_address_cells(l, bus), sc = fdt_size_cells(l, bus), pc = fdt_address_cells(l, parent);
	const fdt32_t *p = fdt_getprop(l, bus, "ranges", &size), *end;

	if (!p || !size)
		return p != NULL;
	if (fdt_size_cells(l, parent) < 0 || fdt_size_cells(l, parent) > 2 || pc < 1 || pc > 2 || !ref_row(size, ac, sc, pc))
		return false;
	for (end = p + size / 4; p < end; p += ac + pc + sc) {
		u64 from, to, n;

		ref_number(p, ac, &from);
		ref_number(p + ac, pc, &to);
		ref_number(p + ac + pc, sc, &n);
		if (*a >= from && *a - from < n) {
			*a = to + (*a - from);
			return true;
		}
	}
	return false;
}

static bool ref_physical(const void *l, int off, u64 *a, u64 *s)
{
	int bus = fdt_parent_offset(l, off);

	if (bus < 0 || !ref_reg(l, bus, off, 0, a, s))
		return false;
	for (; bus > 0; bus = fdt_parent_offset(l, bus))
		if (!ref_one_up(l, bus, fdt_parent_offset(l, bus), a))
			return false;
	return true;
}

static bool same_regs(const struct fdt *t, const void *l, int bus, int node)
{
	u64 a, s, la, ls;
	bool mine, theirs;
	int i = 0;

	do {
		mine = fdt_reg(t, bus, node, (unsigned)i, &a, &s);
		theirs = ref_reg(l, bus - (int)t->structs, node - (int)t->structs, i++, &la, &ls);
		SAME("reg", "%d", mine, theirs);
		if (mine && (a != la || s != ls))
			DIFFER("reg %d at 0x%x: 0x%llx 0x%llx, libfdt says 0x%llx 0x%llx", i, node, (unsigned long long)a,
			       (unsigned long long)s, (unsigned long long)la, (unsigned long long)ls);
	} while (mine);
	return true;
}

/* --- one node, looked up from all over the tree --- */

static bool plain(const char *path)
{
	for (; *path; path++)
		if (*path <= ' ' || *path >= 0x7f)
			return false;
	return true;
}

static int mine_of(const struct fdt *t, int off)
{
	return off < 0 ? FDT_NONE : off + (int)t->structs;
}

/* A '/' inside a name takes fdt_get_path() of later nodes out of step. */
static bool slashed(const struct fdt *t)
{
	for (int node = t->root; node != FDT_NONE; node = fdt_next(t, node))
		if (strchr(fdt_name(t, node), '/'))
			return true;
	return false;
}

static bool same_path(const struct fdt *t, const void *l, int node)
{
	char mine[1024], theirs[1024];
	const char *path = fdt_path(t, node, mine, sizeof(mine));

	if (fdt_get_path(l, node - (int)t->structs, theirs, sizeof(theirs)) || !plain(theirs))
		return true;
	if (strcmp(path, theirs))
		DIFFER("path at 0x%x: %s, libfdt says %s", node, path, theirs);
	SAME("find", "%d", fdt_find(t, path), mine_of(t, fdt_path_offset(l, path)));
	/* Without the last unit address: the first of that name. */
	if (strrchr(theirs, '@') > strrchr(theirs, '/'))
		*strrchr(theirs, '@') = 0;
	SAME("find", "%d", fdt_find(t, theirs), mine_of(t, fdt_path_offset(l, theirs)));
	return true;
}

/* The next one behind @node; libfdt also finds those whose list does not end with a NUL, and "" behind the end of any. */
static bool same_compatible(const struct fdt *t, const void *l, int node, const char *compatible)
{
	int next = mine_of(t, fdt_node_offset_by_compatible(l, node - (int)t->structs, compatible));
	struct fdt_prop p;

	if (fdt_next_compatible(t, FDT_NONE, compatible) > node)
		DIFFER("compatible %s is not found at 0x%x", compatible, node);
	if (!fdt_prop(t, next, "compatible", &p) || fdt_is_text(&p))
		SAME("next compatible", "%d", fdt_next_compatible(t, node, compatible), next);
	return true;
}

static bool same_lookups(const struct fdt *t, const void *l, int node)
{
	u32 phandle = fdt_phandle(t, node);
	const char *compatible = fdt_text(t, node, "compatible");
	int off = node - (int)t->structs;
	u64 a, s, la, ls;
	bool ok;

	SAME("parent", "%d", fdt_parent(t, node), mine_of(t, fdt_parent_offset(l, off)));
	ok = fdt_reg_physical(t, node, 0, &a, &s);
	SAME("physical address", "%d", ok, ref_physical(l, off, &la, &ls));
	if (ok)
		SAME("physical address", "0x%llx", (unsigned long long)a, (unsigned long long)la);
	if (phandle)
		SAME("phandle", "%d", fdt_by_phandle(t, phandle), mine_of(t, fdt_node_offset_by_phandle(l, phandle)));
	if (compatible && *compatible && !same_compatible(t, l, node, compatible))
		return false;
	fdt_interrupt_parent(t, node);
	return true;
}

static bool same_bus(const struct fdt *t, const void *l, int node)
{
	int address = fdt_address_cells(l, node - (int)t->structs), size = fdt_size_cells(l, node - (int)t->structs);
	struct fdt_cells c;
	/* libfdt takes no 0 for an address. */
	bool ok = fdt_cells(t, node, &c) && c.address;

	SAME("cell counts", "%d", ok, address > 0 && size >= 0);
	if (ok && ((int)c.address != address || (int)c.size != size))
		DIFFER("cells at 0x%x: %u and %u, libfdt says %d and %d", node, c.address, c.size, address, size);
	return true;
}

static bool same_node(const struct fdt *t, const void *l, int node)
{
	int size, off = node - (int)t->structs;
	const char *name = fdt_get_name(l, off, &size);
	u32 phandle = fdt_get_phandle(l, off);

	SAME("name", "%p", fdt_name(t, node), name);
	SAME("length of the name", "%d", (int)strlen(fdt_name(t, node)), size);
	SAME("child", "%d", fdt_child(t, node), mine_of(t, fdt_first_subnode(l, off)));
	SAME("sibling", "%d", fdt_sibling(t, node), node == t->root ? FDT_NONE : mine_of(t, fdt_next_subnode(l, off)));
	SAME("phandle", "0x%x", fdt_phandle(t, node), phandle == ~0u ? 0 : phandle);
	fdt_for_each_child(t, child, node)
		if (!same_regs(t, l, node, child))
			return false;
	return same_bus(t, l, node) && same_props(t, l, node);
}

/* --- the tree --- */

static bool same_reservations(const struct fdt *t, const void *l)
{
	u64 a, s, la, ls;
	int node = 0;
	unsigned i = 0;

	SAME("boot CPU", "0x%x", t->boot_cpu, fdt_boot_cpuid_phys(l));
	for (; fdt_reservation(t, i, &a, &s); i++)
		if (fdt_get_mem_rsv(l, (int)i, (uint64_t *)&la, (uint64_t *)&ls) || a != la || s != ls)
			DIFFER("reservation %u is another", i);
	SAME("reservations", "%d", (int)i, fdt_num_mem_rsv(l));
	return true;
}

static bool same_aliases(const struct fdt *t, const void *l)
{
	int node = fdt_find(t, "/aliases");
	struct fdt_prop p;

	for (bool more = fdt_first_prop(t, node, &p); more; more = fdt_next_prop(t, &p)) {
		struct fdt_prop first;

		/* Of two with one name the first counts. */
		fdt_prop(t, node, p.name, &first);
		if (first.at != p.at || !fdt_is_text(&p) || *p.value != '/' || !*p.name || strchr(p.name, '/'))
			continue;
		SAME("alias", "%d", fdt_find(t, p.name), mine_of(t, fdt_path_offset(l, p.name)));
	}
	return true;
}

static bool same_stdout(const struct fdt *t, const void *l)
{
	int size, node = fdt_find(t, "/chosen");
	const char *path = fdt_getprop(l, fdt_path_offset(l, "/chosen"), "stdout-path", &size), *options;
	int found = fdt_stdout(t, &options);

	if (path && size && !path[size - 1] && *path == '/')
		SAME("stdout", "%d", found, mine_of(t, fdt_path_offset_namelen(l, path, (int)strcspn(path, ":"))));
	return true;
}

static bool same_tree(const struct fdt *t, const void *l, bool deep)
{
	int off = fdt_next_node(l, -1, NULL), node = FDT_NONE;
	bool paths = deep && !slashed(t);

	while ((node = fdt_next(t, node)) != FDT_NONE) {
		SAME("node", "%d", node - (int)t->structs, off);
		if (!same_node(t, l, node) || (deep && !same_lookups(t, l, node)) || (paths && !same_path(t, l, node)))
			return false;
		off = fdt_next_node(l, off, NULL);
	}
	if (off >= 0)
		DIFFER("libfdt has another node at 0x%x of its block", off);
	return same_reservations(t, l) && same_aliases(t, l) && same_stdout(t, l);
}

/*
 * What boot/fdt.c refuses and libfdt takes, on purpose. A property behind a child is read by neither; a blob of version 16
 * does not say how long its structure block is, and libfdt reads its names up to the blob's end.
 */
static bool stricter(const struct fdt *t, u32 version)
{
	static const char *const says[] = { "no root", "not in front of the children", "are supported", "is not aligned" };

	for (unsigned i = 0; i < sizeof(says) / sizeof(says[0]); i++)
		if (strstr(t->error, says[i]))
			return true;
	return version < 17 && (strstr(t->error, "name of the property") || strstr(t->error, "is not inside 0x28"));
}

static bool same_verdict(const struct fdt *t, const void *l, size_t size, bool mine)
{
	int theirs = fdt_check_full(l, size);

	if (mine == (t->error[0] != 0))
		DIFFER("%s, and the error is \"%s\"", mine ? "accepted" : "refused", t->error);
	if (mine && theirs)
		DIFFER("accepted, libfdt says %s", fdt_strerror(theirs));
	if (!mine && !theirs && !stricter(t, fdt_version(l)))
		DIFFER("libfdt accepts; %s", t->error);
	return true;
}

const char *compare(const u8 *blob, size_t size, bool deep, bool *accepted)
{
	void *copy = memcpy(malloc(size ? size : 1), blob, size);
	char error[160];
	struct fdt t;
	bool ok = fdt_open(&t, copy, size, error, sizeof(error)), same = same_verdict(&t, copy, size, ok);

	if (ok)
		*accepted = true;
	/* libfdt finds nothing by path in a tree that begins with a NOP. */
	if (ok && same && t.root == (int)t.structs)
		same = same_tree(&t, copy, deep);
	free(copy);
	return same ? NULL : report;
}
