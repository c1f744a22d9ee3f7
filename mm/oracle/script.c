// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scripts: a schedule written down, beside the seeded ones (store_buffer.c).
 *
 * A race is an order of steps of two or three CPUs. Seeds find that order after some hundred rounds and say nothing if they do not; a
 * script makes it, every time and on every ISA, so that a broken protocol breaks by exactly the steps that the race is made of, and the
 * repaired one can be seen to block, or to send, at the very step that was missing.
 *
 * Rule. While a script plays, a CPU with a role stands before each access until it is told to go on, and only one is told at a time; a
 * buffered store stays in its buffer until a fence, an atomic, a trap or a step of the script makes it visible. So memory changes only by
 * the CPU whose turn it is. The director is the CPU that called script_play(): it asks one role for one step, waits until that is done,
 * and goes on to the next.
 *
 * A held CPU gives way (arch_relax()) with its interrupts as they were. Where they are open it takes what is sent to it, so a sync that
 * waits for it is answered; where they are closed, as in a walk, it is not, and whoever sent it waits: SCRIPT_WAITS says that this must
 * be so. A wait is told by its turns: each empties the buffer of its CPU (script_turn()), and no access comes between them, or always the
 * same one. Where CPUs really run at once it must also last, for an answer may be late there and come all the same.
 *
 * What a handler does is not held, or a CPU that waits for its answer would stand in the script for good, unless the script says .handlers.
 *
 * Every step has a deadline. A step that does not fit (the CPU is over, waits, or never gets there) ends the script with a text that says
 * who was waited for and where that CPU stands; the roles are let go all the same.
 *
 * Places have names, not numbers: "load slot", "full fence". Numbers of accesses differ between ISAs (levels of a tree) and change with
 * the code.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <smp.h>

#include "script.h"
#include "shadow.h"
#include "store_buffer.h"

/* Turns of the director; far more than any step takes. */
#define DEADLINE (1u << 21)
/* Turns of a wait without an access in between: more than any step that is answered takes where CPUs change places at a yield. */
#define WAITING 1000u

struct player {
	/* The director writes these while the CPU is held, or waits. */
	const struct script_step *volatile step; /* NULL: stop before the next access */
	volatile u64 left;     /* accesses that it may make yet */
	volatile bool first;   /* the access that it is held before is not looked at */
	volatile u64 asked;    /* requests so far */
	volatile u64 looks;    /* which look at it this is, from 1: a wait counts from here on */
	/* The CPU writes these. */
	volatile bool on, held, over;
	volatile bool refused; /* the last SCRIPT_SHOW could not be done */
	volatile u64 answered; /* the last request that it carried out without going on */
	volatile u64 holds;    /* how often it came to a stop */
	u64 turns, look, since; /* of a wait, since its last access that was not the one before, and in this look; the first, in ticks */
	volatile u64 waited;   /* the look in which these were so many that somebody must be waited for who is held; 0: none */
	unsigned traps;        /* it is inside so many */
	enum script_access kind; /* where it is held, or made its last access */
	const struct pword *p;
	volatile u64 acknowledged; /* interrupts that somebody waits for */
	u64 counted;               /* of them, as of the last SCRIPT_IRQ */
};

static struct player players[NR_CPUS];
static const struct script *script;
static char misfit[200];
static u64 trace;
volatile bool script_plays;

/*
 * CPUs really run at once, not by turns: then what is told by turns takes time, too, for an emulator's thread may wait for a CPU of its
 * host.
 */
static bool at_once(void)
{
	return arch_cycles_hz() && !cmdline_by_turns();
}

/* --- names --- */

static void name_of(char *buf, size_t size, const struct pword *p)
{
	for (const struct script_word *w = script->words; w && w->name; w++) {
		if (w->p != p)
			continue;
		ksnprintf(buf, size, "%s", w->name);
		return;
	}
	shadow_word_name(buf, size, p);
	if (script->mark && !strcmp(buf, script->mark))
		ksnprintf(buf, size, "mark");
}

static bool is_named(const struct pword *p, const char *name)
{
	char text[64];

	name_of(text, sizeof(text), p);
	return !strcmp(text, name);
}

/* Where a CPU is: "load slot", "full fence". */
static void place(char *buf, size_t size, enum script_access kind, const struct pword *p)
{
	static const char *const kinds[NR_SCRIPT_ACCESSES] = {
		"start", "load", "store", "atomic", "full fence", "load fence", "store fence", "delay", "park",
	};
	char word[64];

	if (p)
		name_of(word, sizeof(word), p);
	ksnprintf(buf, size, "%s%s%s", kinds[kind], p ? " " : "", p ? word : "");
}

static bool is_at(const struct player *pl, const char *at)
{
	char text[80];

	place(text, sizeof(text), pl->kind, pl->p);
	return !strcmp(text, at);
}

/* --- the CPU's side --- */

static void show(struct player *pl, const char *name)
{
	const struct pword *p;

	pl->refused = true;
	for (unsigned n = 0; pl->refused && (p = sb_pending_word(n)); n++)
		if (!name || is_named(p, name))
			pl->refused = !sb_show(p);
}

