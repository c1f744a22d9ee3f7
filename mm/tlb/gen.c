// SPDX-License-Identifier: GPL-2.0-only
/*
 * gen: generations, and lazy CPUs that are left alone. flush_tlb_mm_range() of x86 Linux (6.12 arch/x86/mm/tlb.c: flush_tlb_func(),
 * should_flush_tlb(), switch_mm_irqs_off()), without PCIDs: a switch of root drops what the old one cached.
 *
 * State. An mm has a generation, raised by each flush behind the store to the slot. A CPU has, for the mm that it has loaded, the
 * generation up to which it has flushed; it shows what it has loaded (or that it is switching), and whether it is lazy: a kernel
 * thread that keeps the last mm loaded, because it does not care.
 *
 * Invariants.
 *   (i)   A CPU whose generation is g holds no translation that was replaced before the mm's generation became g.
 *   (ii)  A CPU that may translate by the mm shows it, or shows that it is switching, or compares generations before it accesses
 *         anything of the mm again.
 *   (iii) A lazy CPU accesses nothing, so an old leaf hurts nobody there; but its hardware may walk by itself, at any time, from the root
 *         that it keeps. So when tables go, lazy CPUs are interrupted too, and leave the mm (T8); and the mm itself does not go
 *         before they have left (gen_leave_lazy(): MMU_LAZY_TLB_SHOOTDOWN of powerpc; x86 counts lazy users instead).
 *
 * A request says which generation it makes, and what goes. The CPU that gets it
 *   - has left the mm, or has that generation: nothing to do;
 *   - is exactly one behind, and no newer request is on its way: invalidates what the request names;
 *   - else has missed something, or will hear of it too late: everything.
 * The second rule needs both tests (T9). Two flushes, generations 2 and 3; 3 arrives first. Were it carried out as it says, and the
 * CPU then at 3, request 2 would find it newer and do nothing: what 2 names stays.
 *
 * Races.
 *   a CPU comes or leaves  shows.h draws it. The generation is read before the root is loaded: one read behind it could be newer than what
 *                         has been cached since (the mutation gen.read-late).
 *   a lazy CPU wakes      is not lazy (store); full fence; reads the generation, and flushes if it is behind. The flusher raises the
 *                         generation (full fence), then reads whether the CPU is lazy. One of the two sees the other.
 *   a CPU becomes lazy    release: who sees it lazy knows that its accesses are over.
 * "Shows" before "lazy", with a load fence between: a CPU that is lazy on one mm and goes to another is not taken for lazy on that.
 *
 * Candidates are mm->ran, a mask that only grows, as mm_cpumask of x86, which is trimmed by the way (209954cbc7d0). To a CPU that shows
 * nothing and has the mm loaded, a request is carried out as it is.
 *
 * Whom it drains: all that it interrupts; and a CPU that it leaves out as lazy is inside no walk of the mm's user.
 * Mutations: each rule above.
 */
#include <gen.h>

#include "flush.h"
#include "shows.h"

enum {
	M_GEN_NO_TEST = 60,     /* a request is carried out as it is, unless it is old */
	M_GEN_IGNORE_SWITCHING, /* who is switching is taken for somebody else's */
	M_GEN_SKIP_LAZY,        /* lazy CPUs are left out although tables go */
	M_GEN_PLAIN_RAISE,      /* the generation is raised by a load and a store */
	/* of the CPU that switches: */
	M_GEN_STAY_BEHIND,      /* no flush although it is behind */
	M_GEN_NO_LAZY_FENCE,
	M_GEN_READ_LATE,
	M_GEN_STAY_LAZY,        /* a lazy CPU that is interrupted stays, and counts as up to date */
};

static struct {
	struct pword lazy;  /* written by its CPU: 0 or 1 */
	/* private */
	u64 context;        /* of the mm that it has loaded by gen_switch(), or 0 */
	u64 gen;
} __cacheline cpus[NR_CPUS];

struct gen_request {
	struct mm *mm;
	const struct tlb_range *r;
	u64 gen;
	u64 ops; /* raw invalidates that CPUs made for it */
	unsigned mut;
};

/* --- the CPU that switches --- */

static __always_inline void catch_up(struct mm *mm, const unsigned mut)
{
	unsigned cpu = this_cpu();
	u64 now;

	pword_store(&cpus[cpu].lazy, 0); /* [gen.exit.clear] */
	/* [gen.exit.fence] Not lazy before the load of the generation; pairs with the atomic that raises it. */
	if (mut != M_GEN_NO_LAZY_FENCE)
		fence_full();
	now = pword_load(&mm->tlb_gen); /* [gen.exit.load] */
	if (now != cpus[cpu].gen && mut != M_GEN_STAY_BEHIND) {
		tlb_inval_asid_here(mm); /* [gen.exit.flush] */
		cpu_area[cpu].tlb_caught++;
	}
	cpus[cpu].gen = now;
	oracle_lazy_leave();
}

