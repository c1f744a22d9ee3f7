// SPDX-License-Identifier: GPL-2.0-only
/*
 * bcast: a broadcast that reaches an address space by one ID, for mms on many CPUs; interrupts for the others. INVLPGB of AMD under x86
 * Linux (4afeb0ed1753, d504d1247e36, be88a1dd6112; arch/x86/mm/tlb.c: broadcast_tlb_flush(), finish_asid_transition()).
 *
 * Each CPU gives IDs (PCIDs) to the mms that it runs by itself, so the same mm has another one on each, and a broadcast by ID would hit the
 * wrong ones. An mm that runs on THRESHOLD CPUs at once gets a global ID, under which every CPU runs it from its next switch on; then a
 * flush is a broadcast by that ID, and interrupts nobody. In between, CPUs go on under their own IDs: stragglers.
 *
 * Invariant. While any CPU runs the mm under an ID of its own, a flush is complete only when that CPU has been interrupted, and has gone
 * over to the global ID (T15). The flusher looks for stragglers behind the broadcast: one that goes over earlier takes nothing along,
 * one that goes over later is found. When a flush finds none, the transition is over, and no flush looks any more: a CPU that comes
 * reads the global ID behind the full fence of its switch, so none can come under its own.
 *
 * Global IDs are few, and a CPU keeps what it holds under one when it leaves the mm; the broadcast reaches that too. So a freed ID is not
 * given out again before everything has been flushed everywhere, once for all freed ones, when the IDs have come round
 * (reset_global_asid_space()).
 *
 * Race.   a CPU comes                       the flushers
 *         shows SWITCHING; full fence       give the mm a global ID (transition first, then the ID, release)
 *         reads the ID: none yet            empty a slot, full fence, broadcast by the ID
 *         caches by an ID of its own        SWITCHING: wait until that is over; then: a straggler, interrupt it
 *         shows the mm
 *
 * By policy. The hardware that this runs on has one address space, or broadcasts whatever the ID. So the broadcast is an NMI to those CPUs
 * that run under the global ID, as each says before it loads the root, and a straggler gets none. It drains nobody; the interrupts do, and
 * the mask says whom.
 *
 *         a straggler goes over             a flusher
 *         says so; full fence               empty a slot, full fence
 *         drops what it holds by its own    reads what it runs under: the global ID, and it gets the broadcast; or its own, and what
 *         walks                             it drops and walks comes behind the emptied slot
 *
 * The other way round, what it walked between the two would be missed by both looks of the flusher: not under the global ID yet at the
 * broadcast, no straggler any more behind it. (INVLPGB asks nobody what he runs under.)
 *
 * Mutations: stragglers are not interrupted; CPUs that switch are not waited for; a freed ID is given out at once.
 */
#include <bcast.h>
#include <console.h>
#include <smp.h>

#include "flush.h"
#include "shows.h"

#define THRESHOLD 2u /* Linux: 4; here machines are small, and stragglers are wanted */
#define GLOBAL_IDS 3u

enum { M_BCAST_NO_STRAGGLERS = 80, M_BCAST_NO_WAIT, M_BCAST_REUSE };

/* The ID under which a CPU runs what it shows: 0 is one of its own. */
static struct percpu_word runs_under[NR_CPUS];

static struct {
	struct spinlock lock;
	u64 taken;    /* not to be given out: in use, or freed since the last flush of everything */
	u64 in_use;
	unsigned last;
} ids;

/* --- global IDs --- */

static void drop_all(void *arg)
{
	(void)arg;
	tlb_inval_all_here();
}

/* Everywhere, also what CPUs hold of mms that have gone. Under ids.lock, interrupts on. */
static void flush_everything(void)
{
	struct cpumask to;

	cpumask_copy(&to, &cpu_online_mask);
	cpumask_unset(&to, this_cpu());
	call_on_mask(&to, drop_all, NULL);
	tlb_inval_all_here();
	ids.taken = ids.in_use;
}

/* The next one in turn that may be had; 0: none. Lock held. */
static unsigned next_id(void)
{
	for (unsigned id = ids.last + 1; id <= GLOBAL_IDS; id++)
		if (!(ids.taken >> id & 1))
			return id;
	return 0;
}

static void give_id(struct mm *mm)
{
	unsigned id;

	spin_lock(&ids.lock);
	id = pword_load(&mm->global_id) ? 0 : next_id();
	if (!id && !pword_load(&mm->global_id)) {
		flush_everything();
		ids.last = 0;
		id = next_id();
	}
	if (id) {
		ids.last = id;
		ids.taken |= 1ULL << id;
		ids.in_use |= 1ULL << id;
		pword_store(&mm->in_transition, 1); /* [bcast.give.transition] */
		/* [bcast.give.id] Release: who sees the ID sees the transition; pairs with the loads in bcast_flush(). */
		pword_store_release(&mm->global_id, id);
	}
	spin_unlock(&ids.lock);
}

