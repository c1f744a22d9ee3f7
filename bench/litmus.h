/* SPDX-License-Identifier: GPL-2.0-only */
/* A litmus test: what two CPUs do once a round, in a few loads, stores and fences, and what came of it. */
#ifndef SKEET_LITMUS_H
#define SKEET_LITMUS_H

#include <sync.h>

#define LITMUS_OUTCOMES 5
#define LITMUS_FOUND 3 /* a side finds 0, 1 or 2 */

/* What the two sides share; each word has a line of its own. */
struct litmus_words {
	struct percpu_word x, y, table[2];
	struct walk_meeting walk;         /* of the tests of a scheme */
	const struct sync_scheme *scheme;
	u64 pins;                         /* the right side's own: what it last made of y */
};

/*
 * One round; what this side found: of the right side 0 says that the left one was through. Rounds count from 1, and in round n a word that
 * is stored to becomes n: none is ever reset.
 */
typedef unsigned litmus_side(struct litmus_words *w, u64 round);

struct litmus_family {
	const char *name;
	const char *outcomes[LITMUS_OUTCOMES + 1]; /* NULL behind the last, which is the forbidden one */
	unsigned char outcome[LITMUS_FOUND][LITMUS_FOUND]; /* [what the left side found][what the right side found] */
};

/* What keeps the forbidden outcome away. */
enum litmus_order {
	ORDER_KEPT, /* the protocol */
	ORDER_TSO,  /* nothing but TSO, where that is the order */
	ORDER_LOST, /* nothing */
};

struct litmus {
	const struct litmus_family *family;
	const char *variant;
	litmus_side *left, *right;
	enum litmus_order order;
	litmus_side *prepare; /* NULL, or what the left side does before one in two rounds; finds nothing */
};

/* The pairs that belong to no scheme. */
extern const struct litmus litmus_pairs[];
extern const unsigned nr_litmus_pairs;

#endif