/* It is announced again when it is over. */
static void take_nmi(struct player *pl)
{
	pl->held = false;
	nmi_walk_self();
}

/* A request that lets the CPU stay where it is? Then it is carried out. */
static bool done_here(struct player *pl)
{
	u64 asked = pl->asked;

	if (!pl->step || pl->step->op == SCRIPT_IRQ)
		return true;
	if (pl->step->op == SCRIPT_SHOW)
		show(pl, pl->step->at);
	else if (pl->step->op == SCRIPT_NMI)
		take_nmi(pl);
	else
		return false;
	pl->answered = asked;
	return true;
}

static void come_to_a_stop(struct player *pl)
{
	pl->step = NULL; /* and at whatever comes from here on: an interrupt may, before the director has looked */
	pl->holds++;
	/* Release: where it is held, before that it is; pairs with the acquire in look(). */
	__atomic_store_n(&pl->held, true, __ATOMIC_RELEASE);
}

/*
 * Stay until the director says to go on. An interrupt or NMI that is taken meanwhile may be held itself and asked for steps of its own.
 * Behind it this CPU stands where it was, and says so; the director asks for no more until then.
 */
static void hold(struct player *pl)
{
	enum script_access kind = pl->kind;
	const struct pword *p = pl->p;
	u64 seen = pl->asked;

	come_to_a_stop(pl);
	while (script_plays) {
		if (!pl->held) {
			pl->kind = kind;
			pl->p = p;
			seen = pl->asked;
			come_to_a_stop(pl);
		}
		/* Acquire: the request, behind its number; pairs with the release in ask(). */
		if (__atomic_load_n(&pl->asked, __ATOMIC_ACQUIRE) == seen) {
			arch_relax();
			continue;
		}
		seen = pl->asked;
		if (!done_here(pl))
			break;
	}
	pl->held = false;
}

static bool goes_on(struct player *pl)
{
	const struct script_step *s = pl->step;
	bool first = pl->first;

	if (!s)
		return false;
	switch (s->op) {
	case SCRIPT_RUN:
		if (pl->left)
			return pl->left--;
		return false;
	case SCRIPT_AT:
		pl->first = false;
		return first || !is_at(pl, s->at);
	case SCRIPT_WAITS:
	case SCRIPT_END:
	case SCRIPT_BACK:
		return true;
	default:
		return false;
	}
}

static void note(const struct player *pl, enum script_access kind)
{
	u64 what = (u64)(pl - players) << 8 | kind;

	trace = (trace ^ what) * 0x9e3779b97f4a7c15ULL;
}

void script_point(enum script_access kind, const struct pword *p)
{
	struct player *pl = &players[this_cpu()];
	bool again = true; /* a wait may be one that looks at a word again and again, as often as it is left to */

	if (!pl->on || (pl->traps && !script->handlers))
		return;
	if (pl->kind != kind || pl->p != p) {
		pl->kind = kind;
		pl->p = p;
		pl->turns = 0;
		pl->waited = 0;
		again = false;
	}
	while (script_plays && !goes_on(pl))
		hold(pl);
	if (script_plays && !again)
		note(pl, kind);
}

void script_turn(void)
{
	struct player *pl = &players[this_cpu()];

	if (pl->traps)
		return;
	if (pl->look != pl->looks) {
		pl->look = pl->looks;
		pl->turns = 0;
	}
	if (!pl->turns++)
		pl->since = arch_cycles();
	if (pl->turns >= WAITING && (!at_once() || arch_cycles() - pl->since >= arch_cycles_hz() / 50))
		pl->waited = pl->look;
}

void script_trap(int deeper)
{
	players[this_cpu()].traps += (unsigned)deeper;
}

void script_park(void)
{
	if (script_plays)
		script_point(SCRIPT_PARK, NULL);
}

void script_acknowledged(void)
{
	players[this_cpu()].acknowledged++;
}

static void play(void *arg)
{
	struct player *pl = &players[this_cpu()];
	unsigned role = (unsigned)(uintptr_t)arg;

	pl->on = true;
	script_point(SCRIPT_START, NULL);
	script->role[role].fn(script->role[role].arg);
	pl->on = false;
	oracle_drain();
	/* Release: what the program did; pairs with the acquire in look(). */
	__atomic_store_n(&pl->over, true, __ATOMIC_RELEASE);
}

/* --- the director's side --- */

static struct player *player_of(unsigned role)
{
	return &players[script->role[role].cpu];
}

static unsigned deadline(void)
{
	return (script->deadline ? script->deadline : DEADLINE) * (at_once() ? 64 : 1);
}

enum outcome { NOT_YET, DONE, MISFIT };

static bool waits(const struct player *pl)
{
	return pl->waited == pl->looks;
}

/* The role stands still, or is on its way to a place that it is not told to leave. */
static enum outcome look_settled(const struct player *pl)
{
	return pl->over || __atomic_load_n(&pl->held, __ATOMIC_ACQUIRE) || waits(pl) ? DONE : NOT_YET;
}

