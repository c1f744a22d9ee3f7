// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open Firmware's tree, asked for and written down.
 *
 * The strings block grows in the last part of the buffer and moves down to the structure block when that is done; the offset of a
 * name is from the start of its block, so it holds from the first moment on. Nothing recurses: the way up is "parent".
 *
 * What the firmware answers is not believed: sizes are checked against the room that is left, names are ended, depth is bounded as
 * in boot/fdt.c, and a tree that never ends ends at the end of the buffer.
 */
#include <console.h>

#include "../fdt_string.h"
#include "boot.h"
#include "of.h"

enum token { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, END = 9 };

#define MAGIC 0xd00dfeed
#define HEADER_SIZE 40
#define STRUCTS_AT 56 /* behind an empty reservation block */
#define STRINGS_PART 4 /* of the buffer, 1 in 4 is for names: of QEMU's trees they are 1 in 7 or fewer */
#define NOBODY 0xffffffffu /* IEEE 1275's -1 */

struct flat {
	of_call *call;
	struct of_work *w;
	u8 *out;
	u32 at, structs_end;       /* structure block: where it goes on, and where the strings begin */
	u32 strings, strings_end;  /* bytes of names, and the room for them */
	u32 boot_cpu;
	bool has_phandle;
	char *error;
	size_t error_size;
	bool failed;
};

static bool __printf_like(2, 3) fail(struct flat *f, const char *fmt, ...)
{
	va_list ap;

	if (!f->failed) {
		va_start(ap, fmt);
		kvsnprintf(f->error, f->error_size, fmt, ap);
		va_end(ap);
	}
	f->failed = true;
	return false;
}

/* --- calls --- */

static u32 cell_of(const void *p)
{
	return (u32)(uintptr_t)p;
}

static void copy_text(char *to, const char *s)
{
	while ((*to++ = *s++))
		;
}

/* A service with @n arguments and one answer. */
static bool ask(struct flat *f, const char *service, unsigned n, const u32 *args, u32 *answer)
{
	u32 *cell = f->w->cell;

	copy_text(f->w->service, service);
	cell[0] = be32(cell_of(f->w->service));
	cell[1] = be32(n);
	cell[2] = be32(1);
	for (unsigned i = 0; i < n; i++)
		cell[3 + i] = be32(args[i]);
	cell[3 + n] = be32(NOBODY);
	*answer = NOBODY;
	if (f->call(cell))
		return fail(f, "Open Firmware: it has no service \"%s\"", service);
	*answer = be32(cell[3 + n]);
	return true;
}

/* "peer", "child" or "parent" of @node; 0: there is none. */
static bool ask_node(struct flat *f, const char *service, u32 node, u32 *found)
{
	if (!ask(f, service, 1, &node, found))
		return false;
	return *found != NOBODY || fail(f, "Open Firmware: \"%s\" refuses node 0x%x", service, node);
}

/* --- blocks --- */

static bool no_room(struct flat *f)
{
	return fail(f, "Open Firmware: the device tree is larger than the %u KiB that this kernel has for it",
		    (f->strings_end + f->structs_end) / 1024);
}

static bool put(struct flat *f, u32 v)
{
	if (f->structs_end - f->at < 4)
		return no_room(f);
	for (int i = 0; i < 4; i++)
		f->out[f->at++] = (u8)(v >> (24 - 8 * i));
	return true;
}

/* The padding behind a name or a value. */
static bool pad(struct flat *f)
{
	for (; f->at & 3; f->at++) {
		if (f->at == f->structs_end)
			return no_room(f);
		f->out[f->at] = 0;
	}
	return true;
}

static bool put_text(struct flat *f, const char *s)
{
	size_t n = length(s) + 1;

	if (f->structs_end - f->at < n)
		return no_room(f);
	for (size_t i = 0; i < n; i++)
		f->out[f->at++] = (u8)s[i];
	return pad(f);
}

