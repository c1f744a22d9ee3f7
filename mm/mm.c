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
#include <ipi.h>
#include <mm.h>
#include <mutant.h>
#include <oracle.h>
#include <phys.h>
#include <pt.h>
#include <tlb.h>
#include <tlbi.h>

/*
 * Address-space IDs. The hardware has 2^arch_asid_bits() of them, and there may be more address spaces. Rule: two spaces that
 * any CPU may hold translations of never share one. A CPU holds none of a space that it has not loaded (arch_mmu_switch() drops
 * them), so when all IDs are given out they are called in: a new generation begins, in which only the spaces that are loaded
 * somewhere keep theirs, and every other one gets a new ID when it is loaded next. No flush is needed for that, but where translations
 * outlive a switch (arch_tlb_shared()): there what an ID leaves behind goes before it has another owner.
 *
 * Tagged (oracle image, mm_tag()): as if no switch dropped anything, on a machine with few IDs. Then a CPU may hold translations of every
 * ID that it ever used, and the rule wants a flush; but a new generation need not interrupt anybody for it. Each CPU drops what it has
 * before it loads a space for the first time in that generation (check_and_switch_context() of arm64 Linux: tlb_flush_pending, T14).
 * Until then it goes on with the space that it has loaded, whose ID is kept. And an ID is not free when its space goes: who holds what of
 * it is known at the next generation only.
 *
 * The lock covers the look at loaded[] against a CPU that is just loading: who has been given an ID of this generation is in
 * loaded[] before the lock is free. The ID of a space changes only while nobody has it loaded.
 */
#define ASIDS_MAX (1U << 16)

static struct {
	struct mm *mm; /* what this CPU has loaded; written by it only, under asids.lock when it is set */
} __cacheline loaded[NR_CPUS];

struct mm kernel_mm;

static struct {
	struct spinlock lock;
	u64 generation;
	unsigned next;             /* where to look for a free one first */
	u64 used[ASIDS_MAX / 64];  /* of this generation; ASID 0 is the kernel's map */
	unsigned tags;             /* not 0: tagged, with so many IDs beside 0 */
	struct cpumask behind;     /* tagged: CPUs that have not flushed in this generation */
} asids = { .generation = 1 };

/* Interrupts off: a handler may switch too. */
static u64 asids_lock(void)
{
	u64 flags = arch_irq_save();

	spin_lock(&asids.lock);
	return flags;
}

static void asids_unlock(u64 flags)
{
	spin_unlock(&asids.lock);
	arch_irq_restore(flags);
}

u64 mm_asid_generation(void)
{
	return asids.generation;
}

static bool take_asid(unsigned asid)
{
	u64 bit = 1ULL << (asid % 64);
	bool was_free = !(asids.used[asid / 64] & bit);

	asids.used[asid / 64] |= bit;
	return was_free;
}

/* A free one, or 0 if there is none. Lock held. */
static unsigned find_asid(void)
{
	unsigned n = asids.tags ? asids.tags + 1 : 1U << arch_asid_bits();

	for (unsigned i = 0; i < n; i++) {
		unsigned asid = (asids.next + i) % n;

		if (asid && take_asid(asid)) {
			asids.next = asid + 1;
			return asid;
		}
	}
	return 0;
}

static void roll_over(void)
{
	asids.generation++;
	for (unsigned w = 0; w < ASIDS_MAX / 64; w++)
		asids.used[w] = 0;
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		struct mm *mm = __atomic_load_n(&loaded[cpu].mm, __ATOMIC_RELAXED);

		if (!mm)
			continue;
		take_asid((unsigned)mm->asid);
		mm->asid_generation = asids.generation;
	}
	cpumask_copy(&asids.behind, &cpu_online_mask);
	for (unsigned asid = 1; arch_tlb_shared() && asid < 1U << arch_asid_bits(); asid++)
		if (!(asids.used[asid / 64] >> (asid % 64) & 1))
			tlb_retire(asid);
}

/* Give @mm an ID of this generation, if it has none. Lock held. */
static void asid_check(struct mm *mm)
{
	if (mm->asid_generation == asids.generation)
		return;
	mm->asid = find_asid();
	if (!mm->asid) {
		roll_over(); /* [asid.rollover] */
		mm->asid = find_asid();
	}
	if (!mm->asid)
		panic("mm: %u CPUs have loaded more address spaces than the hardware has IDs (%u bits)", nr_cpus, arch_asid_bits());
	mm->asid_generation = asids.generation;
}

void mm_init(void)
{
	kernel_mm.root_pa = arch_mmu_kernel_root();
}

/**
 * mm_create - an empty address space that shares the kernel's part
 * @mm: to be filled in
 */
