/* SPDX-License-Identifier: GPL-2.0-only */
/* A patch series under judgement: what was there before it, what was posted, what repairs it, and where each is tried. */
#ifndef SKEET_SERIES_H
#define SKEET_SERIES_H

#include <stddef.h>

#include <types.h>

/* Lists are names separated by commas. */
struct series {
	const char *name;
	const char *doc;
	const char *baseline, *posted, *repaired; /* schemes */
	const char *bench;     /* workloads, for verdicts and figures */
	const char *walk;      /* walker types */
	const char *tlb;       /* NULL, or TLB methods; "" among them: the default ones of the machine */
	const char *mutations; /* that belong to it: names, or all that begin with a name which ends in a dot or a hyphen */
};

/* The @i-th series that series= asks for, in the order of the table; NULL: no more, or the word is not there. */
const struct series *series_asked(unsigned i);
/* What @s has for the command-line word @key where that is not given: bench, sync, tlb, walk. NULL: nothing. */
const char *series_default(const struct series *s, const char *key, char *buf, size_t size);
/* What scheme @sync is in it: "baseline", "posted", "repaired"; NULL: no part of it. */
const char *series_variant(const struct series *s, const char *sync);
bool series_has_mutation(const struct series *s, const char *mutation);

#endif
