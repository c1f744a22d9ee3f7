// SPDX-License-Identifier: GPL-2.0-only
/*
 * What nodes and properties of a device tree mean (Devicetree Specification 0.4, chapters 2 and 3): paths and aliases,
 * phandles, addresses, memory, CPUs. The format is not known here: everything goes through the functions of fdt.c, so what is
 * said there about staying inside the blob holds here too.
 *
 * Addresses. "reg" of a node counts in cells of 32 bits, as many as its parent says in #address-cells and #size-cells; so
 * does the first part of each entry of a bus's "ranges" (address inside, address outside, size), while the second counts in
 * the cells of the bus's own parent. An empty "ranges" passes addresses on unchanged, a missing one passes none.
 */
#include "fdt.h"
#include "fdt_string.h"

/* --- nodes --- */

/* The name of @node against the @n characters at @part. */
static bool is_called(const struct fdt *t, int node, const char *part, size_t n)
{
	const char *name = fdt_name(t, node);
	size_t unit = 0;

	if (!begins(name, part, n))
		return false;
	while (unit < n && part[unit] != '@')
		unit++;
	return !name[n] || (name[n] == '@' && unit == n);
}

bool fdt_is_named(const struct fdt *t, int node, const char *name)
{
	return node != FDT_NONE && is_called(t, node, name, length(name));
}

/* Characters up to the next '/' or @n. */
static size_t part_length(const char *path, size_t n)
{
	size_t i = 0;

	while (i < n && path[i] != '/')
		i++;
	return i;
}

static int child_called(const struct fdt *t, int node, const char *part, size_t n)
{
	fdt_for_each_child(t, child, node)
		if (is_called(t, child, part, n))
			return child;
	return FDT_NONE;
}

/* From @node along the @n characters of @path. */
static int descend(const struct fdt *t, int node, const char *path, size_t n)
{
	size_t part;

	for (size_t i = 0; node != FDT_NONE && i < n; i += part) {
		part = part_length(path + i, n - i);
		if (part)
			node = child_called(t, node, path + i, part);
		else
			part = 1; /* the '/' */
	}
	return node;
}

/* The property of /aliases called by the @n characters at @name: a whole path, NULL if there is none. */
static const char *alias_path(const struct fdt *t, const char *name, size_t n)
{
	int aliases = descend(t, t->root, "aliases", 7);
	struct fdt_prop p;

	for (bool more = fdt_first_prop(t, aliases, &p); more; more = fdt_next_prop(t, &p)) {
		const char *path;

		if (!begins(p.name, name, n) || p.name[n])
			continue;
		path = fdt_text(t, aliases, p.name);
		if (path && *path == '/')
			return path;
		fdt_error(t, aliases, "%s is no path from the root", p.name);
	}
	return NULL;
}

static int find(const struct fdt *t, const char *path, size_t n)
{
	const char *alias;
	size_t part = part_length(path, n);

	if (!part)
		return n ? descend(t, t->root, path, n) : FDT_NONE;
	alias = alias_path(t, path, part);
	return alias ? descend(t, descend(t, t->root, alias, length(alias)), path + part, n - part) : FDT_NONE;
}

int fdt_find(const struct fdt *t, const char *path)
{
	return find(t, path, length(path));
}

int fdt_next_compatible(const struct fdt *t, int from, const char *s)
{
	int node = from;

	do
		node = fdt_next(t, node);
	while (node != FDT_NONE && !fdt_lists(t, node, "compatible", s));
	return node;
}

/* Of nodes that nobody asked for: there a malformed value is no match, and no error. */
static bool is_type(const struct fdt *t, int node, const char *s)
{
	struct fdt_prop p;

	return fdt_prop(t, node, "device_type", &p) && fdt_is_text(&p) && same((const char *)p.value, s);
}

u32 fdt_phandle(const struct fdt *t, int node)
{
	static const char *const names[] = { "phandle", "linux,phandle" };
	struct fdt_prop p;
	u32 v;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (fdt_prop(t, node, names[i], &p) && p.size == 4 && fdt_cell(&p, 0, &v) && v != 0xffffffff)
			return v;
	return 0;
}