static __always_inline void come(unsigned cpu, struct mm *mm, const unsigned mut)
{
	u64 gen = pword_load(&mm->tlb_gen);

	mm_switch(mm);
	cpus[cpu].context = mm_context(mm);
	cpus[cpu].gen = mut == M_GEN_READ_LATE ? pword_load(&mm->tlb_gen) : gen;
	pword_store_release(&mm_shows[cpu].w, cpus[cpu].context);
}

static __always_inline void gen_switch_to(struct mm *mm, const unsigned mut)
{
	u64 flags = arch_irq_save();
	unsigned cpu = this_cpu();
	bool lazy = pword_load(&cpus[cpu].lazy);

	if (mm && mm_current() == mm) {
		if (lazy)
			catch_up(mm, mut);
		arch_irq_restore(flags);
		return;
	}
	pword_store(&cpus[cpu].lazy, 0);
	/* Visible before the first walk of what comes: by the full fence of the atomics in mm_switch(). */
	pword_store(&mm_shows[cpu].w, SHOWS_SWITCHING);
	cpus[cpu].context = 0;
	if (mm) {
		come(cpu, mm, mut);
	} else {
		mm_switch(NULL);
		/* Release: the walks of what was loaded are over; pairs with the load fence in gen_targets(). */
		pword_store_release(&mm_shows[cpu].w, SHOWS_NOTHING);
	}
	if (lazy)
		oracle_lazy_leave();
	arch_irq_restore(flags);
}

void gen_switch(struct mm *mm)
{
	gen_switch_to(mm, MUT_NONE);
}

void gen_lazy_enter(void)
{
	u64 flags = arch_irq_save();
	unsigned cpu = this_cpu();

	if (cpus[cpu].context) {
		oracle_lazy_enter();
		/* Release: its accesses are over; pairs with the load fence in gen_targets(). */
		pword_store_release(&cpus[cpu].lazy, 1);
		oracle_drain(); /* the unlock with which a switch of threads ends does not overtake it */
	}
	arch_irq_restore(flags);
}

static void leave_lazy(void *mm)
{
	if (mm_current() == mm && pword_load(&cpus[this_cpu()].lazy))
		gen_switch(NULL);
}

void gen_leave_lazy(struct mm *mm)
{
	struct cpumask to;
	u64 flags = arch_irq_save();

	leave_lazy(mm);
	arch_irq_restore(flags);
	mm_mask_others(&to, mm->loaded);
	call_on_mask(&to, leave_lazy, mm);
}

/* --- the CPU that is asked --- */

/* Returns the operations made. Interrupts off. */
static u64 flush_here(const struct gen_request *q)
{
	unsigned cpu = this_cpu();
	u64 now;

	if (!cpus[cpu].context) /* loaded by mm_switch() */
		return tlb_inval_here(q->mm, q->r);
	if (q->gen <= cpus[cpu].gen) /* [gen.handler.skip] */
		return 0;
	now = pword_load(&q->mm->tlb_gen); /* [gen.handler.load] */
	if ((q->gen == cpus[cpu].gen + 1 && q->gen == now) || q->mut == M_GEN_NO_TEST) {
		cpus[cpu].gen = now;
		return tlb_inval_here(q->mm, q->r); /* [gen.handler.part] */
	}
	cpus[cpu].gen = now; /* [gen.handler.store] */
	tlb_inval_asid_here(q->mm); /* [gen.handler.all] */
	return arch_tlbi_asid_local_ops();
}

static void gen_handle(void *arg)
{
	struct gen_request *q = arg;
	unsigned cpu = this_cpu();

	cpu_area[cpu].tlb_recv++;
	if (mm_current() != q->mm)
		return;
	if (!pword_load(&cpus[cpu].lazy))
		__atomic_fetch_add(&q->ops, flush_here(q), __ATOMIC_RELAXED);
	else if (q->mut != M_GEN_STAY_LAZY)
		gen_switch(NULL); /* [gen.handler.leave] */
}

/* --- the flusher --- */

static __always_inline bool must_flush(unsigned cpu, const struct mm *mm, u64 context, bool tables, const unsigned mut)
{
	u64 shows = pword_load(&mm_shows[cpu].w);

	/* What it shows before whether it is lazy; and both before the free. Pairs with the releases of a CPU that leaves. */
	fence_load();
	if (pword_load(&cpus[cpu].lazy) && (!tables || mut == M_GEN_SKIP_LAZY)) { /* [gen.flush.scan] */
		tlb_count.lazy += shows == context;
		return false;
	}
	if (shows == SHOWS_NOTHING)
		return mm_loaded_unshown(mm, cpu);
	if (shows == SHOWS_SWITCHING)
		return mut != M_GEN_IGNORE_SWITCHING;
	return shows == context;
}

