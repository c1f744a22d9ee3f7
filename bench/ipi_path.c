// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi-path: who waits for whom in a round of interrupts, from which tools/path makes the longest path (docs/measuring.md).
 *
 * A clock that counts the instructions of all CPUs adds up what would go on side by side. But between two places where a CPU gives way it
 * counts that CPU alone. So a round is also taken with stamps, on each CPU's own clock, placed such that no CPU gives way between two of
 * them, but for two waits that are known as such: of a target for the interrupt, before open, and of the initiator for an answer, before
 * look.
 *
 *   CPU 0   begin, sent, and for each target wait and look, then seen, end; sent says to whom, or stands for all
 *   target  open, enter, work, answer, leave
 *
 * The target of such a round is parked with interrupts closed until the interrupt is there, and takes it when it opens them: the way into
 * the handler and out of it are segments like any other. The same round without stamps, to CPUs that are halted, is what the clock says of
 * it.
 *
 *   mask   one call sends to all, as every shootdown of this kernel does
 *   each   a call for each target
 *   page   as mask, and every target invalidates a page in its handler, the initiator behind the answers: tlb=ipi by the C path
 *   bcast  no interrupts: the broadcast of the hardware, begin, issue, complete
 */
#include <console.h>
#include <cpu.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>

#include "measure.h"
#include "probe.h"

#define SAMPLES 101
/* Rounds with stamps: the one with the fewest ticks is printed. */
#define RECORDS 21
/* Turns that a parked target leaves to an interrupt that is on its way. */
#define ON_ITS_WAY 64
#define TARGET_STAMPS 5

enum what { BEGIN, SENT, WAIT, LOOK, SEEN, END, OPEN, ENTER, WORK, ANSWER, LEAVE, ISSUE, COMPLETE };
static const char *const names[] = {
	[BEGIN] = "begin", [SENT] = "sent", [WAIT] = "wait", [LOOK] = "look", [SEEN] = "seen", [END] = "end", [OPEN] = "open",
	[ENTER] = "enter", [WORK] = "work", [ANSWER] = "answer", [LEAVE] = "leave", [ISSUE] = "issue", [COMPLETE] = "complete",
};

struct stamp {
	u64 t; /* ticks of the clock of the CPU that has it in its log */
	u16 what, peer; /* @peer 0: none, it is the initiator */
};

static struct log {
	struct stamp *first, *next;
	volatile u64 parked; /* the round for which its interrupts are closed */
} __cacheline logs[NR_CPUS];

static volatile u64 go __cacheline; /* the round whose interrupts are out */
static struct event *events;
static struct mm mm;
static struct tlb_range page_range;
static u32 ticks[SAMPLES];
static u64 opening; /* ticks that opening interrupts takes where none is there: nobody who is interrupted does that */

/* A function, so that every stamp takes the same time. */
static __noinline __timed void stamp(enum what what, unsigned peer)
{
	struct log *l = &logs[this_cpu()];

	*l->next++ = (struct stamp){ arch_cycles_stop(), (u16)what, (u16)peer };
}

/* --- the round; @each, @page and @stamps are constants --- */

static __always_inline void handle(const bool page, const bool stamps)
{
	if (stamps)
		stamp(ENTER, 0);
	if (page)
		tlb_request_run();
	if (stamps)
		stamp(WORK, 0);
	probe_answer();
	if (stamps)
		stamp(ANSWER, 0);
}

static __always_inline unsigned send(const struct cpumask *to, const bool each, const bool stamps)
{
	unsigned cpu, msg = 0;
	struct cpumask one;

	if (!each) {
		msg = ipi_probe_cpus(to);
		if (stamps)
			stamp(SENT, 0);
		return msg;
	}
	cpumask_clear(&one);
	for_each_cpu(cpu, to) {
		cpumask_set(&one, cpu);
		msg += ipi_probe_cpus(&one);
		if (stamps)
			stamp(SENT, cpu);
		cpumask_unset(&one, cpu);
	}
	return msg;
}

