// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software walkers: axis (c) of the oracle.
 *
 * Rule. A walk may use, without a reference, what it loaded as long as the walk lasts; so nothing that it loaded may be taken for
 * unused before it ends. A walk that takes references may use a frame that it holds, and holds it only if the frame is still the
 * one that it loaded (same generation). Page tables have no count to raise: every walk uses those unreferenced.
 *
 * Verdicts.
 *   walk-after-sync     sync() returned for an entry that another CPU's walk has loaded and may still use unreferenced
 *   walk-overlooked     such a walk is over, but nothing ordered its end before sync() returned (shadow_order.c)
 *   freed-in-walk       a frame or table is freed while such a walk goes on
 *   shared-reuse        a table that mms shared is taken for one mm's own while a walk of another is inside
 *   deref-freed         a walk reads a frame that is free or has another owner
 *   deref-unreferenced  a walker that takes references reads a frame without one, even if luck left it the frame that it found
 *   bad-gup             a reference was gained on a frame that is free or has another owner
 *   special-ref         a reference was taken on what a special leaf leads to, which has no count
 *   type-confused       a value that is no leaf was taken for one (seed 000: a slot loaded twice, or its leaf bit not tested)
 *   stale-level         a walker used, as true, a level that the tables do not say (its retry is missing)
 *   ref-after-count     ... on a frame whose references the writer has counted, or frozen, and relies on (oracle_frame_counted())
 *   unfilled-table      a walk reads a word of a table that nobody has filled yet, or that is free
 *
 * A CPU's walks are a stack, because a walk from an NMI nests into one of its thread. The depth is raised first and the fields
 * filled then: an NMI in between uses the next level and gives it back. A level that is not in use holds no entries, so that a
 * reader on another CPU finds nothing in one that is being filled.
 */
#include <console.h>
#include <cpu.h>
#include <cpumask.h>
#include <phys.h>

#include "shadow.h"
#include "store_buffer.h"

#define MAX_DEPTH 4u
#define MAX_LOADED 6u
#define MAX_REFS 4u

struct loaded {
	const struct pword *slot;
	pte_t e;
	u64 va, pa;
	u32 gen;
	unsigned level;
	bool leaf;
};

struct walk {
	struct mm *mm;
	enum walk_kind kind;
	volatile unsigned n;
	struct loaded l[MAX_LOADED];
};

struct ref {
	u64 pa;
	u32 gen;
};

static struct walks {
	volatile unsigned depth;
	unsigned nr_refs;
	struct ref ref[MAX_REFS];
	struct walk w[MAX_DEPTH];
} __cacheline walks[NR_CPUS];

static bool same_frame(u64 pa, u32 gen)
{
	const struct frame *f = frame_of(pa);

	return f->state != FRAME_FREE && f->gen == gen;
}

/* Outside memory (devices, in the kernel's own tables): nobody's, and never freed. */
static u32 gen_of(u64 pa)
{
	const struct frame *f = frame_find(pa);

	return f ? f->gen : 0;
}

/* Does @w use what @l leads to without a reference? */
static bool unreferenced(const struct walk *w, const struct loaded *l)
{
	return w->kind == WALK_BARE || !l->leaf;
}

static struct walk *innermost(struct walks *s)
{
	return s->depth ? &s->w[s->depth - 1] : NULL;
}

void shadow_walk_begin(struct mm *mm, enum walk_kind kind)
{
	struct walks *s = &walks[this_cpu()];
	struct walk *w;

	if (s->depth == MAX_DEPTH)
		panic("oracle: walks nest more than %u deep on CPU %u", MAX_DEPTH, this_cpu());
	w = &s->w[s->depth++];
	barrier();
	w->mm = mm;
	w->kind = kind;
	shadow_event(EV_WALK_BEGIN, (u64)(uintptr_t)mm, 0);
}

void shadow_walk_end(void)
{
	struct walks *s = &walks[this_cpu()];
	struct walk *w = innermost(s);

	if (!w)
		panic("oracle: a walk ends on CPU %u that never began", this_cpu());
	shadow_event(EV_WALK_END, 0, 0);
	for (unsigned i = 0; i < w->n; i++)
		if (unreferenced(w, &w->l[i]))
			order_ended(w->l[i].slot, w->l[i].e, w->l[i].va);
	w->n = 0;
	barrier();
	s->depth--;
}

