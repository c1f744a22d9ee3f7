// SPDX-License-Identifier: GPL-2.0-only
/* From command-line words to the cells of a run. */
#include <string.h>

#include <cmdline.h>
#include <console.h>

#include "mutation.h"
#include "plan.h"
#include "pool.h"

const char *const walk_names[NR_WALK_TYPES] = { "bare", "gup", "bare+nmi", "gup+nmi", "size", "kvm", "slot", "slot-real",
						"slot+mce", "slot-irq", "exempt" };
static const char *const accel_names[] = { "icount", "tcg1", "mttcg", "kvm", "board", "host", "bochs", "unknown" };
static const char *const pass_names[] = { "verdict", "plain" };

static bool is(const char *value, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(value, name, len);
}

/* The keys whose values are the names of a linker set, or "all". */
#define SET_KEY(ident, type, set, cond, doc_)                                                      \
	static void ident##_print(void)                                                            \
	{                                                                                          \
		kprintf("all");                                                                    \
		LSET_FOR_EACH(type, it, set)                                                       \
			if (cond)                                                                  \
				kprintf(" %s", it->name);                                          \
	}                                                                                          \
	static bool ident##_valid(const char *value, size_t len)                                   \
	{                                                                                          \
		LSET_FOR_EACH(type, it, set)                                                       \
			if ((cond) && is(value, len, it->name))                                    \
				return true;                                                       \
		return is(value, len, "all");                                                      \
	}                                                                                          \
	CMD_KEY(ident) = { #ident, doc_, ident##_print, ident##_valid, false }

static void bench_print(void)
{
	kprintf("all raw");
	LSET_FOR_EACH(struct workload, w, wl)
		kprintf(" %s", w->name);
}

static bool bench_valid(const char *value, size_t len)
{
	LSET_FOR_EACH(struct workload, w, wl)
		if (is(value, len, w->name))
			return true;
	return is(value, len, "all") || is(value, len, "raw");
}
CMD_KEY(bench) = { "bench", "workloads to run (raw: those that measure the machine, no scheme)", bench_print, bench_valid, false };
SET_KEY(sync, struct sync_scheme, sync, !it->mutation, "schemes that synchronise with lockless walkers (a few of them)");

static void tlb_print(void)
{
	kprintf("all");
	LSET_FOR_EACH(struct tlb_method, m, tlb) {
		if (m->mutation)
			continue;
		kprintf(" %s", m->name);
		if (tlb_method_lacks(m))
			kprintf(" (not on this machine: %s)", tlb_method_lacks(m));
	}
}

static bool tlb_valid(const char *value, size_t len)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!m->mutation && is(value, len, m->name))
			return true;
	return is(value, len, "all");
}
CMD_KEY(tlb) = { "tlb", "methods that invalidate (one that drains nobody, and ipi)", tlb_print, tlb_valid, false };

static const char *const yes_names[] = { "no", "yes" };
CMD_CHOICE(pmu, yes_names, true, "figures: the writer's CPU counts what instructions it completes for invalidate and sync, by its event counter (no)");
CMD_CHOICE(bystander, yes_names, true, "figures: the CPU behind the walkers, if one is left, computes, and its interrupts are counted apart");
CMD_CHOICE(walk, walk_names, false, "walker types");
CMD_CHOICE(accel, accel_names, true, "told by the runner: what executes this image");
CMD_CHOICE(pass, pass_names, true, "oracle image: verdicts under forced schedules, or the timing image's run under the oracle");

static void number_print(void)
{
	kprintf("a number");
}

static void cpus_print(void)
{
	kprintf("all half or a number");
}

static bool cpus_valid(const char *value, size_t len)
{
	return is(value, len, "all") || is(value, len, "half") || cmd_valid_u64(value, len);
}

CMD_KEY(walkers) = { "walkers", "CPUs that walk (all: every CPU but the writer)", cpus_print, cpus_valid, false };
CMD_KEY(loaded) = { "loaded", "CPUs that have the mm loaded, the writer among them", cpus_print, cpus_valid, true };
CMD_KEY(ceiling) = { "ceiling", "leaves above which a method invalidates the whole ASID instead (33)", number_print, cmd_valid_u64, true };
CMD_KEY(ceiling_local) = { "ceiling-local", "tlb=linux where it trims: the same of a flush on this CPU alone (256)", number_print,
			   cmd_valid_u64, true };
CMD_KEY(trim) = { "trim", "tlb=linux where it trims: flushes of a CPU between two attempts to trim the mask of CPUs (1073; 0: none)",
		  number_print, cmd_valid_u64, true };
CMD_KEY(iterations) = { "iterations", "of a verdict, over all its schedules (default: by workload)", number_print, cmd_valid_u64, true };
CMD_KEY(silent) = { "silent", "with mutate=: then each cell with nothing left out, for so many times the bound (0: not at all)", number_print,
		    cmd_valid_u64, true };
