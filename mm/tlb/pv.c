// SPDX-License-Identifier: GPL-2.0-only
/*
 * pv: as ipi, but a CPU that stands still is not interrupted: it drops its translations when it comes back. The paravirtual flush
 * of a KVM guest, kvm_flush_tlb_multi() of x86 Linux (858a43aae236, f38a7b75267f).
 *
 * Why. A virtual CPU that the host has taken off its core answers an interrupt only when it is put back, maybe a time slice later,
 * and the flusher would wait as long. The guest sees in a word (mm/vcpu.h) that it is off, adds a flag, and the host flushes for it
 * before it enters the guest again.
 *
 * Whom it drains: those that it interrupted, and no others. That a CPU stands still says nothing of where: maybe inside a walk, which
 * goes on when the CPU does (T5). So "the flush has sent its interrupts" is true of this method only for the returned mask, which
 * leaves the elided CPUs out; as a property of the machine, set once at boot, it is false (seed 004: v5 to v10 leave the paravirtual
 * backends out for this). A scheme that trusts the mask is sound here; with a claim for all it is not (the mutation claims-to-drain).
 *
 * Invariant: on return each other CPU that has the mm loaded either has invalidated, or stands still with VCPU_FLUSH in its word.
 * Fences: the full one of tlb_flush_cpus() orders the store to the slot before the load of the word, and the exchange of a CPU that
 * comes back is atomic; mm/vcpu.c draws the race.
 *
 * The other kind, one hypercall that flushes everywhere and sends no interrupt at all (HvFlushVirtualAddressSpaceEx of Hyper-V,
 * MMUEXT_INVLPG_MULTI of Xen), has no file: it reaches every CPU whatever its interrupt flag says, waits until each has
 * dropped its entries, and drains nobody. That is nmi to the oracle and to every scheme, and fw where a firmware really does it.
 *
 * Mutations: the flag is not set; it is set by a load and a store; the mask holds the elided too.
 */
#include <vcpu.h>

#include "flush.h"

#define pv_REACH TLB_REACH_IRQ
#define pv_DRAINS TLB_DRAINS_SOME
#define pv_LACKS arch_tlbi_lacks_local

enum { M_PV_NO_FLAG = 50, M_PV_PLAIN_FLAG };

/* Does @cpu stand still, with the flag in its word now? */
static __always_inline bool pv_deferred(unsigned cpu, const unsigned mut)
{
	struct pword *w = &vcpu_state[cpu].w;
	u64 v = pword_load(w);

	if (likely(!(v & VCPU_STANDS)))
		return false;
	if (mut == M_PV_NO_FLAG)
		return true;
	if (mut == M_PV_PLAIN_FLAG) {
		pword_store(w, v | VCPU_FLUSH);
		return true;
	}
	/* Atomic: it may come back meanwhile; pairs with the exchange in vcpu_stall(). */
	return pword_cmpxchg(w, v, v | VCPU_FLUSH);
}

static __always_inline void pv_elide(struct cpumask *to, const unsigned mut)
{
	struct cpumask all;
	unsigned cpu;

	cpumask_copy(&all, to);
	for_each_cpu(cpu, &all)
		if (pv_deferred(cpu, mut))
			cpumask_unset(to, cpu);
}

static __always_inline void pv_reach(struct mm *mm, const struct tlb_range *r, struct cpumask *to, const unsigned mut)
{
	struct cpumask run;

	cpumask_copy(&run, to);
	pv_elide(&run, mut);
	if (!cpumask_empty(&run))
		tlb_interrupt(mm, r, &run, ipi_flush_cpus, mut);
	if (mut != M_TLB_CLAIMS)
		cpumask_copy(to, &run);
}

FLUSH_METHOD(pv, .doc = "as ipi, but a CPU that stands still (oracle image) flushes when it comes back; drains those interrupted",
	     .on_request = true, .elides = true);
FLUSH_NO_WAIT_MUTANT(pv);
FLUSH_CLAIMS_MUTANT(pv, .elides = true);
FLUSH_MUTANT(pv, M_PV_NO_FLAG, "no-flag", .elides = true, .catcher = "stale-tlb", .bound = 50);
FLUSH_MUTANT(pv, M_PV_PLAIN_FLAG, "plain-flag", .elides = true, .catcher = "stale-tlb", .bound = 1000, .cpus = 3);