/* Offset of @name in the strings block. */
static bool name_at(struct flat *f, const char *name, u32 *at)
{
	char *strings = (char *)f->out + f->structs_end;
	size_t n = length(name) + 1;

	for (*at = 0; *at < f->strings; *at += (u32)length(strings + *at) + 1)
		if (same(strings + *at, name))
			return true;
	if (f->strings_end - f->strings < n)
		return no_room(f);
	for (size_t i = 0; i < n; i++)
		strings[f->strings++] = name[i];
	return true;
}

static bool put_prop(struct flat *f, const char *name, u32 size)
{
	u32 at;

	return name_at(f, name, &at) && put(f, PROP) && put(f, size) && put(f, at);
}

/* --- properties --- */

/* The value goes from the firmware into the blob directly. */
static bool add_prop(struct flat *f, u32 node, const char *name)
{
	u32 size, got;

	if (!ask(f, "getproplen", 2, (u32[]){ node, cell_of(name) }, &size))
		return false;
	if (size == NOBODY)
		return fail(f, "Open Firmware: node 0x%x lists the property \"%s\" and has none", node, name);
	if (!put_prop(f, name, size))
		return false;
	if (f->structs_end - f->at < size)
		return no_room(f);
	if (!size)
		return true;
	if (!ask(f, "getprop", 4, (u32[]){ node, cell_of(name), cell_of(f->out + f->at), size }, &got))
		return false;
	if (got != size)
		return fail(f, "Open Firmware: property \"%s\" of node 0x%x has %u bytes, but gives %u", name, node, size, got);
	f->at += size;
	return pad(f);
}

/* The next property's name into @name; *@more: there is one. */
static bool next_name(struct flat *f, u32 node, const char *last, char *name, bool *more)
{
	u32 rc;

	name[0] = 0;
	if (!ask(f, "nextprop", 3, (u32[]){ node, cell_of(last), cell_of(name) }, &rc))
		return false;
	name[OF_NAME - 1] = 0;
	*more = rc == 1 && name[0];
	return rc <= 1 || fail(f, "Open Firmware: node 0x%x has no property behind \"%s\"", node, last);
}

static bool add_props(struct flat *f, u32 node)
{
	unsigned now = 0;
	bool more;

	f->has_phandle = false;
	f->w->name[1][0] = 0; /* the first one stands behind "" */
	for (;; now ^= 1) {
		char *name = f->w->name[now];

		if (!next_name(f, node, f->w->name[now ^ 1], name, &more))
			return false;
		if (!more)
			break;
		if (same(name, "name")) /* in a blob it is that of the node */
			continue;
		f->has_phandle |= same(name, "phandle");
		if (!add_prop(f, node, name))
			return false;
	}
	return f->has_phandle || (put_prop(f, "phandle", 4) && put(f, node));
}

/* --- nodes --- */

/* "cpu@0": what stands behind the last slash of its path; "" of the root. */
static bool node_name(struct flat *f, u32 node, const char **name)
{
	u32 n;

	if (!ask(f, "package-to-path", 3, (u32[]){ node, cell_of(f->w->path), OF_PATH - 1 }, &n))
		return false;
	if (n >= OF_PATH)
		return fail(f, "Open Firmware: node 0x%x has no path, or one of more than %u bytes", node, OF_PATH - 1);
	f->w->path[n] = 0; /* IEEE 1275 leaves it out */
	*name = f->w->path;
	for (const char *s = f->w->path; *s; s++)
		if (*s == '/')
			*name = s + 1;
	return true;
}

static bool open_node(struct flat *f, u32 node)
{
	const char *name = "";

	return node_name(f, node, &name) && put(f, BEGIN_NODE) && put_text(f, name) && add_props(f, node);
}

