/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flattened device trees, read only. fdt_open() judges the whole blob once; after it no function can fail for a reason of
 * structure, and none reads outside the blob. Nothing is allocated or copied: names and values point into the blob.
 *
 * A node is an int (its offset in the blob), FDT_NONE is no node. Every function takes FDT_NONE and finds nothing in it, so
 * calls can be nested: fdt_text(t, fdt_find(t, "/chosen"), "bootargs").
 *
 * What is absent gives false, NULL or FDT_NONE, silently: whether it is needed is for the caller to say (fdt_error()). What
 * is there but malformed gives the same and a text in the buffer that fdt_open() was given; the first text stays.
 */
#ifndef SKEET_BOOT_FDT_H
#define SKEET_BOOT_FDT_H

#include <types.h>

#define FDT_NONE (-1)
/* Nodes inside one another, the root counted. Real trees need up to 8. */
#define FDT_DEPTH 64

struct fdt {
	const u8 *blob;
	u32 size;                    /* bytes, all blocks */
	u32 structs, structs_end;    /* blocks: offsets in the blob */
	u32 strings, strings_end;    /* end: behind the last NUL */
	u32 reservations, nr_reserved;
	u32 boot_cpu;                /* reg of the CPU that runs (boot_cpuid_phys) */
	int root;
	char *error;
	size_t error_size;
};

struct fdt_prop {
	int at;           /* offset of its token */
	const char *name;
	const u8 *value;  /* 4-byte aligned in the blob, big endian */
	u32 size;         /* bytes */
};

/* #address-cells and #size-cells of a bus. */
struct fdt_cells {
	u32 address, size;
};

/* Where an enumeration of address ranges stands; { 0 } to begin. */
struct fdt_cursor {
	int node;
	unsigned index;
	bool inside;
};

/**
 * fdt_open - judge a blob and prepare to read it
 * @t: filled in; refers to @blob and @error from now on
 * @blob: at any address; byte loads only, so the MMU may be off
 * @max: bytes that may be read at @blob
 * @error: gets the first thing found wrong now or later, in words with the node's path; "" if there is none
 * @error_size: bytes at @error, at least 1; what does not fit is cut
 * Return: true if the header and every token are sound (Devicetree Specification 0.4, chapter 5); if not, @t is an empty tree.
 */
bool fdt_open(struct fdt *t, const void *blob, u64 max, char *error, size_t error_size);

/* Say what is wrong with @node, in the same form and place as this reader does; a text that is there already stays. */
void fdt_error(const struct fdt *t, int node, const char *fmt, ...) __printf_like(3, 4);

/* --- nodes --- */

/* "cpu@0"; "" for the root and FDT_NONE. */
const char *fdt_name(const struct fdt *t, int node);
/* Is it called @name, with or without a unit address behind it? With one in @name, exactly so? */
bool fdt_is_named(const struct fdt *t, int node, const char *name);
/* The path of @node, written into the end of @buf; a path that is too long loses its beginning. Returns where it begins. */
const char *fdt_path(const struct fdt *t, int node, char *buf, size_t size);

int fdt_child(const struct fdt *t, int node);   /* the first */
int fdt_sibling(const struct fdt *t, int node); /* the next */
int fdt_parent(const struct fdt *t, int node);  /* reads from the root up to @node */
int fdt_next(const struct fdt *t, int node);    /* in the order of the blob, which is depth first; FDT_NONE gives the root */

#define fdt_for_each_child(t, child, node)                                                         \
	for (int child = fdt_child(t, node); child != FDT_NONE; child = fdt_sibling(t, child))

/**
 * fdt_find - the node at a path
 * @path: "/cpus/cpu@0", or an alias and what follows it: "serial0", "soc/timer". A name without a unit address finds
 *	the first that has any.
 */