static __always_inline void gen_targets(struct cpumask *to, const struct mm *mm, bool tables, const unsigned mut)
{
	u64 context = pword_load(&mm->context);
	struct cpumask ran;
	unsigned cpu;

	mm_mask_others(&ran, mm->ran);
	cpumask_copy(to, &ran);
	for_each_cpu(cpu, &ran)
		if (!must_flush(cpu, mm, context, tables, mut))
			cpumask_unset(to, cpu);
	fence_load(); /* the same, of the last CPU */
}

/*
 * [gen.flush.raise] Orders the store to the slot before the loads of masks and states; pairs with the fences in mm_switch() (T7) and in
 * catch_up().
 */
static __always_inline u64 raise(struct mm *mm, const unsigned mut)
{
	u64 gen;

	if (mut != M_GEN_PLAIN_RAISE)
		return pword_add(&mm->tlb_gen, 1);
	gen = pword_load(&mm->tlb_gen) + 1;
	pword_store(&mm->tlb_gen, gen);
	return gen;
}

static __always_inline void gen_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct gen_request q = { .mm = mm, .r = r, .gen = raise(mm, mut), .mut = mut };
	struct cpumask to;
	u64 flags;

	gen_targets(&to, mm, r->tables, mut);
	tlb_count.msg += call_on_mask(&to, gen_handle, &q);
	tlb_count.ipi += cpumask_weight(&to);
	flags = arch_irq_save();
	if (mm_current() == mm)
		q.ops += flush_here(&q);
	arch_irq_restore(flags);
	tlb_count.tlbi += q.ops;
	if (drained)
		cpumask_copy(drained, &to);
}

static __timed void gen_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	gen_flush(mm, r, drained, MUT_NONE);
}

TLB_METHOD(gen) = {
	.name = "gen",
	.doc = "interrupt to each CPU that has the mm loaded, unless it is lazy or up to date; drains it (x86 Linux, without PCIDs)",
	.drains = TLB_DRAINS_ALL,
	.reach = TLB_REACH_IRQ,
	.on_request = true,
	.lacks = arch_tlbi_lacks_local,
	.switch_mm = gen_switch,
	.lazy_enter = gen_lazy_enter,
	.inval = gen_inval,
};

#define GEN_MUTANT(m, what, ...)                                                                   \
	TLB_MUTANT(gen, m, gen_flush, .name = "gen", .mutation = "gen." what, .drains = TLB_DRAINS_ALL, .reach = TLB_REACH_IRQ, \
		   .lacks = arch_tlbi_lacks_local, .lazy_enter = gen_lazy_enter, .workload = "lazy-storm", .sync = "none", \
		   .walk = WALK_T_GUP, __VA_ARGS__)
#define GEN_FLUSH_MUTANT(m, what, ...) GEN_MUTANT(m, what, .switch_mm = gen_switch, __VA_ARGS__)
/* Of the CPU that switches. */
#define GEN_SWITCH_MUTANT(m, what, ...)                                                            \
	static inline void gen_switch_##m(struct mm *mm)                                           \
	{                                                                                          \
		gen_switch_to(mm, m);                                                              \
	}                                                                                          \
	GEN_MUTANT(m, what, .switch_mm = gen_switch_##m, __VA_ARGS__)

GEN_FLUSH_MUTANT(M_GEN_NO_TEST, "no-test", .catcher = "stale-tlb", .bound = 2000, .cpus = 3);
GEN_FLUSH_MUTANT(M_GEN_IGNORE_SWITCHING, "ignore-switching", .catcher = "stale-tlb", .bound = 2000, .cpus = 3);
GEN_FLUSH_MUTANT(M_GEN_SKIP_LAZY, "skip-lazy", .catcher = "stale-walk-cache", .bound = 2000, .cpus = 3);
GEN_FLUSH_MUTANT(M_GEN_STAY_LAZY, "stay-lazy", .catcher = "stale-walk-cache", .bound = 2000, .cpus = 3);
GEN_FLUSH_MUTANT(M_GEN_PLAIN_RAISE, "plain-raise", .catcher = "stale-tlb", .bound = 2000, .cpus = 3);
GEN_SWITCH_MUTANT(M_GEN_STAY_BEHIND, "stay-behind", .catcher = "stale-tlb stale-walk-cache two-sizes", .bound = 2000, .cpus = 3);
GEN_SWITCH_MUTANT(M_GEN_NO_LAZY_FENCE, "no-lazy-fence", .catcher = "stale-tlb stale-walk-cache", .bound = 4000, .cpus = 3);
GEN_SWITCH_MUTANT(M_GEN_READ_LATE, "read-late", .catcher = "stale-tlb", .bound = 4000, .cpus = 3);
