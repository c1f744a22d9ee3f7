// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle: the verdict, and the events that led to it.
 *
 * Real TLBs forget, and an emulator's forgets more than the architecture allows, so the absence of a symptom proves nothing. The
 * oracle keeps the worst case instead: every translation or walk-cache entry that could be cached is, until an invalidate whose
 * definition covers it completes on that CPU (shadow_tlb.c); every software walk is known from begin to end with what it loaded
 * (shadow_walk.c); a store is visible to others as late as the architecture allows (store_buffer.c). Of what is in the tables it
 * knows how many entries lead to each frame (shadow_map.c).
 *
 * Rule: no hook here gives way (arch_relax()) or touches a protocol word through its accessor, so where CPUs change places only at
 * a yield (icount, the host's fibres) each hook is one step, and the record agrees with memory. Where they really run at once:
 *   - what an NMI handler may call (walks, events, an invalidate's completion) takes no lock: walk stacks and event rings belong
 *     to one CPU, and a nested handler leaves them as deep as it found them; a completed invalidate only clears bits, atomically.
 *   - what changes the list of possible translations runs with interrupts off under one spinlock, from thread or interrupt context,
 *     never from an NMI; an NMI that came for it anyway would find its own CPU the owner and panics instead of waiting for itself.
 *   - the gap between an access and its record is a few instructions there. A verdict can come an instant late, and it can go
 *     missing: an invalidate is recorded when it is complete, so an entry that another CPU replaces between its issue and its
 *     record counts as covered, although it can have been loaded again behind the invalidate. So "no violation" is said of
 *     machines whose CPUs change places at a yield; CPUs that really run at once add schedules, and what they find is found.
 *
 * Events are kept in a small ring a CPU with one global number each. The first violation freezes them: what oracle_print_events()
 * shows is its schedule, and the same seed gives it again where the machine is deterministic.
 */
#include <console.h>
#include <cpu.h>
#include <cpumask.h>

#include "script.h"
#include "shadow.h"
#include "store_buffer.h"

#define RING 32u
#define SHOWN 24u

struct event {
	u64 seq; /* from 1; 0 = none */
	u64 a, b;
	enum shadow_event kind;
};

static struct {
	struct event e[RING];
	u64 n;
} __cacheline rings[NR_CPUS];

static u64 event_seq;
static u64 iteration;
static u32 violated;
static bool verdict_ready;
static struct oracle_violation verdict;
static u64 acks; /* interrupts acknowledged on all CPUs since boot */
static struct {
	u64 last; /* the number of this CPU's latest */
} __cacheline acked[NR_CPUS];
static unsigned judge; /* the CPU whose step gave the verdict: as a rule the writer */

void shadow_event(enum shadow_event kind, u64 a, u64 b)
{
	unsigned cpu = this_cpu();
	u64 n;

	if (unlikely(violated))
		return;
	n = rings[cpu].n++;
	rings[cpu].e[n % RING] = (struct event){ __atomic_add_fetch(&event_seq, 1, __ATOMIC_RELAXED), a, b, kind };
}

void shadow_violation(const char *hole, unsigned cpu, const char *fmt, ...)
{
	va_list ap;

	if (__atomic_exchange_n(&violated, 1, __ATOMIC_ACQ_REL))
		return;
	judge = this_cpu();
	verdict.hole = hole;
	verdict.cpu = cpu;
	verdict.iteration = iteration;
	va_start(ap, fmt);
	kvsnprintf(verdict.text, sizeof(verdict.text), fmt, ap);
	va_end(ap);
	/* Release: who sees the verdict sees its text; pairs with the acquire in shadow_verdict(). */
	__atomic_store_n(&verdict_ready, true, __ATOMIC_RELEASE);
}

const struct oracle_violation *shadow_verdict(void)
{
	return __atomic_load_n(&verdict_ready, __ATOMIC_ACQUIRE) ? &verdict : NULL;
}

void shadow_start(const struct oracle_run *run)
{
	sb_stop();
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		for (unsigned i = 0; i < RING; i++)
			rings[cpu].e[i].seq = 0;
	shadow_tlb_start(run);
	order_forget();
	event_seq = 0;
	iteration = 0;
	verdict_ready = false;
	violated = 0;
	sb_start(run);
}

void shadow_iteration(u64 i)
{
	iteration = i;
	shadow_event(EV_ITERATION, i, 0);
}

void shadow_stop(void)
{
	sb_stop();
}

void shadow_ipi_ack(void)
{
	acked[this_cpu()].last = __atomic_add_fetch(&acks, 1, __ATOMIC_RELAXED);
	shadow_event(EV_IPI_ACK, 0, 0);
	script_acknowledged();
}

u64 shadow_acks(void)
{
	return __atomic_load_n(&acks, __ATOMIC_RELAXED);
}

/* What the others wrote they wrote before they answered, and the flush has taken the answers. */
void shadow_drained(const struct cpumask *on, u64 since)
{
	unsigned cpu;

	for_each_cpu(cpu, on)
		if (acked[cpu].last <= since)
			shadow_violation("not-drained", cpu, "the flush of CPU %u says that it drained CPU %u, which took no interrupt of it",
					 this_cpu(), cpu);
}

void shadow_frame_alloc(u64 pa, u64 size)
{
	frame_of(pa)->counted = false;
	shadow_event(EV_ALLOC, pa, size);
}

void shadow_frame_free(u64 pa, u64 size)
{
	shadow_event(EV_FREE, pa, size);
	if (frame_of(pa)->counted)
		shadow_violation("ref-after-count", this_cpu(),
				 "CPU %u drops what it takes for the last reference of frame 0x%llx, after the writer had counted them",
				 this_cpu(), (unsigned long long)pa);
	if (frame_of(pa)->state != FRAME_USED)
		shadow_violation("double-free", this_cpu(), "frame 0x%llx was freed by CPU %u although it is free",
				 (unsigned long long)pa, this_cpu());
	shadow_tlb_freed(pa, size, false);
	shadow_map_freed(pa, false);
	shadow_walk_freed(pa, size, false);
}

void shadow_frame_counted(u64 pa, bool counted)
{
	shadow_event(EV_COUNTED, pa, counted);
	frame_of(pa)->counted = counted;
}

void shadow_entry_taken(const struct pword *slot, pte_t taken, pte_t was)
{
	if (was & ~taken)
		shadow_violation("lost-bits", this_cpu(), "CPU %u emptied slot 0x%llx of 0x%llx and goes on with 0x%llx", this_cpu(),
				 (unsigned long long)(uintptr_t)slot, (unsigned long long)was, (unsigned long long)taken);
}

void shadow_table_owned(const struct mm *mm, u64 pa)
{
	shadow_event(EV_OWNED, pa, (u64)(uintptr_t)mm);
	shadow_walk_owned(mm, pa);
	shadow_tlb_owned(mm, pa);
}

void shadow_table_free(u64 pa, u64 size)
{
	/* As the free itself, which empties the buffer too (phys.c), but this look at memory comes before it. */
	sb_drain();
	shadow_event(EV_FREE, pa, size);
	shadow_tlb_freed(pa, size, true);
	shadow_map_freed(pa, true);
	shadow_walk_freed(pa, size, true);
}

static const char *const event_text[NR_EVENTS] = {
	[EV_STORE] = "stores to %s: 0x%llx",
	[EV_VISIBLE] = "its store to %s, 0x%llx, becomes visible to others",
	[EV_LOAD] = "reads %s: 0x%llx",
	[EV_PTE] = "changed the entry of VA 0x%llx, which was 0x%llx",
	[EV_WALK_BEGIN] = "begins a walk of mm 0x%llx",
	[EV_WALK_LOAD] = "in its walk to VA 0x%llx loads 0x%llx",
	[EV_WALK_DEREF] = "reads frame 0x%llx",
	[EV_WALK_LEAF] = "dereferences slot 0x%llx and takes 0x%llx for a leaf",
	[EV_WALK_END] = "ends its walk",
	[EV_TLBI_LEAF] = "has completed an invalidate of the leaf of VA 0x%llx in ASID %llu",
	[EV_TLBI_PAGE] = "has completed an invalidate of VA 0x%llx in ASID %llu",
	[EV_TLBI_ASID] = "has completed an invalidate of everything from VA 0x%llx on in ASID %llu",
	[EV_TLBI_ALL] = "has completed an invalidate of all but global entries",
	[EV_TLBI_ALL_GLOBAL] = "has completed an invalidate of everything",
	[EV_TLBI_ISSUED] = "issues an invalidate of VA 0x%llx in ASID %llu",
	[EV_TLBI_OWN] = "has completed all invalidates that it issued",
	[EV_IPI_ACK] = "took an interrupt and acknowledges it",
	[EV_STANDS] = "stands still",
	[EV_RUNS] = "runs again",
	[EV_LAZY] = "becomes lazy",
	[EV_NOT_LAZY] = "is not lazy any more",
	[EV_SYNC_DONE] = "sync() returned for slot 0x%llx, old value 0x%llx",
	[EV_ALLOC] = "allocates 0x%llx, 0x%llx bytes",
	[EV_FREE] = "frees 0x%llx, 0x%llx bytes",
	[EV_OWNED] = "takes table 0x%llx for its own, of mm 0x%llx alone",
	[EV_COUNTED] = "has counted the references of frame 0x%llx and relies on that: %llu",
	[EV_ITERATION] = "starts iteration %llu",
};

/* Of a verdict only the two CPUs that it is about matter, and of all that the judge read only words of the other. */
static bool matters(unsigned cpu, const struct event *e)
{
	if (!verdict_ready)
		return e->kind != EV_LOAD;
	if (e->kind == EV_LOAD)
		return cpu == judge && cpu != verdict.cpu && order_owner((const struct pword *)(uintptr_t)e->a) == verdict.cpu;
	return cpu == judge || cpu == verdict.cpu;
}

/* The newest event older than number @before, over all CPUs; its CPU in *@cpu. NULL if there is none. */
static const struct event *newest_before(u64 before, unsigned *cpu)
{
	const struct event *best = NULL;

	for (unsigned c = 0; c < nr_cpus; c++) {
		for (unsigned i = 0; i < RING; i++) {
			const struct event *e = &rings[c].e[i];

			if (!e->seq || e->seq >= before || (best && e->seq < best->seq) || !matters(c, e))
				continue;
			best = e;
			*cpu = c;
		}
	}
	return best;
}

static void event_print(const struct event *e)
{
	char text[128], word[48];

	if (e->kind <= EV_LOAD) { /* those about a word come first */
		shadow_word_name(word, sizeof(word), (const void *)(uintptr_t)e->a);
		ksnprintf(text, sizeof(text), event_text[e->kind], word, e->b);
	} else { /* every other text takes at most these two numbers */
		ksnprintf(text, sizeof(text), event_text[e->kind], e->a, e->b);
	}
	kprintf("%s\n", text);
}

void shadow_print_events(void)
{
	const struct event *last[SHOWN];
	unsigned cpus[SHOWN], n = 0;
	u64 before = ~0ULL;

	for (; n < SHOWN; n++) {
		last[n] = newest_before(before, &cpus[n]);
		if (!last[n])
			break;
		before = last[n]->seq;
	}
	while (n-- > 0) {
		kprintf("  | %6llu cpu %u ", (unsigned long long)last[n]->seq, cpus[n]);
		event_print(last[n]);
	}
}