/* A look that finds nothing leaves no stamp. */
static __always_inline bool look(unsigned cpu, const bool stamps)
{
	if (stamps)
		stamp(LOOK, cpu);
	if (probe_answered(cpu))
		return true;
	if (stamps)
		logs[this_cpu()].next--;
	return false;
}

/* The answers are waited for one behind the other, as smp_call_function_many_cond() of Linux does. Returns the hardware writes used. */
static __always_inline unsigned path_round(const struct cpumask *to, void (*hook)(void), const bool each, const bool page,
					   const bool stamps)
{
	unsigned cpu, msg, late = 0;

	ipi_probe_hook = hook;
	ipi_lock();
	if (page)
		tlb_request_fill(&mm, &page_range);
	msg = send(to, each, stamps);
	for_each_cpu(cpu, to) {
		if (stamps) {
			stamp(WAIT, cpu);
			/* Release: the interrupts before the word; pairs with the acquire in park(). In a wait, so in no segment. */
			__atomic_store_n(&go, probe_round_nr, __ATOMIC_RELEASE);
		}
		wait_until(look(cpu, stamps), wait_late("a probe's answer", &late));
	}
	if (stamps)
		stamp(SEEN, 0);
	ipi_unlock();
	if (page)
		tlb_inval_local(&mm, &page_range);
	return msg;
}