void shadow_walk_loaded(const struct pword *slot, pte_t e, u64 va, unsigned level)
{
	struct walk *w = innermost(&walks[this_cpu()]);

	shadow_event(EV_WALK_LOAD, va, e);
	if (e == POISON_WORD)
		shadow_violation("unfilled-table", this_cpu(), "CPU %u, on its way to VA 0x%llx, reads a word of a table that is free or not filled",
				 this_cpu(), (unsigned long long)va);
	if (!w || !arch_pte_present(e))
		return;
	if (w->n == MAX_LOADED)
		panic("oracle: a walk loaded more than %u entries on CPU %u", MAX_LOADED, this_cpu());
	w->l[w->n] = (struct loaded){
		.slot = slot,
		.e = e,
		.va = va,
		.pa = arch_pte_pa(e, level),
		.gen = gen_of(arch_pte_pa(e, level)),
		.level = level,
		.leaf = arch_pte_is_leaf(e, level),
	};
	barrier();
	w->n++;
}

/*
 * @slot gets the leaf @e. A walk that found the very same entry there before, when the frame was mapped there the last time, cannot tell,
 * and need not: if it gains its reference and its recheck finds the entry, it holds what is mapped now.
 */
void shadow_walk_mapped(const struct pword *slot, pte_t e, unsigned level)
{
	if (!arch_pte_is_leaf(e, level))
		return;
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		for (unsigned d = 0; d < walks[cpu].depth; d++) {
			struct walk *w = &walks[cpu].w[d];

			for (unsigned i = 0; i < w->n; i++)
				if (w->l[i].slot == slot && w->l[i].e == e && w->l[i].leaf)
					w->l[i].gen = gen_of(w->l[i].pa);
		}
}

/* What the innermost walk of this CPU loaded to get to @pa; NULL if it did not. */
static const struct loaded *loaded_leaf(struct walks *s, u64 pa)
{
	const struct walk *w = innermost(s);

	for (unsigned i = 0; w && i < w->n; i++)
		if (w->l[i].leaf && w->l[i].pa == pa)
			return &w->l[i];
	return NULL;
}

void shadow_walk_ref(u64 pa)
{
	struct walks *s = &walks[this_cpu()];
	const struct loaded *l = loaded_leaf(s, pa);
	u32 gen = l ? l->gen : frame_of(pa)->gen;

	if (!same_frame(pa, gen))
		shadow_violation("bad-gup", this_cpu(),
				 "CPU %u gained a reference on frame 0x%llx, which is %s since it loaded the entry of VA 0x%llx",
				 this_cpu(), (unsigned long long)pa,
				 frame_of(pa)->state == FRAME_FREE ? "free" : "another owner's", l ? (unsigned long long)l->va : 0);
	else if (frame_of(pa)->counted)
		shadow_violation("ref-after-count", this_cpu(),
				 "CPU %u gained a reference on frame 0x%llx (VA 0x%llx) after the writer had counted them", this_cpu(),
				 (unsigned long long)pa, l ? (unsigned long long)l->va : 0);
	if (l && arch_pte_prot(l->e) & PROT_SPECIAL)
		shadow_violation("special-ref", this_cpu(),
				 "CPU %u took a reference on 0x%llx, which the special leaf 0x%llx of VA 0x%llx leads to: it has no count",
				 this_cpu(), (unsigned long long)pa, (unsigned long long)l->e, (unsigned long long)l->va);
	if (s->nr_refs == MAX_REFS)
		panic("oracle: CPU %u holds more than %u references", this_cpu(), MAX_REFS);
	s->ref[s->nr_refs++] = (struct ref){ pa, gen };
}

static struct ref *ref_of(struct walks *s, u64 pa)
{
	for (unsigned i = s->nr_refs; i-- > 0;)
		if (s->ref[i].pa == pa)
			return &s->ref[i];
	return NULL;
}

void shadow_walk_unref(u64 pa)
{
	struct walks *s = &walks[this_cpu()];
	struct ref *r = ref_of(s, pa);

	if (!r)
		panic("oracle: CPU %u drops a reference on 0x%llx that it never took", this_cpu(), (unsigned long long)pa);
	*r = s->ref[--s->nr_refs];
}