static __always_inline void mm_exit_mut(struct mm *mm, const unsigned mut)
{
	u64 id = pword_load(&mm->global_id);

	if (id) {
		spin_lock(&ids.lock);
		ids.in_use &= ~(1ULL << id);
		if (mut == M_BCAST_REUSE) {
			ids.taken &= ~(1ULL << id);
			ids.last = 0;
		}
		spin_unlock(&ids.lock);
	}
	pword_store(&mm->global_id, 0);
	pword_store(&mm->in_transition, 0);
	pword_store(&mm->context, 0);
	pword_drain();
}

void bcast_mm_exit(struct mm *mm)
{
	mm_exit_mut(mm, MUT_NONE);
}

/* --- the CPU that switches --- */

/*
 * Before the root. Atomic: that the CPU is there, and SWITCHING, before the load of the ID: else the transition could be over before it is
 * seen, and it runs under its own for good. Pairs with the fence of a flusher, who looks for stragglers behind it.
 */
static void choose_id(unsigned cpu, struct mm *mm)
{
	pword_or(&mm->ran[cpu / 64], 1ULL << (cpu % 64)); /* [bcast.switch.ran] */
	/* [bcast.switch.under] Visible before the first walk: by the full fence of the atomics in mm_switch(). */
	pword_store(&runs_under[cpu].w, pword_load(&mm->global_id)); /* [bcast.switch.id] */
}

void bcast_switch(struct mm *mm)
{
	u64 flags = arch_irq_save();
	unsigned cpu = this_cpu();

	if (mm && mm_current() == mm) {
		arch_irq_restore(flags);
		return;
	}
	pword_store(&mm_shows[cpu].w, SHOWS_SWITCHING); /* [bcast.switch.switching] */
	if (mm)
		choose_id(cpu, mm);
	mm_switch(mm);
	if (mm && pword_load(&runs_under[cpu].w))
		oracle_id_load(mm_context(mm), pword_load(&runs_under[cpu].w));
	/*
	 * [bcast.switch.shows] Release: the ID first, and the walks of what was loaded before; pairs with the load fences of the flusher.
	 */
	pword_store_release(&mm_shows[cpu].w, mm ? mm_context(mm) : SHOWS_NOTHING);
	arch_irq_restore(flags);
}

/* A straggler: from here on under the global ID. What it holds under its own goes. Interrupts off. */
static void go_over(void *arg)
{
	struct mm *mm = arg;
	unsigned cpu = this_cpu();

	cpu_area[cpu].tlb_recv++;
	if (mm_current() != mm)
		return;
	if (pword_load(&mm_shows[cpu].w) != SHOWS_NOTHING) { /* else loaded by mm_switch(): under its own for good */
		pword_store(&runs_under[cpu].w, pword_load(&mm->global_id)); /* [bcast.handler.under] */
		oracle_id_load(mm_context(mm), pword_load(&runs_under[cpu].w));
	}
	/* [bcast.handler.fence] What it runs under before what it walks once it has dropped all; pairs with the fence in bcast_flush(). */
	fence_full();
	tlb_inval_asid_here(mm); /* [bcast.handler.flush] */
}

/* --- the flusher --- */

/* ON_GLOBAL: it runs the mm under the ID that is asked for, or is about to. SWITCHES: to whatever, under whatever it may be. */
enum where { ELSEWHERE, ON_GLOBAL, STRAGGLES, SWITCHES };

static __always_inline enum where where_is(unsigned cpu, const struct mm *mm, u64 context, u64 id)
{
	u64 shows = pword_load(&mm_shows[cpu].w); /* [bcast.look.shows] */

	fence_load(); /* [bcast.look.fence] what it shows before the ID that it stored before; pairs with the release in bcast_switch() */
	if (shows == SHOWS_SWITCHING)
		return pword_load(&runs_under[cpu].w) == id ? ON_GLOBAL : SWITCHES;
	if (shows == SHOWS_NOTHING)
		return mm_loaded_unshown(mm, cpu) ? STRAGGLES : ELSEWHERE;
	if (shows != context)
		return ELSEWHERE;
	return pword_load(&runs_under[cpu].w) == id ? ON_GLOBAL : STRAGGLES; /* [bcast.look.under] */
}

/* Those CPUs but this where the mm ran that are at @what. */
static __always_inline void collect(struct cpumask *to, struct mm *mm, u64 id, enum where what)
{
	u64 context = pword_load(&mm->context);
	struct cpumask ran;
	unsigned cpu;

	mm_mask_others(&ran, mm->ran);
	cpumask_copy(to, &ran);
	for_each_cpu(cpu, &ran)
		if (where_is(cpu, mm, context, id) != what)
			cpumask_unset(to, cpu);
}

static void wait_for_switches(struct mm *mm)
{
	struct cpumask ran;
	unsigned cpu;

	mm_mask_others(&ran, mm->ran);
	for_each_cpu(cpu, &ran) {
		unsigned late = 0;

		wait_until(pword_load(&mm_shows[cpu].w) != SHOWS_SWITCHING, /* [bcast.flush.wait] */
			   wait_late("a CPU to end its switch of mm", &late));
	}
	fence_load(); /* what they show now, before what they run under */
}