CMD_KEY(dwell) = { "dwell", "percent of a walker's turns inside a walk (1 to 99)", number_print, cmd_valid_u64, true };

static void mutation_print(const struct mutation *m, void *arg)
{
	(void)arg;
	kprintf(" %s", m->name);
}

static void mutate_print(void)
{
	if (!oracle_build) {
		kprintf("nothing: mutations exist in the oracle image only");
		return;
	}
	kprintf("all");
	mutation_each(mutation_print, NULL);
}

static bool mutate_valid(const char *value, size_t len)
{
	return oracle_build && (mutation_named(value, len) || is(value, len, "all"));
}
CMD_KEY(mutate) = { "mutate", "leave one protocol step out; the oracle must catch it", mutate_print, mutate_valid, false };

const struct workload *workload_find(const char *name)
{
	LSET_FOR_EACH(struct workload, w, wl)
		if (!strcmp(w->name, name))
			return w;
	return NULL;
}

/* @add for each of the names in @list, separated by commas; once for an empty one. */
static void each_name(const char *list, void (*add)(struct plan *p, const char *v), struct plan *p)
{
	char v[32];

	for (;;) {
		size_t len = strcspn(list, ",");

		ksnprintf(v, sizeof(v), "%.*s", (int)len, list);
		add(p, v);
		if (!list[len])
			return;
		list += len + 1;
	}
}

/* The values of @key; if it is absent those of the series, or @dflt. Calls @add for each. */
static void each_value(const char *key, const char *dflt, void (*add)(struct plan *p, const char *v), struct plan *p)
{
	const char *list = NULL;
	char v[128];

	if (p->series)
		list = series_default(p->series, key, v, sizeof(v));
	if (!cmdline_has(key))
		each_name(list ? list : dflt, add, p);
	for (unsigned i = 0; cmdline_value(key, i, v, sizeof(v)); i++)
		add(p, v);
}

static void add_wl(struct plan *p, const char *v)
{
	LSET_FOR_EACH(struct workload, w, wl) {
		if (strcmp(v, "all") && strcmp(v, w->name) && !(w->raw && !strcmp(v, "raw")))
			continue;
		if (p->nr_wl == PLAN_MAX)
			panic("more workloads than PLAN_MAX");
		p->wl[p->nr_wl++] = w;
	}
}

/* "": the default. */
static bool sync_meant(const struct sync_scheme *s, const char *v)
{
	return !s->mutation && (*v ? !strcmp(v, "all") || !strcmp(v, s->name) : s->usual);
}

static void add_sync(struct plan *p, const char *v)
{
	/* In the order in which a reader wants them: controls first. */
	for (unsigned r = 0; r <= SYNC_RANK_MAX; r++)
		LSET_FOR_EACH(struct sync_scheme, s, sync)
			if (s->rank == r && sync_meant(s, v) && p->nr_sync < PLAN_MAX)
				p->sync[p->nr_sync++] = s;
}

/* Has this machine a method that reaches other CPUs and interrupts none of this kernel's? */
static bool has_silent_method(void)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!m->mutation && !m->is && m->reach > TLB_REACH_IRQ && !tlb_method_lacks(m))
			return true;
	return false;
}

/*
 * "all": the methods of this machine that reach other CPUs, each once, those that drain nobody first. "": the default, the same without
 * what only stands in for a method that the machine has, and what is there on request.
 */
static void add_tlb(struct plan *p, const char *v)
{
	bool all = !*v || !strcmp(v, "all"), stand_ins = *v || !has_silent_method();

	for (int drains = TLB_DRAINS_NOBODY; drains <= TLB_DRAINS_ALL; drains++)
		LSET_FOR_EACH(struct tlb_method, m, tlb) {
			if (m->mutation || (int)tlb_method_here(m)->drains != drains || !(all ? m->reach : !strcmp(v, m->name)))
				continue;
			if ((m->stand_in && !stand_ins) || (m->on_request && !*v))
				continue;
			if (!tlb_method_lacks(m) && p->nr_tlb < PLAN_MAX)
				p->tlb[p->nr_tlb++] = m;
			else if (!all)
				kprintf("SKIP tlb=%s: %s\n", m->name, tlb_method_lacks(m));
		}
}

static void add_walk(struct plan *p, const char *v)
{
	for (unsigned i = 0; i < NR_WALK_TYPES; i++)
		if (!strcmp(v, walk_names[i]) && p->nr_walk < NR_WALK_TYPES)
			p->walk[p->nr_walk++] = i;
}

static unsigned cpus_of(const char *v, unsigned all)
{
	unsigned n = 0;

	if (!strcmp(v, "all"))
		return all;
	if (!strcmp(v, "half"))
		return nr_cpus / 2 ? nr_cpus / 2 : 1;
	for (; *v >= '0' && *v <= '9'; v++)
		n = n * 10 + (unsigned)(*v - '0');
	return n;
}

