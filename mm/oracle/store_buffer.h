/* SPDX-License-Identifier: GPL-2.0-only */
/* The modelled store buffer, as the rest of the oracle and its tests see it. The accessors are declared in <pword_ops.h>. */
#ifndef SKEET_STORE_BUFFER_H
#define SKEET_STORE_BUFFER_H

#include <oracle.h>

#define SB_SLOTS 8u

/* Which run is on: decides delay points and buffering. */
extern struct oracle_run sb_run;
/* Seed every CPU's delay points from @run and let it begin; sb_stop() ends it. CPUs other than the caller are idle. */
void sb_start(const struct oracle_run *run);
void sb_stop(void);

/* A place behind all that this CPU has stored; sb_before(): is anything of @cpu up to @mark still invisible? */
u64 sb_mark(void);
bool sb_before(unsigned cpu, u64 mark);
/* This CPU's oldest store to @p becomes visible now. False: there is none, or the order of this ISA lets it not go before another. */
bool sb_show(const struct pword *p);
/* The word of this CPU's @n-th oldest store that no other CPU sees yet; NULL: there are not so many. */
const struct pword *sb_pending_word(unsigned n);
/* Stores of @cpu that no other CPU sees yet. */
unsigned sb_pending(unsigned cpu);
/* For tests: called in the middle of a push (entry written, not counted) and of a drain (not stored yet). NULL: nothing. */
extern void (*sb_in_push)(void);
extern void (*sb_in_drain)(void);

#endif
