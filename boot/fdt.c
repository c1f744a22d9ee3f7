// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 *
 * The format. A header of ten big-endian words names three blocks by their offsets in the blob. The reservation block
 * holds pairs of 64-bit words, address and size, up to a pair of size 0. The strings block holds the names of properties.
 * The structure block is a row of tokens, each 4-byte aligned:
 *
 *	BEGIN_NODE  name, NUL, padding    a node begins; its properties come first, its children behind them
 *	PROP        size, offset of the name in the strings block, value, padding
 *	END_NODE                          the innermost open node ends
 *	NOP                               nothing (a token that was taken out)
 *	END                               behind the END_NODE of the root: the only node that nothing contains; it has no name
 *
 * The invariant. After fdt_open() every access stays inside the blob, because
 *  - a node or a property is the offset of a token that scan() has passed, or of the one that the token before it leads to;
 *  - from such a token token_end() leads to the next one, and scan() saw that each lies in the structure block, with its
 *    name and NUL or its value, up to the END that stops every loop here;
 *  - a property's name begins below strings_end, behind which the last NUL of the strings block stands, so it ends there too;
 *  - a value is read only below its size.
 * Loops end because token_end() grows, and nesting is bounded by FDT_DEPTH (trail). Nothing recurses.
 *
 * Offsets are from the start of the blob, and below 2^31, so that sums of two do not wrap. Loads are of single bytes: a blob
 * may lie anywhere, with the MMU off and alignment checked.
 */
#include <console.h>

#include "fdt.h"

