// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU that the hypervisor has taken off its core, and how it comes back.
 *
 * Rule. While it stands still it translates nothing, so what its TLB holds hurts nobody, and a flush need not interrupt it: it is
 * enough that the entries are gone before its next access. What it does not do is leave the walk that it was in: the software that
 * stands still inside a walk goes on there, with all that it loaded (T5). So a flush that leaves such a CPU out has served axes
 * (a) and (b), and not (c).
 *
 * Race of its return with a flush (mm/tlb/pv.c):
 *
 *   this CPU                                  the flusher
 *                                             empty the slot, full fence
 *   take the word, leave 0 (atomic)           read the word; it stands: add VCPU_FLUSH (compare and exchange)
 *   if VCPU_FLUSH was there: drop all
 *
 * If the exchange of the flusher comes first, the flag is seen and the flush comes before the next access. If it comes second, it
 * finds a CPU that runs, fails, and the CPU is interrupted. A plain store in its place would put a flag on a CPU that runs
 * (the mutation pv.plain-flag).
 *
 * In KVM both halves are the host's: kvm_steal_time_set_preempted() and record_steal_time(). Here one CPU plays both, and the
 * oracle is told between which two points it stands still (oracle_cpu_stands(), oracle_cpu_runs()).
 */
#include <cpu.h>
#include <oracle.h>
#include <tlb.h>
#include <vcpu.h>

struct percpu_word vcpu_state[NR_CPUS];
PERCPU_WORD_NAME(vcpu_state);

void vcpu_stall(u64 turns, const volatile u64 *stop)
{
	struct pword *own = &vcpu_state[this_cpu()].w;
	u64 flags = arch_irq_save();

	/* What this CPU did is visible before it is said to stand still: the host's switch of context fences. Pairs with the flusher's. */
	fence_full();
	oracle_cpu_stands();
	pword_store(own, VCPU_STANDS);
	oracle_drain();
	while (turns-- && !*stop)
		arch_relax();
	/* Full fence: the flag before the next access by a translation that may be old. Pairs with the exchange in pv_elide(). */
	if (pword_xchg(own, 0) & VCPU_FLUSH)
		tlb_inval_all_here();
	oracle_cpu_runs();
	arch_irq_restore(flags);
}
