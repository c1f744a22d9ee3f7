/* SPDX-License-Identifier: GPL-2.0-only */
/* A schedule written down: which CPU goes on, how far, and when its stores become visible (script.c, docs/schedules.md). */
#ifndef SKEET_SCRIPT_H
#define SKEET_SCRIPT_H

#include <pword.h>

#define SCRIPT_ROLES 3u

/* Where a CPU can be held: before an access of a protocol word, a fence, or where it gives way. */
enum script_access {
	SCRIPT_START, /* before the first instruction of its program */
	SCRIPT_LOAD,
	SCRIPT_STORE,
	SCRIPT_ATOMIC,
	SCRIPT_FULL_FENCE,
	SCRIPT_LOAD_FENCE,
	SCRIPT_STORE_FENCE,
	SCRIPT_DELAY, /* pword_delay() */
	SCRIPT_PARK,  /* a walker gives way: inside its walk, between loading the leaf and using it, or outside */
	NR_SCRIPT_ACCESSES,
};

enum script_op {
	SCRIPT_STOP,  /* ends the list */
	SCRIPT_RUN,   /* role goes on for n accesses, and stops before the next */
	SCRIPT_AT,    /* ... for one access at least, until its next one is "at": "load slot", "full fence", "park" */
	SCRIPT_WAITS, /* ... until it waits for another CPU, and stops before its next access */
	SCRIPT_END,   /* ... until its program is over */
	SCRIPT_SHOW,  /* the oldest store of role to the word "at" (NULL: to any) becomes visible */
	SCRIPT_NMI,   /* role, wherever it is held, takes an NMI */
	SCRIPT_BACK,  /* role goes on until the handler that it is held in is over, and stands where it was interrupted */
	SCRIPT_IRQ,   /* role has taken an interrupt that somebody waits for, since the last such step */
};

struct script_step {
	enum script_op op;
	unsigned role; /* from 1 */
	u64 n;
	const char *at;
};

struct script_word {
	const char *name;
	const struct pword *p;
};

struct script {
	const struct script_step *steps;
	struct {
		void (*fn)(void *arg); /* NULL: there is no such role */
		void *arg;
		unsigned cpu;          /* not the caller's; the same as another role's is a mistake */
	} role[SCRIPT_ROLES + 1];      /* [0] is not used */
	/* What words are called in it, until one with .name NULL; the others as the oracle's events call them (words.c). */
	const struct script_word *words;
	/* NULL, or the word that the oracle's events call so is "mark" here. */
	const char *mark;
	unsigned deadline; /* of a step, in turns of the director; 0: far more than any takes */
	bool handlers; /* interrupts and NMIs are held too: their accesses are their CPU's */
};

/**
 * script_play - make CPUs take the steps of @s
 * Return: NULL, or what did not fit: the step, who was waited for, and where that CPU is. Either way its roles are held, or wait, or are
 * over; script_end() lets them go. Context: thread, after oracle_start(); the caller's CPU has no role.
 */
const char *script_play(const struct script *s);
/* Let every role go on by itself and wait until its program is over. */
void script_end(void);
/* A number for the accesses that the roles made while the last script played, and in which order. */
u64 script_trace(void);

/* --- the accessors' side --- */
extern volatile bool script_plays;
void script_point(enum script_access kind, const struct pword *p);
void script_turn(void);       /* this CPU's buffer drains: as in each turn of a wait */
void script_trap(int deeper); /* this CPU enters (1) an interrupt or NMI, or leaves it (-1) */
void script_park(void);
void script_acknowledged(void); /* this CPU took an interrupt with interrupts on */

#endif
