/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's part of a paravirtual flush (mm/tlb/pv.c): a word a CPU that says whether it runs, and what it owes when it runs
 * again. KVM: the byte "preempted" of struct kvm_steal_time, with the bits KVM_VCPU_PREEMPTED and KVM_VCPU_FLUSH_TLB.
 */
#ifndef SKEET_VCPU_H
#define SKEET_VCPU_H

#include <percpu.h>

#define VCPU_STANDS 1ULL /* this CPU does not run: set and cleared by itself, as it goes and comes back */
#define VCPU_FLUSH 2ULL  /* ... and drops every translation before it goes on: set by who flushes, only beside VCPU_STANDS */

extern struct percpu_word vcpu_state[NR_CPUS];

/**
 * vcpu_stall - what a CPU does that the hypervisor takes off its core: nothing
 * @turns: how long, in turns of the others
 * @stop: not zero: come back early
 * Context: any but an NMI. Takes no interrupt meanwhile.
 */
void vcpu_stall(u64 turns, const volatile u64 *stop);

#endif
