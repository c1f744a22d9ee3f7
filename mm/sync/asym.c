// SPDX-License-Identifier: GPL-2.0-only
/*
 * asym: the reader marks its walk without a fence; the initiator makes every CPU fence before it reads the marks.
 *
 * Origin: not posted for GUP-fast. membarrier() of Linux and the asymmetric fences built on it, hazard pointers with a global barrier,
 * biased locks: the side that is rare pays for both.
 * State: seq's number a CPU, odd inside (seq.c, with its nesting), stored plainly, with a compiler barrier behind it.
 * Invariant: that of seq. T1 with the reader's fence moved into an interrupt:
 *
 *     walker                     sync
 *     W number (odd)             W slot
 *     ...                        send, which orders the store to the slot first
 *     full fence (the handler)   wait for the answers
 *     ...                        R number
 *
 *   The handler runs at one point of the CPU's program. A walk that began before it has its number visible when the answer comes; one
 *   that begins behind it loads the new entry. The interrupt is one that closed interrupts do not stop (arch_nmi_send()), for a walk has
 *   closed them; the walk goes on behind it, and sync waits for the number to change.
 * end: release, as in seq.
 * Cost, on x86_64 under icount with 8 CPUs: the reader pays no fence, so an instruction less than seq's, and on silicon the
 * price of the fence less: 0.9 against 12.2 ticks of the clock on an x86 host. Each sync disturbs all 7 others, as broadcast does, and then
 * waits for the walkers as well.
 *   So it never beats broadcast in interrupts or in what the reader pays, which is nothing there. What it has over broadcast: a CPU that
 * has closed its interrupts for another reason than a walk does not hold the sync up. It would win where the fence of all CPUs is to be had
 * for less than an interrupt each: by an instruction of the hardware, or riding on a flush that interrupts them anyway and drains nobody
 * (tlb=nmi: the 7 interrupts of the flush are such fences, and with a mask that says so sync would send none).
 * Where the machine has no such interrupt an ordinary one stands in for it (arch_nmi_lacks()): that waits for open interrupts, and asym is
 * broadcast, with marks for nothing.
 * May skip: nobody, when it makes them fence; then every CPU outside any walk.
 * Declared: sound everywhere, for tables that mms share as well.
 */
#include "seq.h"

enum { M_NO_FENCE_THERE = M_SEQ_NR, M_NO_WAIT };

DEFINE_PERCPU_WORD(numbers);

static __always_inline u64 asym_begin(struct mm *mm, unsigned mut)
{
	u64 token;

	(void)mm;
	token = odd_begin(&numbers[this_cpu()].w, false, mut);
	barrier(); /* the compiler's half of the fence; the rest is in the handler of asym_sync()'s interrupt */
	return token;
}

static __always_inline void asym_end(struct mm *mm, u64 token, unsigned mut)
{
	(void)mm;
	odd_end(&numbers[this_cpu()].w, token, mut);
}

static __always_inline void asym_sync(struct mm *mm, const struct cpumask *drained, unsigned mut)
{
	struct cpumask to;

	(void)mm, (void)drained;
	sync_others(&to);
	/* Orders the store to the slot before the loads of the numbers, and each walker's number before the loads of its walk. */
	if (mut == M_NO_FENCE_THERE)
		fence_full();
	else
		sync_fence_cpus(&to);
	if (mut != M_NO_WAIT)
		sync_wait_odd(&to, numbers);
}

SYNC_SCHEME(asym, .name = "asym", .origin = "not posted", .doc = "NMI that fences every other online CPU, then wait for walks by number",
	    .rank = 74, .law = LAW_ONLINE,
	    .sound = SOUND_ALL | SOUND_SHARED);
#define ASYM_MUTANT(m, what, ...)                                                                  \
	SYNC_MUTANT(asym, m, .name = "asym", .mutation = "asym." what, __VA_ARGS__)
ASYM_MUTANT(M_NO_FENCE_THERE, "no-fence-there", .catcher = SYNC_HOLES, .workload = "slot-store", .walk = WALK_T_BARE, .bound = 4000);
ASYM_MUTANT(M_NO_WAIT, "no-wait", .catcher = SYNC_HOLES, .workload = "munmap-thp", .walk = WALK_T_BARE, .bound = 200);
ASYM_MUTANT(M_NEST_END, "nest-end", .catcher = SYNC_HOLES, .workload = "munmap-thp", .walk = WALK_T_BARE_NMI, .bound = 200);
