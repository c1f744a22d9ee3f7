// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces, and the two masks that decide who is interrupted.
 *
 * loaded: CPUs that may hold a translation of the mm, because it is (or is just being) loaded there. A TLB method reads it
 *         after its store to the slot. ran: CPUs where it ever was; the cpumask scheme interrupts those.
 *
 * The race of mm_switch() with a flusher (T7 in Linux's terms: switch_mm_irqs_off() and flush_tlb_mm_range()):
 *
 *   this CPU                       the flusher
 *   set own bit                    empty the slot
 *   full fence (the atomic or)     full fence
 *   load the root, walk            load the mask
 *
 * Both orders cannot fail: if the flusher does not see the bit, then this CPU's walks come after the emptied slot and cache
 * nothing old. Leaving goes the other way round: first another root (which drops what the old one cached), then the bit.
 * A flusher that still sees it interrupts once too often, never once too seldom.
 */
#include <console.h>
#include <cpu.h>
#include <mm.h>
#include <mutant.h>
#include <oracle.h>
#include <phys.h>
#include <pt.h>
#include <tlbi.h>

/* ASID 0 is the kernel's map. 8 bits are what every ISA with ASIDs has at least. */
#define NR_ASIDS 256

static struct {
	struct mm *mm; /* what this CPU has loaded; read and written by it only */
} __cacheline loaded[NR_CPUS];

static u64 kernel_root;
static struct spinlock asid_lock;
static u64 asid_used[NR_ASIDS / 64] = { 1 };

static u64 asid_get(void)
{
	for (unsigned w = 0; w < NR_ASIDS / 64; w++) {
		u64 bit = ~asid_used[w] & -~asid_used[w];

		if (!bit)
			continue;
		asid_used[w] |= bit;
		return w * 64 + (unsigned)__builtin_ctzll(bit);
	}
	panic("mm: all %u address-space IDs are in use", NR_ASIDS - 1);
}

void mm_init(void)
{
	kernel_root = arch_mmu_kernel_root();
}

/**
 * mm_create - an empty address space that shares the kernel's part
 * @mm: to be filled in
 */
void mm_create(struct mm *mm)
{
	const struct pword *kernel = phys_to_virt(kernel_root);
	struct pword *root;

	*mm = (struct mm){ .root_pa = phys_alloc_table() };
	spin_lock(&asid_lock);
	mm->asid = asid_get();
	spin_unlock(&asid_lock);
	root = phys_to_virt(mm->root_pa);
	for (unsigned i = 0; i < ARCH_KERNEL_SLOTS; i++)
		root[i].v = kernel[i].v; /* nobody else knows this table yet, and the kernel's is constant */
}

static bool mask_empty(const struct pword *mask)
{
	for (unsigned i = 0; i < CPUMASK_WORDS; i++)
		if (pword_load(&mask[i]))
			return false;
	return true;
}

/**
 * mm_destroy - free every table of an address space
 *
 * Leaves are cleared; the frames that they point to keep their references, because only the caller knows whose they are.
 * No CPU may have @mm loaded and no walker may walk it: there is nobody to invalidate or to wait for.
 */
void mm_destroy(struct mm *mm)
{
	if (!mask_empty(mm->loaded))
		panic("mm: destroyed while CPUs %llx.. have it loaded", (unsigned long long)mm->loaded[0].v);
	pt_free_all(mm);
	phys_free_table(mm->root_pa);
	spin_lock(&asid_lock);
	asid_used[mm->asid / 64] &= ~(1ULL << (mm->asid % 64));
	spin_unlock(&asid_lock);
	mm->root_pa = 0;
}

enum { M_PLAIN_RAN = 1, M_PLAIN_LOADED, M_PLAIN_LEAVE };

static __always_inline void mask_set(struct pword *word, u64 bit, bool atomic)
{
	if (atomic)
		pword_or(word, bit);
	else
		pword_store(word, pword_load(word) | bit);
}

static __always_inline void mask_unset(struct pword *word, u64 bit, bool atomic)
{
	if (atomic)
		pword_and(word, ~bit);
	else
		pword_store(word, pword_load(word) & ~bit);
}

static __always_inline void switch_to(struct mm *mm, const unsigned mut)
{
	u64 flags = arch_irq_save();
	unsigned cpu = this_cpu();
	struct mm *old = loaded[cpu].mm;
	u64 bit = 1ULL << (cpu % 64);

	if (old == mm) {
		arch_irq_restore(flags);
		return;
	}
	if (mm) {
		/*
		 * Full fence: the bit in loaded before the first walk through the new root. Partner: the fence between a
		 * flusher's store to a slot and its load of this mask (tlb_flush_cpus(), and the atomics of pte_xchg()).
		 * The bit in ran comes first, so that no walk is ever made where ran does not say so.
		 */
		mask_set(&mm->ran[cpu / 64], bit, mut != M_PLAIN_RAN);
		mask_set(&mm->loaded[cpu / 64], bit, mut != M_PLAIN_LOADED);
		oracle_mm_load(mm); /* before the root: from the first moment when the MMU could walk */
	}
	arch_mmu_switch(mm ? mm->root_pa : kernel_root, mm ? mm->asid : 0);
	loaded[cpu].mm = mm;
	if (old) {
		oracle_mm_unload(old);
		/* After the switch of root: a full fence orders the end of all walks through the old one before the bit goes. */
		mask_unset(&old->loaded[cpu / 64], bit, mut != M_PLAIN_LEAVE);
		oracle_drain(); /* who reads the mask without the bit knows that the walks made here are over */
	}
	arch_irq_restore(flags);
}

/**
 * mm_switch - load an address space on this CPU
 * @mm: NULL for the kernel's own map
 *
 * Context: any; interrupts are off meanwhile, so that a flush finds either the old state or the new one.
 */
void mm_switch(struct mm *mm)
{
	switch_to(mm, MUT_NONE);
}

/* Two CPUs that switch at once: one's bit is lost. */
void mm_switch_plain_ran(struct mm *mm)
{
	switch_to(mm, M_PLAIN_RAN);
}

/* The same; and the bit may sit in the store buffer while the CPU translates. (Not on x86, where MOV to CR3 empties it.) */
void mm_switch_plain_loaded(struct mm *mm)
{
	switch_to(mm, M_PLAIN_LOADED);
}

/* The bit of a CPU that came meanwhile is lost, or that of one that left comes back. */
void mm_switch_plain_leave(struct mm *mm)
{
	switch_to(mm, M_PLAIN_LEAVE);
}

struct mm *mm_current(void)
{
	return loaded[this_cpu()].mm;
}

void mm_mask_others(struct cpumask *to, const struct pword *mask)
{
	for (unsigned i = 0; i < nr_cpu_words; i++)
		to->w[i] = pword_load(&mask[i]);
	cpumask_unset(to, this_cpu());
}