/* @drained: out. */
static __always_inline void finish_transition(struct mm *mm, u64 id, struct cpumask *drained, const unsigned mut)
{
	cpumask_clear(drained);
	if (mut == M_BCAST_NO_STRAGGLERS)
		return;
	if (mut != M_BCAST_NO_WAIT)
		wait_for_switches(mm);
	collect(drained, mm, id, STRAGGLES);
	if (cpumask_empty(drained)) {
		pword_store(&mm->in_transition, 0); /* [bcast.flush.over] */
		return;
	}
	tlb_count.ipi += cpumask_weight(drained);
	tlb_count.msg += call_on_mask(drained, go_over, mm);
	tlb_count.tlbi += cpumask_weight(drained) * arch_tlbi_asid_local_ops();
}

/* This CPU's own part. */
static __always_inline void flush_own(struct mm *mm, const struct tlb_range *r, u64 id)
{
	u64 flags = arch_irq_save();
	unsigned cpu = this_cpu();

	if (mm_current() == mm) {
		tlb_inval_local(mm, r);
		if (id && pword_load(&mm_shows[cpu].w) != SHOWS_NOTHING && pword_load(&runs_under[cpu].w) != id)
			go_over(mm);
	}
	arch_irq_restore(flags);
}

static __always_inline void flush_by_id(struct mm *mm, const struct tlb_range *r, u64 id, struct cpumask *drained, const unsigned mut)
{
	struct cpumask to;

	/* All that caches by the ID. */
	collect(&to, mm, id, ON_GLOBAL);
	if (!cpumask_empty(&to))
		tlb_interrupt(mm, r, &to, nmi_flush_cpus, MUT_NONE); /* [bcast.flush.broadcast] */
	flush_own(mm, r, id);
	if (pword_load(&mm->in_transition)) /* [bcast.flush.transition] */
		finish_transition(mm, id, drained, mut);
	else
		cpumask_clear(drained);
}

static __always_inline void flush_by_ipi(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	struct cpumask active;

	mm_mask_others(drained, mm->loaded);
	if (!cpumask_empty(drained))
		tlb_interrupt(mm, r, drained, ipi_flush_cpus, MUT_NONE);
	flush_own(mm, r, 0);
	/* consider_global_asid() */
	collect(&active, mm, 0, ON_GLOBAL); /* none has a global ID yet: 0 is the CPU's own */
	if (pword_load(&mm->context) && cpumask_weight(&active) >= THRESHOLD)
		give_id(mm);
}

static __always_inline void bcast_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	struct cpumask own;
	u64 id;

	if (!drained)
		drained = &own;
	/*
	 * [bcast.flush.fence] Orders the store to the slot before the loads of the masks and of what CPUs show; pairs with the fence in
	 * mm_switch() (T7).
	 */
	fence_full();
	id = pword_load_acquire(&mm->global_id); /* [bcast.flush.id] */
	if (id)
		flush_by_id(mm, r, id, drained, mut);
	else
		flush_by_ipi(mm, r, drained);
}

static __timed void bcast_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	bcast_flush(mm, r, drained, MUT_NONE);
}

static const char *bcast_lacks(void)
{
	const char *lacks = arch_tlbi_lacks_local();

	return lacks ? lacks : arch_nmi_lacks();
}

TLB_METHOD(bcast) = {
	.name = "bcast",
	.doc = "by interrupt, drained; by a broadcast of one ID (here: NMIs) once the mm is on some CPUs, and then drains stragglers only",
	.drains = TLB_DRAINS_SOME,
	.reach = TLB_REACH_IRQ,
	.on_request = true,
	.lacks = bcast_lacks,
	.switch_mm = bcast_switch,
	.mm_exit = bcast_mm_exit,
	.inval = bcast_inval,
};

static inline void mm_exit_reuse(struct mm *mm)
{
	mm_exit_mut(mm, M_BCAST_REUSE);
}

#define BCAST_MUTANT(m, what, exit, ...)                                                           \
	TLB_MUTANT(bcast, m, bcast_flush, .name = "bcast", .mutation = "bcast." what, .drains = TLB_DRAINS_SOME, \
		   .reach = TLB_REACH_IRQ, .lacks = bcast_lacks, .switch_mm = bcast_switch, .mm_exit = exit, \
		   .workload = "id-transition", .sync = "active-mm", .walk = WALK_T_GUP, .cpus = 4, __VA_ARGS__)
BCAST_MUTANT(M_BCAST_NO_STRAGGLERS, "no-stragglers", bcast_mm_exit, .catcher = "stale-tlb", .bound = 400);
BCAST_MUTANT(M_BCAST_NO_WAIT, "no-wait", bcast_mm_exit, .catcher = "stale-tlb", .bound = 8000);
BCAST_MUTANT(M_BCAST_REUSE, "reuse", mm_exit_reuse, .catcher = "asid-reused", .bound = 400);
