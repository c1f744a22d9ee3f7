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
#include "fdt_string.h"

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

/* --- tokens --- */

static const char *node_name(const struct fdt *t, int node)
{
	return (const char *)t->blob + node + 4;
}

const char *fdt_name(const struct fdt *t, int node)
{
	return node == FDT_NONE ? "" : node_name(t, node);
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
		return broken(t, way, "property at 0x%x has 0x%x bytes, 0x%x are left of the structure block", at, size,
			      t->structs_end - at - 12);
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
	t->nr_reserved = 0;
	t->error = error;
	t->error_size = error_size;
	error[0] = 0;
	if (!check_header(t, max))
		return false;
	t->size = word(t, H_SIZE);
	t->boot_cpu = word(t, H_BOOT_CPU);
	if (open_strings(t) && open_structs(t) && open_reservations(t) && scan(t))
		return true;
	/* Whoever reads on all the same finds nothing. */
	t->root = FDT_NONE;
	t->nr_reserved = 0;
	return false;
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

bool fdt_is_text(const struct fdt_prop *p)
{
	return p->size && !p->value[p->size - 1];
}

const char *fdt_text_at(const struct fdt *t, int node, const char *name, unsigned i)
{
	struct fdt_prop p;
	u32 start = 0;

	if (!fdt_prop(t, node, name, &p))
		return NULL;
	if (!fdt_is_text(&p)) {
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

	if (!fdt_prop(t, node, name, &p) || !fdt_is_text(&p))
		return false;
	for (u32 at = 0; at < p.size; at += (u32)length((const char *)p.value + at) + 1)
		if (same((const char *)p.value + at, s))
			return true;
	return false;
}

bool fdt_reservation(const struct fdt *t, unsigned i, u64 *start, u64 *size)
{
	const u8 *pair = t->blob + t->reservations + 16 * (size_t)i;

	if (i >= t->nr_reserved)
		return false;
	*start = load64(pair);
	*size = load64(pair + 8);
	return true;
}
