/* SPDX-License-Identifier: GPL-2.0-only */
/* Every mutation of the oracle image in one form, whatever it is a mutation of: a scheme, a TLB method, a workload's writer. */
#ifndef SKEET_MUTATION_H
#define SKEET_MUTATION_H

#include "report.h"

struct mutation {
	const char *name;
	const char *catcher;  /* the holes that the oracle may find, separated by spaces */
	struct cell cell;     /* where it is caught; walkers: to be filled in */
	struct cell base;     /* the same with nothing left out; .sync NULL: there is no such thing */
	const char *missing;  /* NULL, or the step that is not there */
	unsigned bound;       /* within this many iterations of seed 1 */
	unsigned cpus;        /* harmless with fewer */
	const char *skip;     /* NULL, or why this machine cannot show it */
};

/* @fn(mutation, arg) for each, sorted by kind and then by the linker. None in the timing image. */
void mutation_each(void (*fn)(const struct mutation *m, void *arg), void *arg);
/* Is there one whose name is the @len bytes at @name? */
bool mutation_named(const char *name, size_t len);

#endif