void shadow_walk_deref(u64 pa)
{
	struct walks *s = &walks[this_cpu()];
	const struct walk *w = innermost(s);
	const struct ref *r = ref_of(s, pa);
	const struct loaded *l = loaded_leaf(s, pa);
	const char *hole = "deref-freed";

	shadow_event(EV_WALK_DEREF, pa, 0);
	if (r) {
		hole = "bad-gup";
		if (same_frame(pa, r->gen))
			return;
	} else if (l) {
		if (w->kind != WALK_BARE)
			hole = "deref-unreferenced";
		else if (same_frame(pa, l->gen))
			return;
	} else {
		hole = "deref-unreferenced";
	}
	shadow_violation(hole, this_cpu(), "CPU %u reads frame 0x%llx (VA 0x%llx) %s: it is %s now", this_cpu(),
			 (unsigned long long)pa, l ? (unsigned long long)l->va : 0,
			 r ? "with its reference" : w ? "inside its walk without a reference" : "outside any walk, without a reference",
			 frame_of(pa)->state == FRAME_FREE ? "free" :
			 l && same_frame(pa, l->gen) ? "by luck what it was" : "in use, by whoever came next");
}

void shadow_walk_interpret(const struct pword *slot, pte_t e, unsigned level)
{
	const struct walk *w = innermost(&walks[this_cpu()]);

	shadow_event(EV_WALK_LEAF, (u64)(uintptr_t)slot, e);
	if (!w)
		shadow_violation("deref-unreferenced", this_cpu(),
				 "CPU %u dereferences slot 0x%llx outside any walk: nothing keeps its table", this_cpu(),
				 (unsigned long long)(uintptr_t)slot);
	else if (!arch_pte_is_leaf(e, level))
		shadow_violation("type-confused", this_cpu(), "CPU %u takes 0x%llx of slot 0x%llx for a leaf: it is %s", this_cpu(),
				 (unsigned long long)e, (unsigned long long)(uintptr_t)slot,
				 arch_pte_present(e) ? "a pointer to a table" : "not present");
}

/* The level of the leaf of @va in memory now; ARCH_PT_LEVELS if there is none. Only tables that are tables are followed. */
static unsigned level_now(const struct mm *mm, u64 va)
{
	u64 pa = mm->root_pa;

	for (unsigned l = ARCH_PT_LEVELS; l-- > 0;) {
		const struct pword *table = phys_to_virt(pa);
		const struct frame *f;
		pte_t e = sb_peek(&table[pt_index(va, l)]);

		if (arch_pte_is_leaf(e, l))
			return l;
		f = arch_pte_present(e) ? frame_find(arch_pte_pa(e, l)) : NULL;
		if (!f || f->state != FRAME_TABLE)
			break;
		pa = arch_pte_pa(e, l);
	}
	return ARCH_PT_LEVELS;
}

void shadow_walk_level(struct mm *mm, u64 va, unsigned level)
{
	unsigned now = level_now(mm, va);

	if (now == ARCH_PT_LEVELS)
		shadow_violation("stale-level", this_cpu(), "CPU %u uses that a leaf of level %u maps VA 0x%llx: there is none any more",
				 this_cpu(), level, (unsigned long long)va);
	else if (now != level)
		shadow_violation("stale-level", this_cpu(), "CPU %u uses that a leaf of level %u maps VA 0x%llx: it is one of level %u now",
				 this_cpu(), level, (unsigned long long)va, now);
}

typedef bool match_fn(const struct loaded *l, const void *what);

/* The first entry that any walk (but of @except) uses unreferenced and that matches; its CPU in *@cpu. */
static const struct loaded *find_user(unsigned except, match_fn *match, const void *what, unsigned *cpu)
{
	for (unsigned c = 0; c < nr_cpus; c++) {
		const struct walks *s = &walks[c];

		for (unsigned d = 0; c != except && d < s->depth; d++) {
			for (unsigned i = 0; i < s->w[d].n; i++) {
				const struct loaded *l = &s->w[d].l[i];

				if (!unreferenced(&s->w[d], l) || !match(l, what))
					continue;
				*cpu = c;
				return l;
			}
		}
	}
	return NULL;
}

