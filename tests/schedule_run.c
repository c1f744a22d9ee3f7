// SPDX-License-Identifier: GPL-2.0-only
/* Plays forced schedules: the field before, the script, the verdict, the field after. */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <ipi.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "oracle_test.h"
#include "schedule_run.h"

static const struct schedule *playing;
static char mark[48];

/* --- what a case needs --- */

static const struct sync_scheme *scheme_named(const char *name)
{
	LSET_FOR_EACH(struct sync_scheme, s, sync)
		if (!strcmp(s->mutation ? s->mutation : s->name, name))
			return s;
	return NULL;
}

static const struct tlb_method *method_named(const char *name)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!strcmp(m->mutation ? m->mutation : m->name, name))
			return m;
	return NULL;
}

static const struct writer_mutant *writer_mutation(const char *name)
{
	LSET_FOR_EACH(struct writer_mutant, m, wmut)
		if (!strcmp(m->mutation, name))
			return m;
	return NULL;
}

static const struct workload *writer_named(const char *name)
{
	const struct writer_mutant *m = writer_mutation(name);

	return workload_find(m ? m->workload : name);
}

/* A name that this tree knows nothing of. */
static const char *unknown(const struct schedule *s)
{
	static char text[80];

	if (s->sync && !scheme_named(s->sync))
		ksnprintf(text, sizeof(text), "there is no sync=%s", s->sync);
	else if (s->tlb && !method_named(s->tlb))
		ksnprintf(text, sizeof(text), "there is no tlb=%s", s->tlb);
	else if (s->writer && !writer_named(s->writer))
		ksnprintf(text, sizeof(text), "there is no bench=%s", s->writer);
	else
		return NULL;
	return text;
}

static unsigned cpu_of(unsigned role)
{
	return role == W && playing->flags & SCHED_W_LAST ? nr_cpus - 1 : role;
}

const char *schedule_lacks(const struct schedule *s)
{
	const struct tlb_method *tlb = s->tlb ? method_named(s->tlb) : NULL;

	if (unknown(s))
		return unknown(s);
	if (s->flags & SCHED_WEAK && ARCH_TSO)
		return "TSO keeps this order";
	if (s->flags & SCHED_OWN_TLBS && arch_tlb_shared())
		return "translations are in a table for all CPUs here";
	if (s->flags & SCHED_NMI && arch_nmi_lacks())
		return arch_nmi_lacks();
	return tlb ? tlb_method_lacks(tlb) : NULL;
}

/* --- before and after --- */

static void visit(void *arg)
{
	(void)arg;
	mm_switch(&field.mm);
	mm_switch(&field.other);
	mm_switch(NULL);
}

static void on_cpu(unsigned cpu, void (*fn)(void *arg))
{
	smp_run(cpu, fn, NULL);
	smp_join(cpu, "a CPU of a forced schedule");
}

static void set_walkers(void)
{
	struct mm *mm = field.other_slot ? &field.other : &field.mm;

	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		field.walker[role] = (struct walker){
			.mm = mm,
			.nest_mm = playing->flags & SCHED_NEST_OTHER ? &field.other : mm,
			.target = &field.target,
			.rng = role,
			.park_in = 1,
			.park_out = 1,
			.nmi_walk = field.sync->nmi_walk,
			.switch_mm = field.sync->switch_mm ? field.sync->switch_mm : mm_switch,
		};
}

/* nmi_hook: the size walk of the scheme that plays. */
static void nested_walk(void)
{
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		if (cpu_of(role) == this_cpu())
			field.walker[role].nmi_walk(&field.walker[role]);
}

static void set_writer(const struct schedule *s)
{
	const struct writer_mutant *m = writer_mutation(s->writer);

	field.wl = writer_named(s->writer);
	field.run = (struct run){
		.mm = &field.mm,
		.va = field.va,
		.target = field.va,
		.inval = field.tlb->inval,
		.sync = s->by ? scheme_named(s->by)->sync : field.sync->sync,
		.mut = m ? m->mut : MUT_NONE,
	};
}