#define WAY(ident, each, page)                                                                     \
	static __timed void ident##_hook(void)                                                     \
	{                                                                                          \
		handle(page, false);                                                               \
	}                                                                                          \
	static __timed void ident##_stamped_hook(void)                                             \
	{                                                                                          \
		handle(page, true);                                                                \
	}                                                                                          \
	static __timed u64 ident##_round(const struct cpumask *to, u64 *sent)                      \
	{                                                                                          \
		u64 t = arch_cycles_start();                                                       \
		unsigned msg = path_round(to, ident##_hook, each, page, false);                    \
                                                                                                   \
		t = arch_cycles_stop() - t;                                                        \
		*sent += msg;                                                                      \
		return t;                                                                          \
	}                                                                                          \
	static __timed void ident##_stamped(const struct cpumask *to, u64 *sent)                   \
	{                                                                                          \
		unsigned msg;                                                                      \
                                                                                                   \
		stamp(BEGIN, 0);                                                                   \
		msg = path_round(to, ident##_stamped_hook, each, page, true);                      \
		stamp(END, 0);                                                                     \
		*sent += msg;                                                                      \
	}
WAY(mask, false, false)
WAY(each, true, false)
WAY(page, false, true)

static const struct way {
	const char *name;
	const char *tlb; /* NULL: no invalidate is in it */
	u64 (*round)(const struct cpumask *to, u64 *sent);
	void (*stamped)(const struct cpumask *to, u64 *sent);
} ways[] = {
	{ "mask", NULL, mask_round, mask_stamped },
	{ "each", NULL, each_round, each_stamped },
	{ "page", "ipi", page_round, page_stamped },
};

/* --- a round with stamps --- */

/* A target: closed until the interrupt is there, which comes when it opens. */
static __timed void park(void *arg)
{
	struct log *me = &logs[this_cpu()];
	u64 flags = arch_irq_save(), nr = probe_round_nr;
	unsigned late = 0;

	(void)arg;
	me->next = me->first;
	me->parked = nr;
	/* Acquire: pairs with the release in path_round(). */
	wait_until(__atomic_load_n(&go, __ATOMIC_ACQUIRE) == nr, wait_late("an interrupt to be sent", &late));
	for (unsigned i = 0; i < ON_ITS_WAY; i++)
		arch_relax();
	stamp(OPEN, 0);
	arch_irq_restore(flags);
	wait_until(probe_answered(this_cpu()), wait_late("an interrupt that was sent to it", &late));
	stamp(LEAVE, 0);
}

static void stamped_round(const struct way *w, const struct cpumask *to, u64 *sent)
{
	unsigned cpu, late = 0;

	probe_round_nr++;
	logs[0].next = logs[0].first;
	for_each_cpu(cpu, to) {
		smp_run(cpu, park, NULL);
		wait_until(logs[cpu].parked == probe_round_nr, wait_late("a CPU to close its interrupts", &late));
	}
	w->stamped(to, sent);
	for_each_cpu(cpu, to)
		smp_join(cpu, "the end of a round with stamps");
}

/* What lies before a stamp and is no wait. */
static u64 segment(const struct log *l, const struct stamp *s, u64 ovh)
{
	if (s == l->first || s->what == LOOK)
		return 0;
	return stats_less(s->t - s[-1].t, s->what == ENTER ? ovh + opening : ovh);
}

static u64 segments(unsigned targets, u64 ovh)
{
	u64 sum = 0;

	for (unsigned cpu = 0; cpu <= targets; cpu++)
		for (const struct stamp *s = logs[cpu].first; s < logs[cpu].next; s++)
			sum += segment(&logs[cpu], s, ovh);
	return sum;
}

/* The stamps as events: from the first of each CPU on, less what the stamps themselves took. Returns how many. */
static unsigned make_events(unsigned targets, u64 ovh)
{
	unsigned n = 0;

	for (unsigned cpu = 0; cpu <= targets; cpu++) {
		const struct log *l = &logs[cpu];
		u64 at = 0;

		for (const struct stamp *s = l->first; s < l->next; s++) {
			at += s->what == LOOK ? stats_less(s->t - s[-1].t, ovh) : segment(l, s, ovh);
			events[n++] = (struct event){ .name = names[s->what], .at = at, .cpu = cpu, .peer = s->peer };
		}
	}
	return n;
}

/* --- what is printed --- */

static struct cell cell_of(const struct workload *wl, const char *name, const char *tlb, unsigned targets)
{
	return (struct cell){ .wl = wl, .sync = sync_find("none"), .tlb = tlb ? tlb_method_find(tlb) : NULL, .targets = targets, .range = name };
}

static void report(const struct plan *p, const struct cell *c, const char *metric, u64 n, u64 ovh, struct totals *t)
{

	t->n = n;
	if (c->tlb)
		t->ipi_tlb = n * c->targets;
	else
		t->ipi_sync = n * c->targets;
	if (c->targets && c->tlb)
		t->tlbi = n * (c->targets + 1) * tlb_raw_ops(&tlb_req);
	report_samples(p, c, metric, ticks, ovh, t);
}

/* The writer's own translation is there each time. */
static void touch(void)
{
	if (ARCH_HAS_TLB)
		(void)*(volatile u64 *)page_range.va;
}

static __timed u64 empty_window(void)
{
	u64 t = arch_cycles_start();

	return arch_cycles_stop() - t;
}

static u64 window_overhead(void)
{
	for (unsigned i = 0; i < SAMPLES; i++)
		ticks[i] = (u32)empty_window();
	return stats_median(ticks, SAMPLES);
}

static u64 stamp_overhead(void)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		logs[0].next = logs[0].first;
		stamp(BEGIN, 0);
		stamp(END, 0);
		ticks[i] = (u32)(logs[0].first[1].t - logs[0].first[0].t);
	}
	return stats_median(ticks, SAMPLES);
}

static void measure_opening(u64 ovh)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		u64 flags = arch_irq_save();

		logs[0].next = logs[0].first;
		stamp(BEGIN, 0);
		arch_irq_restore(flags);
		stamp(END, 0);
		ticks[i] = stats_less(logs[0].first[1].t - logs[0].first[0].t, ovh);
	}
	opening = stats_median(ticks, SAMPLES);
}

static void measure_rounds(const struct plan *p, const struct workload *wl, const struct way *w, unsigned n)
{
	struct cell c = cell_of(wl, w->name, w->tlb, n);
	u64 ovh = window_overhead();
	struct totals t = { 0 };
	struct cpumask to;

	probe_targets(&to, n);
	for (unsigned i = 0; i < SAMPLES; i++) {
		touch();
		probe_round_nr++;
		ticks[i] = stats_less(w->round(&to, &t.ipi_msg), ovh);
	}
	report(p, &c, "round", SAMPLES, ovh, &t);
}