/* What came of step @s, for which the role set out when it had come to a stop @holds times. */
static enum outcome look(const struct script_step *s, struct player *pl, u64 holds)
{
	bool over = __atomic_load_n(&pl->over, __ATOMIC_ACQUIRE);
	bool stopped = __atomic_load_n(&pl->held, __ATOMIC_ACQUIRE) && pl->holds != holds;

	switch (s->op) {
	case SCRIPT_RUN:
		return stopped ? (pl->left ? MISFIT : DONE) : over ? MISFIT : NOT_YET;
	case SCRIPT_AT:
		return stopped ? (is_at(pl, s->at) ? DONE : MISFIT) : over ? MISFIT : NOT_YET;
	case SCRIPT_WAITS:
		return stopped || over ? MISFIT : waits(pl) ? DONE : NOT_YET;
	case SCRIPT_END:
		return over ? DONE : stopped ? MISFIT : NOT_YET;
	case SCRIPT_SHOW:
		return pl->answered != pl->asked ? NOT_YET : pl->refused ? MISFIT : DONE;
	case SCRIPT_NMI:
	case SCRIPT_BACK:
		return stopped ? DONE : over ? MISFIT : NOT_YET;
	case SCRIPT_IRQ:
		return pl->acknowledged != pl->counted ? DONE : NOT_YET;
	case SCRIPT_STOP:
		break;
	}
	return MISFIT;
}

static void ask(struct player *pl, const struct script_step *s)
{
	pl->first = pl->held;
	pl->left = s->n;
	pl->step = s;
	/* Release: the request before its number; pairs with the acquire in hold(). */
	__atomic_store_n(&pl->asked, pl->asked + 1, __ATOMIC_RELEASE);
}

/* The role is held, waits, or is over. */
static bool settle(struct player *pl)
{
	unsigned turns = deadline();

	pl->looks++;
	while (look_settled(pl) == NOT_YET && --turns)
		arch_relax();
	return turns;
}

/* May the role be asked for it, as it stands? */
static bool may_ask(const struct script_step *s, const struct player *pl)
{
	if (s->op == SCRIPT_SHOW || s->op == SCRIPT_NMI)
		return pl->held;
	return s->op == SCRIPT_END || s->op == SCRIPT_IRQ || !pl->over;
}

static bool step(const struct script_step *s)
{
	struct player *pl = player_of(s->role);
	unsigned turns = deadline();
	enum outcome o = NOT_YET;
	u64 holds;

	if (!settle(pl) || !may_ask(s, pl))
		return false;
	holds = pl->holds;
	if (s->op != SCRIPT_IRQ && !pl->over) {
		pl->looks++;
		ask(pl, s);
	}
	while (o == NOT_YET && --turns) {
		o = look(s, pl, holds);
		arch_relax();
	}
	if (s->op == SCRIPT_WAITS && o == DONE)
		pl->step = NULL; /* it stops at whatever comes */
	if (s->op == SCRIPT_IRQ)
		pl->counted = pl->acknowledged;
	return o == DONE;
}

static const char *describe(const struct script_step *s)
{
	static const char *const goal[] = {
		[SCRIPT_RUN] = "goes on for", [SCRIPT_AT] = "until", [SCRIPT_WAITS] = "until it waits", [SCRIPT_END] = "until it is over",
		[SCRIPT_SHOW] = "shows its store to", [SCRIPT_NMI] = "takes an NMI",
		[SCRIPT_BACK] = "until its handler is over", [SCRIPT_IRQ] = "has taken an interrupt",
	};
	const struct player *pl = player_of(s->role);
	char count[24] = "", at[80];

	if (s->op == SCRIPT_RUN)
		ksnprintf(count, sizeof(count), " %llu accesses", (unsigned long long)s->n);
	place(at, sizeof(at), pl->kind, pl->p);
	ksnprintf(misfit, sizeof(misfit), "step %u, role %u %s%s%s%s: CPU %u %s \"%s\"", (unsigned)(s - script->steps) + 1, s->role,
		  goal[s->op], s->at ? " " : "", s->at ? s->at : "", count, script->role[s->role].cpu,
		  pl->over ? "is over, its last access was" : pl->held ? "is held before" :
		  waits(pl) ? "waits for another CPU behind" : "does not stop behind", at);
	return misfit;
}

static void start(const struct script *s)
{
	script = s;
	trace = 0;
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		if (s->role[role].fn)
			*player_of(role) = (struct player){ .looks = 1 };
	script_plays = true;
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		if (s->role[role].fn)
			smp_run(s->role[role].cpu, play, (void *)(uintptr_t)role);
}

const char *script_play(const struct script *s)
{
	start(s);
	for (const struct script_step *st = s->steps; st->op != SCRIPT_STOP; st++)
		if (!step(st))
			return describe(st);
	return NULL;
}

void script_end(void)
{
	script_plays = false;
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		if (script->role[role].fn)
			smp_join(script->role[role].cpu, "a role of a script");
}

u64 script_trace(void)
{
	return trace;
}
