/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client interface of Open Firmware (IEEE 1275, 6.3) over a blob, as VOF and SLOF have one: cells are big-endian and of 32 bits,
 * so what they point to comes from low_memory(). A node's number is its offset in the blob plus NODE_BASE.
 */
#ifndef SKEET_TESTS_HOST_OF_FAKE_H
#define SKEET_TESTS_HOST_OF_FAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <types.h>

#include "../../boot/ppc64/of.h"

#define NODE_BASE 0x1000
/* All that is opened is this. */
#define OPENED "/cpus/PowerPC,POWER9@1"

/* What it does wrong. */
enum of_wrong {
	OF_RIGHT,
	OF_NO_SERVICE,   /* knows no "nextprop" */
	OF_SHORT_VALUE,  /* gives less of a value than it said */
	OF_NO_VALUE,     /* lists a property that it does not have */
	OF_ENDLESS,      /* every node has a child */
	OF_RING,         /* the last child's peer is the first */
	OF_NO_PATH,
	OF_NO_ROOT,
	OF_LONG_NAMES,   /* does not end a property's name */
	OF_BAD_PEER,
	OF_BAD_CPU,      /* has opened no CPU */
};

static struct {
	struct fdt t;
	enum of_wrong wrong;
	bool names;      /* lists "name" with the rest, and ends paths */
} of_fake;

/* @size bytes that a cell can point to, up to the last byte: behind them is nothing. */
static inline void *low_memory(size_t size)
{
	size_t pages = (size + 4095) / 4096 * 4096;
	char *p = mmap(NULL, pages + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (p == MAP_FAILED || mprotect(p + pages, 4096, PROT_NONE)) {
		perror("low_memory");
		exit(2);
	}
	return p + (pages - size);
}

static inline void *of_pointer(u32 cell)
{
	return (void *)(uintptr_t)__builtin_bswap32(cell);
}

static inline u32 of_number(int node)
{
	return node == FDT_NONE ? 0 : (u32)node + NODE_BASE;
}

static inline u32 of_peer(int node)
{
	int next = fdt_sibling(&of_fake.t, node);

	if (of_fake.wrong == OF_BAD_PEER)
		return ~0u;
	if (next == FDT_NONE && of_fake.wrong == OF_RING)
		next = fdt_child(&of_fake.t, fdt_parent(&of_fake.t, node));
	return of_number(next);
}

static inline u32 of_next_prop(int node, const char *last, char *name)
{
	struct fdt_prop p;
	bool found = fdt_first_prop(&of_fake.t, node, &p), list = of_fake.names;

	if (of_fake.wrong == OF_LONG_NAMES) {
		memset(name, 'x', OF_NAME);
		return 1;
	}
	if (list && !*last) {
		strcpy(name, "name");
		return 1;
	}
	if (*last && !(list && !strcmp(last, "name"))) {
		while (found && strcmp(p.name, last))
			found = fdt_next_prop(&of_fake.t, &p);
		if (!found)
			return ~0u;
		found = fdt_next_prop(&of_fake.t, &p);
	}
	if (found)
		strcpy(name, p.name);
	return found;
}

static inline u32 of_get_prop(int node, const char *name, char *to, u32 size)
{
	struct fdt_prop p;

	if (of_fake.wrong == OF_NO_VALUE || !fdt_prop(&of_fake.t, node, name, &p))
		return ~0u;
	if (!to)
		return p.size;
	memcpy(to, p.value, size < p.size ? size : p.size);
	return p.size - (of_fake.wrong == OF_SHORT_VALUE);
}

static inline u32 of_path(int node, char *to, u32 size)
{
	char path[OF_PATH];
	const char *from = fdt_path(&of_fake.t, node, path, sizeof(path));
	u32 n = (u32)strlen(from);

	if (of_fake.wrong == OF_NO_PATH)
		return ~0u;
	memset(to, '#', size);
	memcpy(to, from, n < size ? n : size);
	return n;
}

static inline u32 of_device(const char *path)
{
	int node = fdt_find(&of_fake.t, path);

	return node == FDT_NONE ? ~0u : of_number(node);
}

static inline int of_fake_call(void *args)
{
	u32 *cell = args, *arg = cell + 3, *answer = arg + __builtin_bswap32(cell[1]);
	const char *service = of_pointer(cell[0]);
	u32 number = __builtin_bswap32(arg[0]);
	int node = number ? (int)number - NODE_BASE : FDT_NONE;
	u32 v;

	if (!strcmp(service, "peer"))
		v = number ? of_peer(node) : of_fake.wrong == OF_NO_ROOT ? 0 : of_number(of_fake.t.root);
	else if (!strcmp(service, "child"))
		v = of_fake.wrong == OF_ENDLESS ? number : of_number(fdt_child(&of_fake.t, node));
	else if (!strcmp(service, "parent"))
		v = of_number(fdt_parent(&of_fake.t, node));
	else if (!strcmp(service, "finddevice"))
		v = of_device(of_pointer(arg[0]));
	else if (!strcmp(service, "instance-to-package"))
		v = of_fake.wrong == OF_BAD_CPU ? ~0u : of_device(OPENED);
	else if (!strcmp(service, "getproplen"))
		v = of_get_prop(node, of_pointer(arg[1]), NULL, 0);
	else if (!strcmp(service, "getprop"))
		v = of_get_prop(node, of_pointer(arg[1]), of_pointer(arg[2]), __builtin_bswap32(arg[3]));
	else if (!strcmp(service, "nextprop") && of_fake.wrong != OF_NO_SERVICE)
		v = of_next_prop(node, of_pointer(arg[1]), of_pointer(arg[2]));
	else if (!strcmp(service, "package-to-path"))
		v = of_path(node, of_pointer(arg[1]), __builtin_bswap32(arg[2]));
	else
		return -1;
	*answer = __builtin_bswap32(v);
	return 0;
}

/* NULL, or what differs between the trees; a "phandle" that only @b has is the firmware's number, and stands last. */
static inline const char *of_difference(const struct fdt *a, const struct fdt *b)
{
	int x = fdt_next(a, FDT_NONE), y = fdt_next(b, FDT_NONE);

	for (; x != FDT_NONE && y != FDT_NONE; x = fdt_next(a, x), y = fdt_next(b, y)) {
		static char px[OF_PATH], py[OF_PATH];
		struct fdt_prop p, q;
		bool more_p = fdt_first_prop(a, x, &p), more_q = fdt_first_prop(b, y, &q);
		const char *path = fdt_path(a, x, px, sizeof(px));
		u32 number;

		if (strcmp(path, fdt_path(b, y, py, sizeof(py))))
			return path;
		for (; more_p && more_q; more_p = fdt_next_prop(a, &p), more_q = fdt_next_prop(b, &q))
			if (strcmp(p.name, q.name) || p.size != q.size || memcmp(p.value, q.value, p.size))
				return path;
		if (more_p)
			return path;
		if (more_q && (fdt_has(a, x, "phandle") || strcmp(q.name, "phandle") || !fdt_cell(&q, 0, &number) ||
			       number != of_number(x) || fdt_next_prop(b, &q)))
			return path;
		if (!more_q && !fdt_has(a, x, "phandle"))
			return path;
	}
	return x == FDT_NONE && y == FDT_NONE ? NULL : "the number of nodes";
}

#endif