/* From @node, whose children are done, to the next node to open; *@node 0: the root is closed. */
static bool leave(struct flat *f, u32 *node, unsigned *depth)
{
	u32 next;

	do {
		if (!put(f, END_NODE))
			return false;
		if (!--*depth) {
			*node = 0;
			return true;
		}
		if (!ask_node(f, "peer", *node, &next))
			return false;
		if (!next && !ask_node(f, "parent", *node, node))
			return false;
	} while (!next);
	*node = next;
	return true;
}

static bool add_nodes(struct flat *f)
{
	unsigned depth = 0;
	u32 node, child;

	if (!ask_node(f, "peer", 0, &node))
		return false;
	if (!node)
		return fail(f, "Open Firmware: it has no device tree");
	while (node) {
		if (++depth > FDT_DEPTH)
			return fail(f, "Open Firmware: more than %u nodes inside one another", FDT_DEPTH);
		if (!open_node(f, node) || !ask_node(f, "child", node, &child))
			return false;
		if (child)
			node = child;
		else if (!leave(f, &node, &depth))
			return false;
	}
	return put(f, END);
}

/* --- the CPU that runs --- */

/* A property of one cell; false if there is none. */
static bool get_cell(struct flat *f, u32 node, const char *name, u32 *v)
{
	u32 *to = (u32 *)f->w->name[1], got;

	copy_text(f->w->name[0], name);
	if (!ask(f, "getprop", 4, (u32[]){ node, cell_of(f->w->name[0]), cell_of(to), 4 }, &got) || got != 4)
		return false;
	*v = be32(*to);
	return true;
}

/* "cpu" of /chosen is an opened CPU. A firmware that does not say means CPU 0. */
static bool find_boot_cpu(struct flat *f)
{
	u32 chosen, instance, node;

	copy_text(f->w->path, "/chosen");
	if (!ask(f, "finddevice", 1, (u32[]){ cell_of(f->w->path) }, &chosen))
		return false;
	if (chosen == NOBODY || !get_cell(f, chosen, "cpu", &instance))
		return !f->failed;
	if (!ask_node(f, "instance-to-package", instance, &node))
		return false;
	return get_cell(f, node, "reg", &f->boot_cpu) || fail(f, "Open Firmware: /chosen cpu is node 0x%x, which has no number", node);
}

/* Strings behind the structures, and the header in front. Returns the size of the whole. */
static u32 finish(struct flat *f)
{
	u32 structs = f->at - STRUCTS_AT, size = f->at + f->strings;
	const u32 header[] = { MAGIC, size, STRUCTS_AT, f->at, HEADER_SIZE, 17, 16, f->boot_cpu, f->strings, structs };

	for (u32 i = 0; i < f->strings; i++)
		f->out[f->at + i] = f->out[f->structs_end + i];
	f->at = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(header); i++)
		put(f, header[i]);
	while (f->at < STRUCTS_AT)
		f->out[f->at++] = 0;
	return size;
}

u32 of_flatten(of_call *call, struct of_work *work, void *out, u32 max, char *error, size_t error_size)
{
	struct flat f = { .call = call, .w = work, .out = out, .at = STRUCTS_AT, .error = error, .error_size = error_size };

	error[0] = 0;
	if ((uintptr_t)out + max > 1ULL << 32 || (uintptr_t)(work + 1) > 1ULL << 32) {
		fail(&f, "Open Firmware: the device tree at %p is beyond its 32 bits", out);
		return 0;
	}
	f.strings_end = max / STRINGS_PART;
	f.structs_end = (max - f.strings_end) & ~3u;
	if (f.structs_end < STRUCTS_AT) {
		no_room(&f);
		return 0;
	}
	return add_nodes(&f) && find_boot_cpu(&f) ? finish(&f) : 0;
}

void of_quiesce(of_call *call, struct of_work *work)
{
	copy_text(work->service, "quiesce");
	work->cell[0] = be32(cell_of(work->service));
	work->cell[1] = work->cell[2] = 0;
	call(work->cell);
}