int fdt_by_phandle(const struct fdt *t, u32 phandle)
{
	int node = phandle ? t->root : FDT_NONE;

	while (node != FDT_NONE && fdt_phandle(t, node) != phandle)
		node = fdt_next(t, node);
	return node;
}

int fdt_reference(const struct fdt *t, int node, const char *name, unsigned i)
{
	struct fdt_prop p;
	u32 phandle;
	int found;

	if (!fdt_prop(t, node, name, &p) || !fdt_cell(&p, i, &phandle))
		return FDT_NONE;
	found = fdt_by_phandle(t, phandle);
	if (found == FDT_NONE)
		fdt_error(t, node, "%s: phandle 0x%x is no node's", name, phandle);
	return found;
}

/* 2.4.1: without an interrupt-parent the node above; a node without #interrupt-cells only passes on. */
int fdt_interrupt_parent(const struct fdt *t, int node)
{
	/* Phandles may form a ring. */
	for (unsigned turns = 0; turns < FDT_DEPTH && node != FDT_NONE; turns++) {
		node = fdt_has(t, node, "interrupt-parent") ? fdt_reference(t, node, "interrupt-parent", 0) : fdt_parent(t, node);
		if (fdt_has(t, node, "#interrupt-cells"))
			return node;
	}
	return FDT_NONE;
}

bool fdt_is_okay(const struct fdt *t, int node)
{
	const char *status = fdt_text(t, node, "status");

	return node != FDT_NONE && (status ? same(status, "okay") || same(status, "ok") : !fdt_has(t, node, "status"));
}

/* --- addresses --- */

static bool cell_count(const struct fdt *t, int bus, const char *name, u32 *n)
{
	if (!fdt_has(t, bus, name))
		return true;
	if (!fdt_u32(t, bus, name, n))
		return false;
	if (*n <= 4)
		return true;
	fdt_error(t, bus, "%s is %u, not 0 to 4", name, *n);
	return false;
}

bool fdt_cells(const struct fdt *t, int bus, struct fdt_cells *c)
{
	c->address = 2;
	c->size = 1;
	return bus != FDT_NONE && cell_count(t, bus, "#address-cells", &c->address) && cell_count(t, bus, "#size-cells", &c->size);
}

/* @cells cells of @p from number @i on; the caller has seen that they are there. */
static u64 number(const struct fdt_prop *p, unsigned i, u32 cells)
{
	u64 v = 0;
	u32 cell;

	while (cells-- && fdt_cell(p, i++, &cell))
		v = v << 32 | cell;
	return v;
}

/* @p, of @node, is a row of entries of @entry cells, each number of @c cells? */
static bool check_row(const struct fdt *t, int node, const struct fdt_prop *p, u32 entry, const struct fdt_cells *c)
{
	if (!c->address || c->address > 2 || c->size > 2)
		fdt_error(t, node, "%s: %u address and %u size cells, not 1 or 2 and 0 to 2", p->name, c->address, c->size);
	else if (p->size % (4 * entry))
		fdt_error(t, node, "%s has %u bytes, not a multiple of %u", p->name, p->size, 4 * entry);
	else
		return true;
	return false;
}

bool fdt_reg(const struct fdt *t, int bus, int node, unsigned i, u64 *address, u64 *size)
{
	struct fdt_cells c;
	struct fdt_prop p;
	u32 entry;

	if (!fdt_prop(t, node, "reg", &p) || !fdt_cells(t, bus, &c))
		return false;
	entry = c.address + c.size;
	if (!check_row(t, node, &p, entry, &c) || i >= p.size / (4 * entry))
		return false;
	*address = number(&p, i * entry, c.address);
	if (size)
		*size = number(&p, i * entry + c.address, c.size);
	return true;
}

/* @address through the "ranges" of @bus into the addresses of its parent. */
static bool one_up(const struct fdt *t, int bus, int parent, u64 *address)
{
	struct fdt_cells in, out;
	struct fdt_prop p;
	u32 entry;

	if (!fdt_prop(t, bus, "ranges", &p)) {
		fdt_error(t, bus, "no ranges, so address 0x%llx inside it is no CPU's", (unsigned long long)*address);
		return false;
	}
	if (!p.size)
		return true;
	if (!fdt_cells(t, bus, &in) || !fdt_cells(t, parent, &out))
		return false;
	entry = in.address + out.address + in.size;
	if (!check_row(t, bus, &p, entry, &in) || !check_row(t, bus, &p, entry, &out))
		return false;
	for (unsigned i = 0; i < p.size / 4; i += entry) {
		u64 from = number(&p, i, in.address), size = number(&p, i + in.address + out.address, in.size);

		if (*address >= from && *address - from < size) {
			*address = number(&p, i + in.address, out.address) + (*address - from);
			return true;
		}
	}
	fdt_error(t, bus, "ranges do not have address 0x%llx", (unsigned long long)*address);
	return false;
}