enum token { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

#define MAGIC 0xd00dfeed
#define VERSION_MIN 16 /* the first without a node's full path in its name */
#define VERSION_NOW 17 /* what a blob must be compatible with */
#define HEADER_SIZE 40
#define BLOB_MAX 0x7fffffffu
#define ERROR_PATH 48  /* of a path in an error's text */

/* Words of the header: offsets in the blob. */
enum header {
	H_MAGIC = 0,
	H_SIZE = 4,
	H_STRUCTS = 8,
	H_STRINGS = 12,
	H_RESERVATIONS = 16,
	H_VERSION = 20,
	H_COMPATIBLE = 24,
	H_BOOT_CPU = 28,
	H_STRINGS_SIZE = 32,
	H_STRUCTS_SIZE = 36, /* version 17 on */
};

/* A node and all that it lies in, the root first. */
struct trail {
	int node[FDT_DEPTH];
	unsigned depth;
};

/* --- bytes --- */

static u32 load32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static u64 load64(const u8 *p)
{
	return (u64)load32(p) << 32 | load32(p + 4);
}

static u32 word(const struct fdt *t, u32 at)
{
	return load32(t->blob + at);
}

static u32 align4(u32 at)
{
	return (at + 3) & ~3u;
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* Does @s begin with the @n characters at @part? Stops at the end of @s. */
static bool begins(const char *s, const char *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!s[i] || s[i] != part[i])
			return false;
	return true;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* --- tokens --- */

static const char *node_name(const struct fdt *t, int node)
{
	return (const char *)t->blob + node + 4;
}

/* Where the token behind the one at @at begins. */
static u32 token_end(const struct fdt *t, u32 at)
{
	switch (word(t, at)) {
	case BEGIN_NODE:
		return align4(at + 4 + (u32)length(node_name(t, (int)at)) + 1);
	case PROP:
		return align4(at + 12 + word(t, at + 4));
	default:
		return at + 4;
	}
}

/* The first token at @at or behind it that is no NOP. */
static u32 token_at(const struct fdt *t, u32 at)
{
	while (word(t, at) == NOP)
		at += 4;
	return at;
}

/* The first token of @node behind its properties: BEGIN_NODE or END_NODE. */
static u32 skip_props(const struct fdt *t, int node)
{
	u32 at = token_at(t, token_end(t, (u32)node));

	while (word(t, at) == PROP)
		at = token_at(t, token_end(t, at));
	return at;
}

/* The first token behind @node and all inside it. */
static u32 skip_node(const struct fdt *t, int node)
{
	unsigned depth = 0;
	u32 at = (u32)node;

	do {
		u32 token = word(t, at);

		if (token == BEGIN_NODE)
			depth++;
		else if (token == END_NODE)
			depth--;
		at = token_end(t, at);
	} while (depth);
	return token_at(t, at);
}

static int node_if(const struct fdt *t, u32 at)
{
	return word(t, at) == BEGIN_NODE ? (int)at : FDT_NONE;
}

int fdt_child(const struct fdt *t, int node)
{
	return node == FDT_NONE ? FDT_NONE : node_if(t, skip_props(t, node));
}

int fdt_sibling(const struct fdt *t, int node)
{
	return node == FDT_NONE ? FDT_NONE : node_if(t, skip_node(t, node));
}

int fdt_next(const struct fdt *t, int node)
{
	u32 at;

	if (node == FDT_NONE)
		return t->root;
	at = skip_props(t, node);
	while (word(t, at) == END_NODE)
		at = token_at(t, at + 4);
	return node_if(t, at);
}

/* --- paths --- */

/* The child of @node that is @inner or contains it, which some child does. */
static int child_towards(const struct fdt *t, int node, int inner)
{
	int child = fdt_child(t, node);

	for (;;) {
		int next = fdt_sibling(t, child);

		if (next == FDT_NONE || next > inner)
			return child;
		child = next;
	}
}

static void trail_to(const struct fdt *t, int node, struct trail *way)
{
	way->node[0] = t->root;
	for (way->depth = 1; way->node[way->depth - 1] != node; way->depth++)
		way->node[way->depth] = child_towards(t, way->node[way->depth - 1], node);
}

int fdt_parent(const struct fdt *t, int node)
{
	struct trail way;

	if (node == FDT_NONE || node == t->root)
		return FDT_NONE;
	trail_to(t, node, &way);
	return way.node[way.depth - 2];
}

/* "/" and @name in front of @p, not below @start; NULL if that has no room. Unprintable characters become '?'. */
static char *prepend(char *p, const char *start, const char *name)
{
	size_t n = length(name);

	if ((size_t)(p - start) < n + 1)
		return NULL;
	p -= n + 1;
	p[0] = '/';
	for (size_t i = 0; i < n; i++)
		p[i + 1] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
	return p;
}

static const char *trail_path(const struct fdt *t, const struct trail *way, char *buf, size_t size)
{
	char *p = buf + size - 1, *longer;

	*p = 0;
	for (unsigned i = way->depth; i-- > 1; p = longer) {
		longer = prepend(p, buf + 3, node_name(t, way->node[i]));
		if (!longer) {
			*--p = '.';
			*--p = '.';
			*--p = '.';
			return p;
		}
	}
	if (!*p)
		*--p = '/';
	return p;
}

const char *fdt_path(const struct fdt *t, int node, char *buf, size_t size)
{
	struct trail way;

	if (node == FDT_NONE || size < 8)
		return "";
	trail_to(t, node, &way);
	return trail_path(t, &way, buf, size);
}

/* --- errors --- */

static void put_error(const struct fdt *t, const char *where, const char *fmt, va_list ap)
{
	size_t n;

	if (t->error[0])
		return;
	ksnprintf(t->error, t->error_size, "device tree: %s%s", where, *where ? ": " : "");
	n = length(t->error);
	kvsnprintf(t->error + n, t->error_size - n, fmt, ap);
}

void fdt_error(const struct fdt *t, int node, const char *fmt, ...)
{
	char buf[ERROR_PATH];
	va_list ap;

	va_start(ap, fmt);
	put_error(t, fdt_path(t, node, buf, sizeof(buf)), fmt, ap);
	va_end(ap);
}

/* While the tree is not known to be sound. Returns false. */
static bool __printf_like(3, 4) broken(const struct fdt *t, const struct trail *way, const char *fmt, ...)
{
	char buf[ERROR_PATH];
	va_list ap;

	va_start(ap, fmt);
	put_error(t, way && way->depth ? trail_path(t, way, buf, sizeof(buf)) : "", fmt, ap);
	va_end(ap);
	return false;
}

/* --- fdt_open(): the header --- */

static bool check_header(const struct fdt *t, u64 max)
{
	if (max < HEADER_SIZE)
		return broken(t, NULL, "%llu bytes, a header has %u", (unsigned long long)max, HEADER_SIZE);
	if (word(t, H_MAGIC) != MAGIC)
		return broken(t, NULL, "begins with 0x%08x, not 0x%08x", word(t, H_MAGIC), MAGIC);
	if (word(t, H_VERSION) < VERSION_MIN || word(t, H_COMPATIBLE) > VERSION_NOW || word(t, H_COMPATIBLE) > word(t, H_VERSION))
		return broken(t, NULL, "version %u compatible with %u, not %u or newer compatible with %u", word(t, H_VERSION),
			      word(t, H_COMPATIBLE), VERSION_MIN, VERSION_NOW);
	if (word(t, H_SIZE) < HEADER_SIZE || word(t, H_SIZE) > BLOB_MAX)
		return broken(t, NULL, "size of 0x%x bytes, not 0x%x to 0x%x", word(t, H_SIZE), HEADER_SIZE, BLOB_MAX);
	if (word(t, H_SIZE) > max)
		return broken(t, NULL, "0x%x bytes long, of which 0x%llx are here", word(t, H_SIZE), (unsigned long long)max);
	return true;
}

/* A block of @size bytes at @at. */
static bool check_block(const struct fdt *t, const char *name, u32 at, u32 size, u32 align)
{
	if (at < HEADER_SIZE || at > t->size || size > t->size - at)
		return broken(t, NULL, "%s block of 0x%x bytes at 0x%x is not inside 0x%x to 0x%x", name, size, at, HEADER_SIZE, t->size);
	if (at % align)
		return broken(t, NULL, "%s block at 0x%x is not aligned to %u bytes", name, at, align);
	return true;
}

static bool open_strings(struct fdt *t)
{
	u32 size = word(t, H_STRINGS_SIZE);

	t->strings = word(t, H_STRINGS);
	if (!check_block(t, "strings", t->strings, size, 1))
		return false;
	for (t->strings_end = t->strings + size; t->strings_end > t->strings; t->strings_end--)
		if (!t->blob[t->strings_end - 1])
			break;
	return true;
}

static bool open_structs(struct fdt *t)
{
	u32 size;

	t->structs = word(t, H_STRUCTS);
	/* Before version 17 only END says how long it is. */
	size = word(t, H_VERSION) < 17 && t->structs <= t->size ? t->size - t->structs : word(t, H_STRUCTS_SIZE);
	t->structs_end = t->structs + size;
	return check_block(t, "structure", t->structs, size, 4);
}

/* It ends with a pair of size 0; the specification wants address 0 there too, at which no reader looks. */
static bool open_reservations(struct fdt *t)
{
	u32 at = word(t, H_RESERVATIONS);

	t->reservations = at;
	t->nr_reserved = 0;
	if (!check_block(t, "reservation", at, 16, 8))
		return false;
	for (; load64(t->blob + at + 8); t->nr_reserved++, at += 16)
		if (t->size - at < 32)
			return broken(t, NULL, "reservation block at 0x%x does not end: no pair of size 0", t->reservations);
	return true;
}

/* --- fdt_open(): the tokens --- */

static bool check_name(const struct fdt *t, const struct trail *way, u32 at)
{
	u32 end = at + 4;

	while (end < t->structs_end && t->blob[end])
		end++;
	if (end == t->structs_end)
		return broken(t, way, "name of the node at 0x%x does not end inside the structure block", at);
	return true;
}

static bool check_begin(struct fdt *t, struct trail *way, u32 at)
{
	if (!check_name(t, way, at))
		return false;
	if (!way->depth && t->root != FDT_NONE)
		return broken(t, way, "a second root at 0x%x", at);
	if (!way->depth && *node_name(t, (int)at))
		return broken(t, way, "the root at 0x%x has a name", at);
	if (way->depth == FDT_DEPTH)
		return broken(t, way, "node at 0x%x inside %u others, %u are supported", at, way->depth, FDT_DEPTH - 1);
	if (!way->depth)
		t->root = (int)at;
	way->node[way->depth++] = (int)at;
	return true;
}

static bool check_prop(const struct fdt *t, const struct trail *way, u32 at, bool first)
{
	u32 name, size;

	if (!first)
		return broken(t, way, "property at 0x%x is not in front of the children", at);
	if (t->structs_end - at < 12)
		return broken(t, way, "property at 0x%x is cut off by the end of the structure block", at);
	size = word(t, at + 4);
	name = word(t, at + 8);
	if (size > t->structs_end - at - 12)
		return broken(t, way, "property at 0x%x has 0x%x bytes, the structure block 0x%x", at, size, t->structs_end - at - 12);
	if (name >= t->strings_end - t->strings)
		return broken(t, way, "name of the property at 0x%x: offset 0x%x, strings have 0x%x bytes", at, name,
			      t->strings_end - t->strings);
	return true;
}

static bool check_end(const struct fdt *t, const struct trail *way, u32 at)
{
	if (way->depth)
		return broken(t, way, "the tree ends at 0x%x inside this node", at);
	return t->root != FDT_NONE || broken(t, way, "no root");
}

/* @first: the innermost node has had no child yet, so that properties may follow. */
static bool check_token(struct fdt *t, struct trail *way, u32 at, bool *first)
{
	u32 token = word(t, at);

	switch (token) {
	case BEGIN_NODE:
		*first = true;
		return check_begin(t, way, at);
	case PROP:
		return check_prop(t, way, at, *first);
	case END_NODE:
		if (!way->depth)
			return broken(t, way, "a node ends at 0x%x that did not begin", at);
		*first = false;
		way->depth--;
		return true;
	case NOP:
		return true;
	default:
		return broken(t, way, "word 0x%x at 0x%x is no token", token, at);
	}
}

/* Every token up to END. */
static bool scan(struct fdt *t)
{
	struct trail way = { .depth = 0 };
	bool first = false;
	u32 at = t->structs;

	for (; at < t->structs_end && t->structs_end - at >= 4; at = token_end(t, at)) {
		if (word(t, at) == END)
			return check_end(t, &way, at);
		if (!check_token(t, &way, at, &first))
			return false;
	}
	return broken(t, &way, "structure block ends at 0x%x without an END", t->structs_end);
}

bool fdt_open(struct fdt *t, const void *blob, u64 max, char *error, size_t error_size)
{
	t->blob = blob;
	t->root = FDT_NONE;
	t->error = error;
	t->error_size = error_size;
	error[0] = 0;
	if (!check_header(t, max))
		return false;
	t->size = word(t, H_SIZE);
	t->boot_cpu = word(t, H_BOOT_CPU);
	return open_strings(t) && open_structs(t) && open_reservations(t) && scan(t);
}

/* --- properties --- */

static bool prop_if(const struct fdt *t, u32 at, struct fdt_prop *p)
{
	if (word(t, at) != PROP)
		return false;
	p->at = (int)at;
	p->name = (const char *)t->blob + t->strings + word(t, at + 8);
	p->value = t->blob + at + 12;
	p->size = word(t, at + 4);
	return true;
}

bool fdt_first_prop(const struct fdt *t, int node, struct fdt_prop *p)
{
	return node != FDT_NONE && prop_if(t, token_at(t, token_end(t, (u32)node)), p);
}

bool fdt_next_prop(const struct fdt *t, struct fdt_prop *p)
{
	return prop_if(t, token_at(t, token_end(t, (u32)p->at)), p);
}

bool fdt_prop(const struct fdt *t, int node, const char *name, struct fdt_prop *p)
{
	for (bool more = fdt_first_prop(t, node, p); more; more = fdt_next_prop(t, p))
		if (same(p->name, name))
			return true;
	return false;
}

bool fdt_has(const struct fdt *t, int node, const char *name)
{
	struct fdt_prop p;

	return fdt_prop(t, node, name, &p);
}

bool fdt_cell(const struct fdt_prop *p, unsigned i, u32 *v)
{
	if (i >= p->size / 4)
		return false;
	*v = load32(p->value + 4 * i);
	return true;
}

bool fdt_u32(const struct fdt *t, int node, const char *name, u32 *v)
{
	struct fdt_prop p;

	if (!fdt_prop(t, node, name, &p))
		return false;
	if (p.size == 4)
		return fdt_cell(&p, 0, v);
	fdt_error(t, node, "%s has %u bytes, not 4", name, p.size);
	return false;
}

bool fdt_u64(const struct fdt *t, int node, const char *name, u64 *v)
{
	struct fdt_prop p;

	if (!fdt_prop(t, node, name, &p))
		return false;
	if (p.size == 4 || p.size == 8) {
		*v = p.size == 8 ? load64(p.value) : load32(p.value);
		return true;
	}
	fdt_error(t, node, "%s has %u bytes, not 4 or 8", name, p.size);
	return false;
}

static bool is_text(const struct fdt_prop *p)
{
	return p->size && !p->value[p->size - 1];
}

const char *fdt_text_at(const struct fdt *t, int node, const char *name, unsigned i)
{
	struct fdt_prop p;
	u32 start = 0;

	if (!fdt_prop(t, node, name, &p))
		return NULL;
	if (!is_text(&p)) {
		fdt_error(t, node, "%s has %u bytes that do not end with a NUL", name, p.size);
		return NULL;
	}
	for (; i && start < p.size; i--)
		start += (u32)length((const char *)p.value + start) + 1;
	return start < p.size ? (const char *)p.value + start : NULL;
}

const char *fdt_text(const struct fdt *t, int node, const char *name)
{
	return fdt_text_at(t, node, name, 0);
}

bool fdt_lists(const struct fdt *t, int node, const char *name, const char *s)
{
	struct fdt_prop p;

	if (!fdt_prop(t, node, name, &p) || !is_text(&p))
		return false;
	for (u32 at = 0; at < p.size; at += (u32)length((const char *)p.value + at) + 1)
		if (same((const char *)p.value + at, s))
			return true;
	return false;
}

/* --- finding nodes --- */

const char *fdt_name(const struct fdt *t, int node)
{
	return node == FDT_NONE ? "" : node_name(t, node);
}

/* The name of @node against the @n characters at @part. */
static bool is_called(const struct fdt *t, int node, const char *part, size_t n)
{
	const char *name = node_name(t, node);
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

/* These two look at nodes that nobody asked for: there a malformed value is no match, and no error. */
static bool is_type(const struct fdt *t, int node, const char *s)
{
	struct fdt_prop p;

	return fdt_prop(t, node, "device_type", &p) && is_text(&p) && same((const char *)p.value, s);
}

static bool has_phandle(const struct fdt *t, int node, u32 phandle)
{
	struct fdt_prop p;

	return (fdt_prop(t, node, "phandle", &p) || fdt_prop(t, node, "linux,phandle", &p)) && p.size == 4 &&
	       load32(p.value) == phandle;
}

int fdt_next_type(const struct fdt *t, int from, const char *s)
{
	int node = from;

	do
		node = fdt_next(t, node);
	while (node != FDT_NONE && !is_type(t, node, s));
	return node;
}

int fdt_by_phandle(const struct fdt *t, u32 phandle)
{
	int node = t->root;

	if (phandle == 0 || phandle == 0xffffffff)
		return FDT_NONE;
	while (node != FDT_NONE && !has_phandle(t, node, phandle))
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

static u64 number(const u8 *p, u32 cells)
{
	u64 v = 0;

	for (u32 i = 0; i < cells; i++)
		v = v << 32 | load32(p + 4 * i);
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
	*address = number(p.value + 4 * i * entry, c.address);
	if (size)
		*size = number(p.value + 4 * (i * entry + c.address), c.size);
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
	for (const u8 *r = p.value; r < p.value + p.size; r += 4 * entry) {
		u64 offset = *address - number(r, in.address);

		if (*address >= number(r, in.address) && offset < number(r + 4 * (in.address + out.address), in.size)) {
			*address = number(r + 4 * in.address, out.address) + offset;
			return true;
		}
	}
	fdt_error(t, bus, "ranges do not have address 0x%llx", (unsigned long long)*address);
	return false;
}

bool fdt_translate(const struct fdt *t, int bus, u64 *address)
{
	struct trail way;

	if (bus == FDT_NONE)
		return false;
	trail_to(t, bus, &way);
	for (; way.depth > 1; way.depth--)
		if (!one_up(t, way.node[way.depth - 1], way.node[way.depth - 2], address))
			return false;
	return true;
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
	const u8 *pair = t->blob + t->reservations + 16 * c->index;

	if (c->inside || c->index == t->nr_reserved)
		return next_range(t, fdt_find(t, "/reserved-memory"), fdt_is_okay, c, start, size);
	*start = load64(pair);
	*size = load64(pair + 8);
	c->index++;
	return true;
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