int fdt_find(const struct fdt *t, const char *path);
/* The next node behind @from, FDT_NONE for the first, whose "compatible" lists @s. */
int fdt_next_compatible(const struct fdt *t, int from, const char *s);
/* By "phandle", or "linux,phandle" as older trees call it; 0 is no node's (0xffffffff neither). */
u32 fdt_phandle(const struct fdt *t, int node);
int fdt_by_phandle(const struct fdt *t, u32 phandle);
/* The node whose phandle is cell @i of a property. */
int fdt_reference(const struct fdt *t, int node, const char *name, unsigned i);
/* The interrupt controller (or nexus) that the interrupts of @node go to. */
int fdt_interrupt_parent(const struct fdt *t, int node);
/* No "status", "okay" or "ok". */
bool fdt_is_okay(const struct fdt *t, int node);

/* --- properties --- */

bool fdt_first_prop(const struct fdt *t, int node, struct fdt_prop *p);
bool fdt_next_prop(const struct fdt *t, struct fdt_prop *p);
bool fdt_prop(const struct fdt *t, int node, const char *name, struct fdt_prop *p);
bool fdt_has(const struct fdt *t, int node, const char *name);
/* Strings, the last one complete? */
bool fdt_is_text(const struct fdt_prop *p);
/* Cell @i of a value; false behind its end. */
bool fdt_cell(const struct fdt_prop *p, unsigned i, u32 *v);
/* A value of exactly one cell. */
bool fdt_u32(const struct fdt *t, int node, const char *name, u32 *v);
/* A value of one cell or two. */
bool fdt_u64(const struct fdt *t, int node, const char *name, u64 *v);
/* A string, or string @i of a list; NULL behind its end. */
const char *fdt_text(const struct fdt *t, int node, const char *name);
const char *fdt_text_at(const struct fdt *t, int node, const char *name, unsigned i);
/* Is @s one of the strings of a list? */
bool fdt_lists(const struct fdt *t, int node, const char *name, const char *s);

/* Entry @i of the reservation block; false behind its end. */
bool fdt_reservation(const struct fdt *t, unsigned i, u64 *start, u64 *size);

/* --- addresses --- */

/* Cells of the addresses and sizes of @bus's children; 2 and 1 where it does not say. */
bool fdt_cells(const struct fdt *t, int bus, struct fdt_cells *c);
/**
 * fdt_reg - entry @i of "reg"
 * @bus: parent of @node; passed, because to find it costs a reading of the tree
 * @address: in the addresses of @bus, or what else reg means there: a CPU's number
 * @size: 0 where #size-cells is 0; may be NULL
 */
bool fdt_reg(const struct fdt *t, int bus, int node, unsigned i, u64 *address, u64 *size);
/* @address, of a child of @bus, as the root's children (that is: CPUs) see it: through every "ranges" on the way. */
bool fdt_translate(const struct fdt *t, int bus, u64 *address);
/* fdt_reg() and fdt_translate() in one. */
bool fdt_reg_physical(const struct fdt *t, int node, unsigned i, u64 *address, u64 *size);

/* --- what a kernel asks first --- */

/* The next range of RAM: reg of each /memory node. Not sorted; not without the reserved ranges. */
bool fdt_next_memory(const struct fdt *t, struct fdt_cursor *c, u64 *start, u64 *size);
/* The next range to leave alone: the reservation block, then reg of each child of /reserved-memory. May overlap. */
bool fdt_next_reserved(const struct fdt *t, struct fdt_cursor *c, u64 *start, u64 *size);
/* The next CPU behind @from, FDT_NONE for the first, whatever its status: what "disabled" means differs between ISAs. */
int fdt_next_cpu(const struct fdt *t, int from);
/* Where to read @name of @cpu: there, or in /cpus, which may hold what is common to all. */
int fdt_cpu_holder(const struct fdt *t, int cpu, const char *name);
/*
 * Of the idle states that list @compatible, the value of @param of the one with the longest "exit-latency-us", if it has none of the bits
 * @lost, which mean that a CPU's registers are lost. Without one *value stays.
 */
void fdt_idle_state(const struct fdt *t, const char *compatible, const char *param, u32 lost, u32 *value);
/* The node of /chosen stdout-path. @options: what stands behind ':' ("115200n8"), "" if nothing. */
int fdt_stdout(const struct fdt *t, const char **options);

#endif