static void set_up(const struct schedule *s)
{
	playing = s;
	field = (struct field){
		.va = pt_user_start() + 5 * GIB,
		.target = pt_user_start() + 5 * GIB,
		.sync = s->sync ? scheme_named(s->sync) : sync_find("none"),
		.tlb = method_named(s->tlb ? s->tlb : "local"),
	};
	mm_create(&field.mm);
	mm_create(&field.other);
	if (s->writer)
		set_writer(s);
	if (s->prepare)
		s->prepare();
	else
		prepare_leaf();
	field.run.slot = field.slot;
	if (s->f == play_fault)
		field.page = phys_alloc_page();
	set_walkers();
	for (unsigned role = 1; role <= SCRIPT_ROLES && !(s->flags & SCHED_FIRST_RUN); role++)
		on_cpu(cpu_of(role), visit);
	if (s->flags & SCHED_LOADED)
		on_cpu(cpu_of(W), play_load);
	if (s->before)
		on_cpu(cpu_of(W), s->before);
	pword_drain();
	ksnprintf(mark, sizeof(mark), "%s of CPU %u", s->mark ? s->mark : "", cpu_of(W));
}

static void free_page(void)
{
	struct frame *f = field.page ? frame_of(field.page) : NULL;

	if (f && f->state == FRAME_USED) {
		f->ref.v = 1; /* nobody holds it any more, whatever a race left behind */
		frame_put(field.page);
	}
}

/* Nobody may hold a frame now: what a race lost or doubled goes with it. */
static void clean_up(void)
{
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		on_cpu(cpu_of(role), play_leave);
	if (playing->after)
		playing->after();
	if (field.other_slot)
		phys_free_table(arch_pte_pa(field.old, 1));
	mm_destroy(&field.mm);
	mm_destroy(&field.other);
	free_page();
	phys_huge_reset();
}

static const struct script_word *words(void)
{
	static struct script_word w[8];
	unsigned n = 0;

	w[n++] = (struct script_word){ "slot", field.other_slot ? field.other_slot : field.slot };
	if (field.leaf)
		w[n++] = (struct script_word){ "leaf", field.leaf };
	if (field.pa)
		w[n++] = (struct script_word){ "count", &frame_of(field.pa)->ref };
	w[n++] = (struct script_word){ "loaded", &field.mm.loaded[0] };
	w[n++] = (struct script_word){ "ran", &field.mm.ran[0] };
	w[n] = (struct script_word){ NULL, NULL };
	return w;
}

static void let_go(void)
{
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		field.walker[role].stop = 1;
	script_end();
}

