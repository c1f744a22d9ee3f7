/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every operation of the ISA that invalidates, and every barrier that completes one: two lists in arch/<isa>/inval.c, for those who measure
 * and judge them one by one (bench/inval_grid.c, tests/arch_inval.c). What the kernel itself invalidates with is in tlbi.h; the errata and
 * the words that choose among its operations are not followed here.
 */
#ifndef SKEET_INVAL_H
#define SKEET_INVAL_H

#include <console.h>
#include <types.h>

enum inval_reach {
	INVAL_HERE,       /* the CPU that issues it */
	INVAL_EVERYWHERE, /* every CPU */
	INVAL_OTHERS,     /* every other one, by a call of the firmware */
};

struct inval_barrier {
	const char *name; /* "": none, the operation needs no more */
	void (*complete)(void);
};

struct inval_op {
	const char *name; /* a word */
	enum inval_reach reach;
	bool whole; /* of an address space or more, whatever the number of pages */
	bool walks; /* of walk caches alone: translations stay */
	/*
	 * Barriers, by their places in the list, from the narrowest to the widest: those that go with it, the narrowest that completes it, and
	 * those below @waits, which QEMU's TCG shows to be too narrow (elsewhere it carries the operation out at once).
	 */
	unsigned first, last, needs, waits;
	const char *(*lacks)(void); /* NULL, or a function that says why this machine has it not; NULL from it: it has */
	/* Issue it for @nr small pages from @va of the mm that is loaded. Returns the operations (calls of the firmware) that it took. */
	u64 (*issue)(u64 asid, u64 va, u64 nr);
};

/* The last of each has no name. */
extern const struct inval_op arch_inval_ops[];
extern const struct inval_barrier arch_inval_barriers[];

static inline const char *inval_op_lacks(const struct inval_op *op)
{
	return op->lacks ? op->lacks() : NULL;
}

/* "OPERATION; BARRIER", the latter by its place in the list, and whether it is too narrow. */
static inline void inval_pair_name(char *buf, size_t size, const struct inval_op *op, unsigned barrier)
{
	const char *name = arch_inval_barriers[barrier].name;

	ksnprintf(buf, size, "%s%s%s%s", op->name, *name ? "; " : "", name, barrier < op->needs ? " (incomplete)" : "");
}

/* NULL, or why no operation of this machine reaches every CPU. */
static inline const char *inval_lacks_bcast(void)
{
	const char *why = "no operation of this ISA reaches every CPU";

	for (const struct inval_op *op = arch_inval_ops; op->name && why; op++)
		if (op->reach == INVAL_EVERYWHERE)
			why = inval_op_lacks(op);
	return why;
}

#endif