void mm_create(struct mm *mm)
{
	const struct pword *kernel = phys_to_virt(kernel_mm.root_pa);
	struct pword *root;
	u64 flags;

	*mm = (struct mm){ .root_pa = phys_alloc_root() };
	flags = asids_lock();
	asid_check(mm);
	asids_unlock(flags);
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
	u64 flags;

	if (!mask_empty(mm->loaded))
		panic("mm: destroyed while CPUs %llx.. have it loaded", (unsigned long long)mm->loaded[0].v);
	pt_free_all(mm);
	phys_free_table(mm->root_pa);
	flags = asids_lock();
	if (arch_tlb_shared()) /* of a space whose ID was called in: of its next owner, who loses nothing but time */
		tlb_retire(mm->asid);
	if (mm->asid_generation == asids.generation && !asids.tags)
		asids.used[mm->asid / 64] &= ~(1ULL << (mm->asid % 64));
	asids_unlock(flags);
	mm->root_pa = 0;
}

static void drop_all(void *arg)
{
	(void)arg;
	tlb_inval_all_here();
}

/**
 * mm_tag - from here on, as if no switch dropped a translation, with few address-space IDs; oracle image
 * @ids: how many, at least two more than CPUs; 0: as the hardware has it again
 *
 * No CPU has an mm loaded. Every ID is called in, and on return no CPU holds a translation. Thread context, interrupts on.
 */
void mm_tag(unsigned ids)
{
	struct cpumask to;
	u64 flags;

	cpumask_copy(&to, &cpu_online_mask);
	cpumask_unset(&to, this_cpu());
	call_on_mask(&to, drop_all, NULL);
	tlb_inval_all_here();
	flags = asids_lock();
	asids.tags = ids;
	asids.next = 1;
	roll_over();
	asids_unlock(flags);
}

enum { M_PLAIN_RAN = 1, M_PLAIN_LOADED, M_PLAIN_LEAVE, M_LEAVE_FIRST, M_KEEP_STALE };

/* The first load of a space on this CPU in a new generation. Lock held. */
static __always_inline void catch_up(unsigned cpu, const unsigned mut)
{
	if (!cpumask_test(&asids.behind, cpu))
		return;
	cpumask_unset(&asids.behind, cpu);
	if (mut != M_KEEP_STALE)
		tlb_inval_all_here(); /* [asid.flush] */
}

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
		/* The ID before the bit in loaded: a flusher that sees the bit invalidates by the ID that this CPU uses. */
		spin_lock(&asids.lock); /* [asid.lock] */
		asid_check(mm);
		if (oracle_build && asids.tags)
			catch_up(cpu, mut);
		loaded[cpu].mm = mm; /* [asid.running] */
		spin_unlock(&asids.lock); /* [asid.unlock] */
		/*
		 * Full fence: the bit in loaded before the first walk through the new root. Partner: the fence between a
		 * flusher's store to a slot and its load of this mask (tlb_flush_cpus(), and the atomics of pte_xchg()).
		 * The bit in ran comes first, so that no walk is ever made where ran does not say so.
		 */
		mask_set(&mm->ran[cpu / 64], bit, mut != M_PLAIN_RAN); /* [mm.switch.ran] */
		mask_set(&mm->loaded[cpu / 64], bit, mut != M_PLAIN_LOADED); /* [mm.switch.loaded] */
		oracle_mm_load(mm); /* before the root: from the first moment when the MMU could walk */
	}
	if (mut == M_LEAVE_FIRST && old) {
		mask_unset(&old->loaded[cpu / 64], bit, true);
		pword_delay();
	}
	/* [mm.switch.root] Translations by the new root from here on; [mm.switch.leave-root] none by the old one. */
	arch_mmu_switch(mm ? mm->root_pa : kernel_mm.root_pa, mm ? mm->asid : 0);
	loaded[cpu].mm = mm; /* [asid.leave] */
	if (old) {
		oracle_mm_unload(old);
		/* After the switch of root: a full fence orders the end of all walks through the old one before the bit goes. */
		if (mut != M_LEAVE_FIRST)
			mask_unset(&old->loaded[cpu / 64], bit, mut != M_PLAIN_LEAVE); /* [mm.switch.leave] */
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

/* The bit goes while the CPU still has the root, and what it cached. */
void mm_switch_leave_first(struct mm *mm)
{
	switch_to(mm, M_LEAVE_FIRST);
}

/* T14: translations of an ID's last owner stay when the next one comes. */
void mm_switch_keep_stale(struct mm *mm)
{
	switch_to(mm, M_KEEP_STALE);
}

struct mm *mm_current(void)
{
	return loaded[this_cpu()].mm;
}

void mm_mask_clear(struct pword *mask)
{
	for (unsigned i = 0; i < nr_cpu_words; i++)
		pword_store(&mask[i], 0);
}

void mm_forget_walkers(struct mm *mm)
{
	pword_store(&mm->walk_count, 0);
	mm_mask_clear(mm->walk_mask);
}

void mm_mask_others(struct cpumask *to, const struct pword *mask)
{
	for (unsigned i = 0; i < nr_cpu_words; i++)
		to->w[i] = pword_load(&mask[i]);
	cpumask_unset(to, this_cpu());
}