static void add_walkers(struct plan *p, const char *v)
{
	unsigned n = cpus_of(v, p->loaded - 1);

	for (unsigned i = 0; i < p->nr_walkers; i++)
		if (p->walkers[i] == n)
			return;
	if (p->nr_walkers == PLAN_MAX)
		p->too_many = "walkers";
	else
		p->walkers[p->nr_walkers++] = n;
}

/* Of a workload that unmaps everything in one pass. */
static bool pass_check(const struct plan *p, const struct workload *wl)
{
	u64 leaves = wl->leaves ? wl->leaves() : 1;

	if (!leaves || leaves > pool_most()) {
		kprintf("error: size= with bench=%s: valid on this machine are %lluM to %lluM\n", wl->name,
			(unsigned long long)(HUGE_SIZE / MIB), (unsigned long long)(pool_most() * HUGE_SIZE / MIB));
		return false;
	}
	/* Beside it, a series has workloads that n= is for. */
	if (wl->leaves && p->n && !p->series) {
		kprintf("error: n= with bench=%s: it unmaps all of size=, once\n", wl->name);
		return false;
	}
	return true;
}

static int plan_check(const struct plan *p)
{
	if (p->loaded < 1 || p->loaded > nr_cpus) {
		kprintf("error: loaded=%u: valid are 1 to %u (CPUs online), all, half\n", p->loaded, nr_cpus);
		return -1;
	}
	for (unsigned i = 0; i < p->nr_walkers; i++)
		if (p->walkers[i] >= p->loaded) {
			kprintf("error: walkers=%u with loaded=%u: valid are 0 to %u (a CPU that walks has the mm loaded, the "
				"writer does not walk)\n",
				p->walkers[i], p->loaded, p->loaded - 1);
			return -1;
		}
	if (p->dwell < 1 || p->dwell > 99) {
		kprintf("error: dwell=%u: valid are 1 to 99 (percent)\n", p->dwell);
		return -1;
	}
	for (unsigned i = 0; i < p->nr_tlb; i++)
		if (!tlb_method_here(p->tlb[i])->reach && p->loaded > 1) {
			kprintf("error: tlb=%s with loaded=%u: it reaches this CPU only, valid is loaded=1\n", p->tlb[i]->name,
				p->loaded);
			return -1;
		}
	for (unsigned i = 0; i < p->nr_wl; i++)
		if (!pass_check(p, p->wl[i]))
			return -1;
	if ((cmdline_has("trim") || cmdline_has("ceiling-local")) && tlb_lacks_trim()) {
		kprintf("error: trim=, ceiling-local=: %s; valid is neither of these words\n", tlb_lacks_trim());
		return -1;
	}
	if (p->nr_tlb == 0) {
		kprintf("error: none of the TLB methods that were named is on this machine; tlb= takes: ");
		tlb_print();
		kprintf("\n");
		return -1;
	}
	if (p->too_many) {
		kprintf("error: %s=: valid are up to %u values\n", p->too_many, PLAN_MAX);
		return -1;
	}
	return 0;
}

int plan_make(struct plan *p, const struct series *s)
{
	char v[32];

	memset(p, 0, sizeof(*p));
	p->series = s;
	p->loaded = cmdline_value("loaded", 0, v, sizeof(v)) ? cpus_of(v, nr_cpus) : nr_cpus;
	p->dwell = (unsigned)cmdline_u64("dwell", 50);
	p->seed = cmdline_u64("seed", 1);
	p->n = cmdline_u64("n", 0);
	p->iterations = cmdline_u64("iterations", 0);
	tlb_ceiling = cmdline_u64("ceiling", tlb_ceiling);
	tlb_ceiling_local = cmdline_u64("ceiling-local", tlb_ceiling_local);
	tlb_trim = cmdline_u64("trim", tlb_trim);
	if (!cmdline_value("accel", 0, p->accel, sizeof(p->accel)))
		strcpy(p->accel, "unknown");
	p->pmu = cmdline_choice("pmu", yes_names, ARRAY_SIZE(yes_names), 0);
	p->bystander = cmdline_choice("bystander", yes_names, ARRAY_SIZE(yes_names), 0);
	p->account = !strcmp(p->accel, "icount");
	if (p->loaded < 1 || p->loaded > nr_cpus)
		return plan_check(p);
	each_value("bench", "munmap-thp", add_wl, p);
	each_value("sync", "", add_sync, p);
	each_value("tlb", "", add_tlb, p);
	each_value("walk", "bare", add_walk, p);
	if (!cmdline_has("walkers")) {
		add_walkers(p, "0");
		if (p->loaded > 3)
			add_walkers(p, "2");
	}
	each_value("walkers", "all", add_walkers, p);
	return plan_check(p);
}
