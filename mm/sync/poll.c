// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll: marks as active-mm's, and no interrupt: sync waits until no mark names the mm.
 *
 * Origin: not posted for GUP-fast; it is how synchronize_rcu() would look with the walk as its read side, and what a lock holder does who
 * waits for readers to leave (the "brlock" of old). A walk is short: why interrupt a CPU that will be gone in a moment?
 * State, order, nesting: mark.h.
 * Invariant: when sync(mm) has read a CPU's mark as another than mm, that CPU is inside no walk of mm that began before sync(): a walk that
 * began later loads the new entry (T1).
 * Cost: nobody is interrupted. The initiator waits as long as the walks last, and a walker that an interrupt or a hypervisor holds up
 * holds up the writer, too (broadcast as well: it waits for open interrupts).
 * May skip: every CPU that does not walk this mm.
 * Hole, in progress, not in safety: a walker that is out and in again between two looks has not been seen outside. One that walks all the
 * time is waited for all the time: a livelock, which only the deadline ends. Here a walker is outside as long as it is in, so the
 * wait ends. seq.c repairs it; poll_then_ipi.c bounds it.
 * Mutation no-sync-fence: the wait for any walker empties the store buffer, so it shows only when nobody walks: where few do.
 * Also T3, as of every scheme that is keyed by the mm.
 * Declared: sound everywhere but for T3.
 */
#include "mark.h"

enum { M_NO_WAIT = M_MARK_NR };

DEFINE_PERCPU_WORD(marks);

static __always_inline u64 poll_begin(struct mm *mm, unsigned mut)
{
	return mark_begin(marks, mm, mut);
}

static __always_inline void poll_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	mark_end(marks, token, mut);
}

static __always_inline void poll_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;
	unsigned cpu;

	(void)drained;
	mark_scan(&to, marks, mm, mut);
	if (mut != M_NO_WAIT)
		for_each_cpu(cpu, &to)
			sync_wait(cpu, !mark_hit(pword_load(&marks[cpu].w), (u64)(uintptr_t)mm)); /* [poll.sync.wait] */
	/* [poll.sync.acquire] Acquire: a mark read as gone before the free of what its walk used; pairs with the release in mark_end(). */
	fence_load();
}

SYNC_SCHEME(poll, .name = "poll", .origin = "not posted", .doc = "wait for the CPUs walking this mm, no IPI", .rank = 70,
	    .law = LAW_NOBODY,
	    .sound = SOUND_ALL);
#define POLL_MUTANT(m, what, ...)                                                                  \
	SYNC_MUTANT(poll, m, .name = "poll", .mutation = "poll." what, __VA_ARGS__)
POLL_MUTANT(M_NO_BEGIN_FENCE, "no-begin-fence", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
POLL_MUTANT(M_NO_SYNC_FENCE, "no-sync-fence", .catcher = SYNC_HOLES_T1, .workload = "two-sync", .walk = WALK_T_BARE, .bound = 4000,
	    .cpus = 3);
POLL_MUTANT(M_NO_RELEASE, "no-release", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 2000, .weak = true);
POLL_MUTANT(M_NO_WAIT, "no-wait", .catcher = SYNC_HOLES, .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