static bool one_of(const char *list, const char *hole)
{
	size_t n = strlen(hole);

	for (const char *at = list; (at = strstr(at, hole)); at += n)
		if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

struct schedule_end schedule_play(const struct schedule *s)
{
	void (*saved)(void) = nmi_hook;
	struct schedule_end end = { 0 };
	const struct oracle_violation *v;
	struct script script = {
		.steps = s->script,
		.role = { [W] = { s->w, (void *)W, 0 }, [S] = { s->s, (void *)S, 0 }, [F] = { s->f, (void *)F, 0 } },
		.mark = s->mark ? mark : NULL,
		.deadline = s->deadline,
		.handlers = s->flags & SCHED_HANDLERS,
	};

	if (!oracle_build) /* no scripts, and no verdicts */
		return end;
	set_up(s);
	script.words = words();
	for (unsigned role = 1; role <= SCRIPT_ROLES; role++)
		script.role[role].cpu = cpu_of(role);
	nmi_hook = nested_walk;
	oracle_start(&(struct oracle_run){ .seed = 1, .store_buffer = true, .no_access = !s->tlb, .tagged = s->flags & SCHED_TAGGED });
	oracle_iteration(1);
	end.misfit = script_play(&script);
	end.trace = script_trace();
	end.hole = s->witness ? s->witness() : NULL;
	let_go();
	v = oracle_verdict();
	if (v) {
		end.hole = v->hole;
		end.text = v->text;
	}
	oracle_stop();
	nmi_hook = saved;
	clean_up();
	return end;
}

bool schedule_as_said(const struct schedule *s, const struct schedule_end *end)
{
	return !end->misfit && (s->hole ? end->hole && one_of(s->hole, end->hole) : !end->hole);
}

/* Does an NMI come in it? That is another case of the model. */
static bool has_nmi(const struct schedule *s)
{
	const struct script_step *st = s->script;

	while (st->op != SCRIPT_STOP && st->op != SCRIPT_NMI)
		st++;
	return st->op == SCRIPT_NMI;
}

static const char *ended(const struct schedule_end *end)
{
	return end->misfit ? end->misfit : end->hole ? end->hole : "silent";
}

/* One line, for people and for tests/checks/schedules.py. */
static void print(const struct schedule *s, const char *how, const char *what)
{
	kprintf("schedule %s %s %s%s: %s%s\n", ARCH_TSO ? "tso" : "weak", s->race, s->name, has_nmi(s) ? " nmi" : "", how, what);
}

static void explain(const struct schedule *s, const struct schedule_end *end)
{
	if (schedule_as_said(s, end))
		return;
	if (end->text)
		kprintf("  %s\n", end->text);
	oracle_print_events();
}

void schedule_replay(struct test_result *r, const struct schedule *all, unsigned n)
{
	test_set(r, T_SKIP, "no schedule can be played here");
	for (unsigned i = 0; i < n; i++) {
		const struct schedule *s = &all[i];
		struct schedule_end first, again;

		if (schedule_lacks(s))
			continue;
		first = schedule_play(s);
		again = schedule_play(s);
		T_EXPECT(r, first.trace && (first.trace == again.trace || s->flags & SCHED_HISTORY), "%s %s made other accesses the second time", s->race, s->name);
		T_EXPECT(r, first.hole == again.hole, "%s %s: %s, then %s", s->race, s->name, first.hole ? first.hole : "silent",
			 again.hole ? again.hole : "silent");
		test_set(r, T_PASS, "%u expectations held", r->checks);
	}
}

/* A race is a pair: what breaks, and what does not. */
static bool is_pair(const struct schedule *all, unsigned n, const char *race)
{
	bool broken = false, silent = false;

	for (unsigned i = 0; i < n; i++) {
		broken |= !strcmp(all[i].race, race) && all[i].hole;
		silent |= !strcmp(all[i].race, race) && !all[i].hole;
	}
	return broken && silent;
}

void schedule_race(struct test_result *r, const struct schedule *all, unsigned n, const char *race)
{
	unsigned broken = 0, silent = 0, skipped = 0;

	T_EXPECT(r, is_pair(all, n, race), "%s has no schedule that breaks something, or none that does not", race);
	for (unsigned i = 0; i < n; i++) {
		const struct schedule *s = &all[i];
		const char *lacks = schedule_lacks(s);
		struct schedule_end end;

		if (strcmp(s->race, race))
			continue;
		if (lacks) {
			print(s, "not here: ", lacks);
			skipped++;
			continue;
		}
		end = schedule_play(s);
		print(s, ended(&end), "");
		explain(s, &end);
		if (!schedule_as_said(s, &end)) {
			test_set(r, T_FAIL, "%s: %s instead of %s", s->name, ended(&end), s->hole ? s->hole : "silence");
			return;
		}
		*(s->hole ? &broken : &silent) += 1;
	}
	test_set(r, broken || silent ? T_PASS : T_SKIP, "%u schedules break what is broken, %u leave alone what is sound, %u not here", broken,
		 silent, skipped);
}