static void measure_segments(const struct plan *p, const struct workload *wl, const struct way *w, unsigned n)
{
	struct cell c = cell_of(wl, w->name, w->tlb, n);
	u64 ovh = stamp_overhead();
	struct totals t = { 0 };
	struct cpumask to;
	u32 least = ~0u;

	probe_targets(&to, n);
	for (unsigned i = 0; i < RECORDS; i++) {
		touch();
		stamped_round(w, &to, &t.ipi_msg);
		ticks[i] = (u32)segments(n, ovh);
		if (ticks[i] < least) {
			c.nr_events = make_events(n, ovh);
			least = ticks[i];
		}
	}
	c.events = events;
	report(p, &c, "segments", RECORDS, ovh, &t);
}

static void measure_broadcast(const struct plan *p, const struct workload *wl)
{
	struct cell c = cell_of(wl, "bcast", "hw", 0);
	u64 ovh = stamp_overhead(), before = tlb_count.tlbi;
	struct totals t = { 0 };
	u32 least = ~0u;

	if (tlb_method_lacks(c.tlb)) {
		kprintf("SKIP ipi-path.bcast: %s\n", tlb_method_lacks(c.tlb));
		return;
	}
	for (unsigned i = 0; i < RECORDS; i++) {
		touch();
		logs[0].next = logs[0].first;
		stamp(BEGIN, 0);
		tlb_issue_bcast(&mm, &page_range);
		stamp(ISSUE, 0);
		tlb_complete_bcast();
		stamp(COMPLETE, 0);
		ticks[i] = (u32)segments(0, ovh);
		if (ticks[i] < least) {
			c.nr_events = make_events(0, ovh);
			least = ticks[i];
		}
	}
	c.events = events;
	t.tlbi = tlb_count.tlbi - before;
	report(p, &c, "segments", RECORDS, ovh, &t);
}

/* Stamps of CPU 0 and of every target, and events for all of them; they stay. */
static void make_room(void)
{
	u64 own = 3ULL * nr_cpus + 4, all = own + (u64)TARGET_STAMPS * nr_cpus;
	u64 size = all * (sizeof(struct stamp) + sizeof(struct event));
	struct stamp *s;

	if (events)
		return;
	s = phys_to_virt(phys_alloc_pages((unsigned)((size + PAGE_SIZE - 1) / PAGE_SIZE)));
	events = (struct event *)(s + all);
	logs[0].first = s;
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		logs[cpu].first = s + own + (u64)TARGET_STAMPS * cpu;
}

static void measure_way(const struct plan *p, const struct workload *wl, const struct way *w)
{
	for (unsigned n = 1;; n = n * 2 < nr_cpus - 1 ? n * 2 : nr_cpus - 1) {
		measure_rounds(p, wl, w, n);
		measure_segments(p, wl, w, n);
		if (n == nr_cpus - 1)
			return;
	}
}

static int path_measure(const struct plan *p, const struct workload *wl)
{
	u64 frame;

	if (probe_alone(wl))
		return 0;
	make_room();
	measure_opening(stamp_overhead());
	mm_create(&mm);
	frame = phys_alloc_page();
	page_range = (struct tlb_range){ .va = pt_user_start(), .nr = 1, .level = 0 };
	if (pt_map(&mm, page_range.va, frame, PROT_R, 0))
		panic("ipi-path: its page was not mapped");
	crew_load(&mm, p->loaded, mm_switch);
	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++)
		if (ways[i].tlb && tlb_method_lacks(tlb_method_find(ways[i].tlb)))
			kprintf("SKIP ipi-path.%s: %s\n", ways[i].name, tlb_method_lacks(tlb_method_find(ways[i].tlb)));
		else
			measure_way(p, wl, &ways[i]);
	measure_broadcast(p, wl);
	crew_unload(&mm);
	mm_destroy(&mm);
	frame_put(frame);
	return 0;
}

WORKLOAD(ipi_path) = {
	.name = "ipi-path",
	.doc = "who waits for whom in a round of interrupts: its events, for the longest path (tools/path), and the round beside them",
	.raw = true,
	.invalidates = true,
	.measure = path_measure,
};
