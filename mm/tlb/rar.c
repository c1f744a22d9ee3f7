// SPDX-License-Identifier: GPL-2.0-only
/*
 * rar: each CPU that has the mm loaded finds in its mailbox what to invalidate, and its processor does that without the kernel there.
 * Intel's Remote Action Request, as a series for Linux uses it that is not merged (Yu-cheng Yu, Rik van Riel: "Intel RAR TLB
 * invalidation": smp_call_rar_many()). By policy: an NMI plays the processor's part.
 *
 * State. A table of payloads (what to invalidate), all CPUs'; who wants one takes a free slot. For each CPU an action word a slot: 0 done,
 * 1 pending, 0x80 failed. The sender writes the payload, sets the words of its targets, and sends; each target carries out every
 * payload whose word is pending, and sets the word to done; the sender waits for the words, then frees the slot.
 * There is no lock around it: two senders take two slots, and are on their way at the same time.
 *
 * Invariant. A slot is not taken again while any target's word of it is pending: whoever looked late would carry out the next
 * sender's payload, and the first sender would take that for its own (the mutation reuse-slot).
 *
 * Whom it drains: nobody. With IGNORE_IF set the processor does not ask whether the kernel there has interrupts closed, and a walk goes on
 * behind it; the series was asked exactly that (would it not break GUP-fast?), and stands on tables that are freed by RCU. The
 * mutation claims-to-drain says otherwise.
 *
 * Order.  sender: full fence (T7) before the mask; payload, then words (release); both before the request is sent (what sends it drains).
 *         target: word (acquire), payload, invalidate complete, word done (release).
 *         sender: words (acquire), then the slot is free (release) for who takes it (atomic).
 * A failure is not played here: hardware reports one for payloads that it cannot read.
 */
#include <cpu.h>
#include <percpu.h>
#include <rar.h>
#include <smp.h>

#include "flush.h"

#define rar_REACH TLB_REACH_IRQ
#define rar_DRAINS TLB_DRAINS_NOBODY
#define rar_LACKS rar_lacks

#define SLOTS 2u /* hardware: up to 64; so that senders wait for one in a small machine */

enum { M_RAR_REUSE_SLOT = 90, M_RAR_NO_WAIT };
enum { RAR_DONE, RAR_PENDING };

static struct pword taken; /* a bit a slot */
static struct tlb_request payload[SLOTS];
static struct {
	struct pword action[SLOTS];
} __cacheline mailbox[NR_CPUS];

static const char *rar_lacks(void)
{
	const char *lacks = arch_tlbi_lacks_local();

	return lacks ? lacks : arch_nmi_lacks();
}

/* --- the processor's part. It reads memory as it is: no accessor, and none of their delay points, which are not for NMIs. --- */

void rar_serve(void)
{
	unsigned cpu = this_cpu();

	for (unsigned slot = 0; slot < SLOTS; slot++) {
		u64 *action = &mailbox[cpu].action[slot].v;

		/* Acquire: pairs with the release in post(). */
		if (__atomic_load_n(action, __ATOMIC_ACQUIRE) != RAR_PENDING)
			continue;
		tlb_request_run_one(&payload[slot]);
		cpu_area[cpu].tlb_recv++;
		/* Release: pairs with the acquire in wait_for(). */
		__atomic_store_n(action, RAR_DONE, __ATOMIC_RELEASE);
	}
}

/* --- the sender's part --- */

static __always_inline bool try_slot(unsigned *slot)
{
	u64 v = pword_load(&taken);

	for (*slot = 0; *slot < SLOTS; ++*slot)
		if (!(v >> *slot & 1))
			return pword_cmpxchg(&taken, v, v | 1ULL << *slot);
	return false;
}

static __always_inline void free_slot(unsigned slot)
{
	pword_and(&taken, ~(1ULL << slot));
}

static __always_inline void post(const struct cpumask *to, unsigned slot)
{
	unsigned cpu;

	for_each_cpu(cpu, to)
		/* Release: the payload first; pairs with the acquire in rar_serve(). */
		pword_store_release(&mailbox[cpu].action[slot], RAR_PENDING);
	oracle_drain(); /* what sends the request does not overtake them */
}

static __always_inline void wait_for(const struct cpumask *to, unsigned slot)
{
	unsigned cpu;

	for_each_cpu(cpu, to) {
		unsigned late = 0;

		/* Acquire: pairs with the release in rar_serve(). */
		wait_until(pword_load_acquire(&mailbox[cpu].action[slot]) == RAR_DONE, wait_late("a mailbox to be emptied", &late));
	}
}

static __always_inline void rar_reach(struct mm *mm, const struct tlb_range *r, struct cpumask *to, const unsigned mut)
{
	unsigned n = cpumask_weight(to), late = 0, slot;

	wait_until(try_slot(&slot), wait_late("a free payload slot", &late));
	tlb_request_make(&payload[slot], mm, r);
	tlb_count.ipi += n;
	tlb_count.tlbi += n * tlb_raw_ops(&payload[slot]);
	post(to, slot);
	tlb_count.msg += nmi_mail_cpus(to, n);
	if (mut == M_RAR_REUSE_SLOT)
		free_slot(slot);
	if (mut != M_RAR_NO_WAIT)
		wait_for(to, slot);
	if (mut != M_RAR_REUSE_SLOT)
		free_slot(slot);
}

/* Two payloads must be under way at once. */
static inline const char *rar_reuse_lacks(void)
{
	const char *lacks = rar_LACKS();

	return !lacks && ARCH_NMI_AT_ONCE ? "an NMI is taken before its sender goes on: no two payloads are under way" : lacks;
}

FLUSH_METHOD(rar, .doc = "mailbox of each CPU that has the mm loaded (here: by NMI); reaches closed CPUs, drains nobody", .on_request = true);
FLUSH_CLAIMS_MUTANT(rar);
FLUSH_MUTANT(rar, M_RAR_NO_WAIT, "no-wait", .catcher = "stale-tlb", .sync = "none", .walk = WALK_T_GUP, .bound = 200);
FLUSH_MUTANT_(rar, M_RAR_REUSE_SLOT, "reuse-slot", rar_reuse_lacks, .catcher = "stale-tlb", .workload = "lazy-storm",
	      .sync = "active-mm", .walk = WALK_T_GUP, .bound = 2000, .cpus = 4);