bool fdt_translate(const struct fdt *t, int bus, u64 *address)
{
	while (bus != FDT_NONE && bus != t->root) {
		int parent = fdt_parent(t, bus);

		if (!one_up(t, bus, parent, address))
			return false;
		bus = parent;
	}
	return bus != FDT_NONE;
}

bool fdt_reg_physical(const struct fdt *t, int node, unsigned i, u64 *address, u64 *size)
{
	int bus = fdt_parent(t, node);

	return fdt_reg(t, bus, node, i, address, size) && fdt_translate(t, bus, address);
}

/* --- what a kernel asks first --- */

/* The next reg entry of the children of @bus that @wanted() names. */
static bool next_range(const struct fdt *t, int bus, bool (*wanted)(const struct fdt *, int), struct fdt_cursor *c, u64 *start,
		       u64 *size)
{
	if (!c->inside) {
		c->inside = true;
		c->node = fdt_child(t, bus);
		c->index = 0;
	}
	for (; c->node != FDT_NONE; c->node = fdt_sibling(t, c->node), c->index = 0)
		if (wanted(t, c->node) && fdt_reg(t, bus, c->node, c->index, start, size)) {
			c->index++;
			return true;
		}
	return false;
}

static bool is_memory(const struct fdt *t, int node)
{
	return is_type(t, node, "memory") && fdt_is_okay(t, node);
}

bool fdt_next_memory(const struct fdt *t, struct fdt_cursor *c, u64 *start, u64 *size)
{
	return next_range(t, t->root, is_memory, c, start, size);
}

bool fdt_next_reserved(const struct fdt *t, struct fdt_cursor *c, u64 *start, u64 *size)
{
	if (!c->inside && fdt_reservation(t, c->index, start, size)) {
		c->index++;
		return true;
	}
	return next_range(t, fdt_find(t, "/reserved-memory"), fdt_is_okay, c, start, size);
}

int fdt_next_cpu(const struct fdt *t, int from)
{
	int node = from == FDT_NONE ? fdt_child(t, fdt_find(t, "/cpus")) : fdt_sibling(t, from);

	while (node != FDT_NONE && !is_type(t, node, "cpu") && !fdt_is_named(t, node, "cpu"))
		node = fdt_sibling(t, node);
	return node;
}

int fdt_cpu_holder(const struct fdt *t, int cpu, const char *name)
{
	return fdt_has(t, cpu, name) ? cpu : fdt_find(t, "/cpus");
}

void fdt_idle_state(const struct fdt *t, const char *compatible, const char *param, u32 lost, u32 *value)
{
	u32 longest = 0, latency, state;

	for (int node = fdt_next_compatible(t, FDT_NONE, compatible); node != FDT_NONE; node = fdt_next_compatible(t, node, compatible)) {
		if (!fdt_is_okay(t, node) || !fdt_u32(t, node, param, &state) || (state & lost) ||
		    !fdt_u32(t, node, "exit-latency-us", &latency) || latency < longest)
			continue;
		longest = latency;
		*value = state;
	}
}

int fdt_stdout(const struct fdt *t, const char **options)
{
	int chosen = fdt_find(t, "/chosen");
	const char *path = fdt_text(t, chosen, fdt_has(t, chosen, "stdout-path") ? "stdout-path" : "linux,stdout-path");
	size_t n = 0;
	int node;

	*options = "";
	if (!path)
		return FDT_NONE;
	while (path[n] && path[n] != ':')
		n++;
	if (path[n])
		*options = path + n + 1;
	node = find(t, path, n);
	if (node == FDT_NONE)
		fdt_error(t, chosen, "stdout-path %s is no node", path);
	return node;
}
