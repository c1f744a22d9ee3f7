// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <console.h>

#include "mutation.h"

/* Where mutations of schemes show: the first method of this machine that reaches others and drains nobody. NULL: all drain. */
static const struct tlb_method *quiet_method(void)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!m->mutation && m->reach && !m->drains && !m->on_request && !tlb_method_lacks(m))
			return m;
	return NULL;
}

/* The method @name, or the quiet one if it is NULL, where the workload of @m invalidates. */
static void choose_method(struct mutation *m, const char *name)
{
	if (!m->cell.wl->invalidates)
		return;
	m->cell.tlb = name ? tlb_method_find(name) : quiet_method();
	if (!m->cell.tlb)
		m->skip = "every TLB method of this machine drains the walkers";
	else if (tlb_method_lacks(m->cell.tlb))
		m->skip = tlb_method_lacks(m->cell.tlb);
}

static const struct sync_scheme *scheme_of(const char *mutation)
{
	LSET_FOR_EACH(struct sync_scheme, s, sync)
		if (mutation && s->mutation && !strcmp(s->mutation, mutation))
			return s;
	return NULL;
}

/* Is there an invalidate of a leaf that leaves the walk-cache entry above it? */
static bool leaf_leaves_walks(void)
{
	const struct tlbi_op leaf = { .scope = TLBI_LEAF };
	const struct tlb_entry above = { .level = 1, .walk = true };

	return !arch_tlb_shared() && !arch_tlbi_covers(&leaf, &above);
}

static const char *weak_skip(bool weak)
{
	return weak && ARCH_TSO ? "TSO keeps that order by itself" : NULL;
}

/* What a mutation names is there: a mistake of its file, found before anything is run. */
static const struct workload *workload_of(const char *mutation, const char *name)
{
	const struct workload *wl = workload_find(name);

	if (!wl)
		panic("mutation %s names the workload %s, which does not exist", mutation, name);
	return wl;
}

static struct mutation of_scheme(const struct sync_scheme *s)
{
	struct mutation m = {
		.name = s->mutation,
		.catcher = s->catcher,
		.missing = s->missing,
		.cell = { .wl = workload_of(s->mutation, s->workload), .sync = s, .walk = s->walk },
		.bound = s->bound,
		.cpus = s->cpus,
		.skip = weak_skip(s->weak),
	};

	choose_method(&m, s->tlb);
	m.base = m.cell;
	m.base.sync = sync_find(s->name);
	return m;
}

static struct mutation of_method(const struct tlb_method *t)
{
	struct mutation m = {
		.name = t->mutation,
		.catcher = t->catcher,
		.cell = { .wl = workload_of(t->mutation, t->workload ? t->workload : "munmap-thp"), .tlb = t,
			  .sync = sync_find(t->sync ? t->sync : "broadcast"), .walk = t->walk },
		.bound = t->bound,
		.cpus = t->cpus,
		.skip = tlb_method_lacks(t),
	};

	m.base = m.cell;
	m.base.tlb = tlb_method_find(t->name);
	return m;
}

static struct mutation of_writer(const struct writer_mutant *w)
{
	struct mutation m = {
		.name = w->mutation,
		.catcher = w->catcher,
		.missing = w->missing,
		.cell = { .wl = workload_of(w->mutation, w->workload), .sync = sync_find(w->sync ? w->sync : "broadcast"), .walk = w->walk,
			  .mut = w->mut, .walkers_of = scheme_of(w->walkers) },
		.bound = w->bound,
		.cpus = w->cpus,
		.skip = weak_skip(w->weak),
	};

	if (w->walks && !leaf_leaves_walks())
		m.skip = "the invalidate of a leaf takes the walk caches along";
	choose_method(&m, w->tlb);
	m.base = m.cell;
	m.base.mut = MUT_NONE;
	m.base.walkers_of = NULL;
	return m;
}

void mutation_each(void (*fn)(const struct mutation *m, void *arg), void *arg)
{
	struct mutation m;

	LSET_FOR_EACH(struct sync_scheme, s, sync)
		if (s->mutation) {
			m = of_scheme(s);
			fn(&m, arg);
		}
	LSET_FOR_EACH(struct tlb_method, t, tlb)
		if (t->mutation) {
			m = of_method(t);
			fn(&m, arg);
		}
	LSET_FOR_EACH(struct writer_mutant, w, wmut) {
		m = of_writer(w);
		fn(&m, arg);
	}
}

struct wanted {
	const char *name;
	size_t len;
	bool found;
};

static void compare(const struct mutation *m, void *arg)
{
	struct wanted *w = arg;

	w->found |= strlen(m->name) == w->len && !memcmp(m->name, w->name, w->len);
}

bool mutation_named(const char *name, size_t len)
{
	struct wanted w = { name, len, false };

	mutation_each(compare, &w);
	return w.found;
}