struct slot_match {
	const struct pword *slot;
	pte_t old;
};

static bool from_slot(const struct loaded *l, const void *what)
{
	const struct slot_match *m = what;

	return l->slot == m->slot && l->e == m->old;
}

void shadow_sync_done(struct mm *mm, const struct pword *slot, pte_t old)
{
	struct slot_match m = { slot, old };
	const struct loaded *l;
	unsigned cpu;
	u64 va;

	shadow_event(EV_SYNC_DONE, (u64)(uintptr_t)slot, old);
	shadow_tlb_done(mm, slot);
	l = find_user(this_cpu(), from_slot, &m, &cpu);
	if (l)
		shadow_violation("walk-after-sync", cpu,
				 "sync() returned on CPU %u while CPU %u is inside a walk that loaded the old entry 0x%llx of "
				 "VA 0x%llx; stores not yet visible: CPU %u %u, CPU %u %u",
				 this_cpu(), cpu, (unsigned long long)old, (unsigned long long)l->va, this_cpu(),
				 sb_pending(this_cpu()), cpu, sb_pending(cpu));
	else if (order_overlooked(slot, old, &cpu, &va))
		shadow_violation("walk-overlooked", cpu,
				 "sync() on CPU %u did not wait for CPU %u's walk that loaded the old entry 0x%llx of VA 0x%llx: "
				 "nothing orders the end of that walk before it",
				 this_cpu(), cpu, (unsigned long long)old, (unsigned long long)va);
}

struct range {
	u64 pa, size;
	bool table;
};

static bool into_range(const struct loaded *l, const void *what)
{
	const struct range *r = what;

	return l->leaf != r->table && l->pa - r->pa < r->size;
}

void shadow_walk_freed(u64 pa, u64 size, bool table)
{
	struct range r = { pa, size, table };
	unsigned cpu;
	const struct loaded *l = find_user(NR_CPUS, into_range, &r, &cpu);

	if (l)
		shadow_violation("freed-in-walk", cpu,
				 "CPU %u frees %s 0x%llx while CPU %u is inside a walk that loaded the entry 0x%llx of VA 0x%llx",
				 this_cpu(), table ? "table" : "frame", (unsigned long long)pa, cpu, (unsigned long long)l->e,
				 (unsigned long long)l->va);
}

/* The entry by which a walk that did not come by @mm is in table @pa; NULL if none is. Its CPU in *@cpu. */
static const struct loaded *find_stranger(const struct mm *mm, u64 pa, unsigned *cpu)
{
	for (unsigned c = 0; c < nr_cpus; c++) {
		const struct walks *s = &walks[c];

		for (unsigned d = 0; d < s->depth; d++) {
			for (unsigned i = 0; s->w[d].mm != mm && i < s->w[d].n; i++) {
				if (s->w[d].l[i].leaf || s->w[d].l[i].pa != pa)
					continue;
				*cpu = c;
				return &s->w[d].l[i];
			}
		}
	}
	return NULL;
}

void shadow_walk_owned(const struct mm *mm, u64 pa)
{
	unsigned cpu;
	const struct loaded *l = find_stranger(mm, pa, &cpu);

	if (l)
		shadow_violation("shared-reuse", cpu,
				 "CPU %u takes table 0x%llx for the own of one mm while CPU %u is inside it in a walk of another (VA 0x%llx)",
				 this_cpu(), (unsigned long long)pa, cpu, (unsigned long long)l->va);
}

unsigned shadow_walkers(const struct mm *mm)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		const struct walks *s = &walks[cpu];
		bool inside = false;

		for (unsigned d = 0; d < s->depth; d++)
			inside |= mm ? s->w[d].mm == mm : s->w[d].mm != NULL;
		n += inside && cpu != this_cpu();
	}
	return n;
}

const struct mm *shadow_mm_around(const void *p)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		for (unsigned d = 0; d < MAX_DEPTH; d++)
			if ((u64)(uintptr_t)p - (u64)(uintptr_t)walks[cpu].w[d].mm < sizeof(struct mm))
				return walks[cpu].w[d].mm;
	return NULL;
}
