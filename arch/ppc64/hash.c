// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashed translation (Power ISA 3.0B, Book III, 5.7.7 to 5.7.9): one table for all CPUs beside the trees.
 *
 * Rule. The trees are what they are everywhere else, but no hardware walks them. What the hardware knows is the hashed table: an entry
 * (HPTE) is a translation that the tree had when somebody asked for it. A load or store that finds none is interrupted, and the handler
 * walks the tree, with interrupts off and without a lock, as hash_page_mm() of Linux does: it is one more lockless walker, and the only
 * one that the rest of this kernel's ISAs have in hardware. So on axis (c) stands what elsewhere is (b):
 *
 *   a leaf goes      its HPTEs must leave the table before its frame may be used for something else
 *   a table goes     a handler may be in it, with the slot of what it will enter: only a sync can wait for it. Linux's hash collapse
 *                    still does (hash__pmdp_collapse_flush()), where radix has a flush of walk caches
 *
 * Who wins. The handler and who empties the slot agree by the table's lock:
 *
 *   handler                              who empties the slot
 *   announce; full fence                 empty the slot; full fence (publish)
 *   walk to the leaf                     nothing announced there: done
 *   lock; is the slot as it was?         lock; take the HPTEs out; unlock
 *   enter; unlock
 *
 * If the handler has the lock first, its HPTE is there to be found. If it comes second, the slot that it looks at once more is empty
 * (the lock carries the store), and nothing is entered. That look needs the table of the slot: it is why the walk lasts until then.
 * Linux has H_PAGE_BUSY in the entry itself for it, and H_PAGE_HASHPTE for the announcement, which spares the search where nothing can
 * be found: there a store and a load on either side, in the order of a full fence each, of which one must see the other's.
 *
 * An HPTE outlives a switch of space: it belongs to the machine, and to the address-space ID in its VSID. So it goes by ID before that
 * is given out again (arch_asid_retire()), and a flush reaches it whether anybody has the space loaded or not (arch_tlb_shared()).
 *
 * Where an entry is, is remembered beside the table, for its owner may be a hypervisor: a word a slot, which has the vpn.
 */
#include <barrier.h>
#include <bootinfo.h>
#include <console.h>
#include <cpu.h>
#include <mm.h>
#include <oracle.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <tlbi.h>
#include <walk.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

struct ppc64_hash ppc64_hash;

#define SLBS 32 /* of every CPU since POWER7; 0 is the kernel's */
#define IDS (1U << HASH_ID_BITS)
#define BLOCKS (1U << 16)
_Static_assert(HASH_ID_BITS == PPC64_PID_BITS, "an ID of every space fits into a VSID");
#define FREE 0ULL
#define KERNEL (~0ULL) /* stays */

static const struct ppc64_hpt_ops *table;
static struct spinlock hpt_lock; /* the table and what_is[]; interrupts off, for the handler takes it */
static u64 *what_is;             /* by slot: FREE, KERNEL, or the vpn of a space whose ID is not 0 */
static u64 nr_slots;

/* HPTEs that are there or announced: of a space, and of 2M of one (or of several that meet here). Atomic. */
static u32 of_space[IDS], of_block[BLOCKS];

static struct {
	unsigned next; /* slot of the SLB to use next */
} __cacheline slb[NR_CPUS];

static u32 *block_of(u64 vpn)
{
	return &of_block[((vpn >> 9) * 0x9e3779b97f4a7c15ULL) >> 48];
}

static void announce(u64 vpn)
{
	__atomic_fetch_add(&of_space[ppc64_vpn_id(vpn)], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(block_of(vpn), 1, __ATOMIC_RELAXED);
}

static void withdraw(u64 vpn)
{
	__atomic_fetch_sub(&of_space[ppc64_vpn_id(vpn)], 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(block_of(vpn), 1, __ATOMIC_RELAXED);
}

static u64 lock(void)
{
	u64 flags = arch_irq_save();

	spin_lock(&hpt_lock);
	return flags;
}

static void unlock(u64 flags)
{
	spin_unlock(&hpt_lock);
	arch_irq_restore(flags);
}

/* --- slots; the lock is held --- */

static u64 group_of(u64 hash, bool secondary)
{
	return (secondary ? ~hash : hash) & ((1ULL << ppc64_hash.group_bits) - 1);
}

/* The slot of @vpn, or -1. */
static s64 find(u64 vpn)
{
	u64 hash = ppc64_hash_of(vpn, ppc64_hash.user.shift);

	for (unsigned secondary = 0; secondary < 2; secondary++) {
		u64 first = group_of(hash, secondary) * HPT_GROUP;

		for (u64 slot = first; slot < first + HPT_GROUP; slot++)
			if (what_is[slot] == vpn)
				return (s64)slot;
	}
	return -1;
}

struct batch {
	u64 slot[HPT_BATCH], vpn[HPT_BATCH];
	unsigned n;
};

static void batch_run(struct batch *b)
{
	if (!b->n)
		return;
	table->remove(b->slot, b->vpn, b->n);
	for (unsigned i = 0; i < b->n; i++)
		withdraw(b->vpn[i]);
	b->n = 0;
}

static void batch_add(struct batch *b, u64 slot)
{
	b->slot[b->n] = slot;
	b->vpn[b->n++] = what_is[slot];
	what_is[slot] = FREE;
	if (b->n == HPT_BATCH)
		batch_run(b);
}

static void remove_slot(u64 slot)
{
	struct batch b = { .n = 0 };

	batch_add(&b, slot);
	batch_run(&b);
	ppc64_hash_complete();
}

/* One of the primary group makes room: any but the kernel's. */
static void evict(u64 hash)
{
	u64 first = group_of(hash, false) * HPT_GROUP, turn = insn_mftb();

	for (unsigned i = 0; i < HPT_GROUP; i++) {
		u64 slot = first + (turn + i) % HPT_GROUP;

		if (what_is[slot] == KERNEL)
			continue;
		remove_slot(slot);
		return;
	}
	panic("hash: group %llu of the table holds entries of the kernel only", (unsigned long long)(first / HPT_GROUP));
}

static void enter(u64 vpn, u64 r, const struct ppc64_hash_size *s, u64 what)
{
	u64 hash = ppc64_hash_of(vpn, s->shift), v = ppc64_hpte_v(vpn, s);

	for (;;) {
		for (unsigned secondary = 0; secondary < 2; secondary++) {
			s64 slot = table->enter(group_of(hash, secondary), v | (secondary ? HPTE_SECONDARY : 0), r);

			if (slot >= 0) {
				what_is[slot] = what;
				return;
			}
		}
		evict(hash);
	}
}

/* --- the handler --- */

struct fill {
	u64 ea, vpn;
	bool store, entered;
};

/* Inside the walk: its slot is looked at once more. */
static bool fill(void *arg, pte_t e, unsigned level, const struct pword *slot)
{
	struct fill *f = arg;
	u64 offset = f->ea & (pt_size(level) - 1), flags;
	s64 old;

	if (f->store && !(arch_pte_prot(e) & PROT_W))
		return false;
	flags = lock();
	oracle_walk_loaded(slot, e, f->ea, level);
	if (pte_load(slot) == e) {
		pword_delay(); /* the longest that a hypervisor may keep this CPU before it has entered what it looked at */
		old = find(f->vpn);
		if (old >= 0)
			remove_slot((u64)old); /* of fewer rights, or another CPU's */
		enter(f->vpn, ppc64_hpte_r(arch_pte_pa(e, level) + offset, arch_pte_prot(e), &ppc64_hash.user), &ppc64_hash.user, f->vpn);
		f->entered = true;
	}
	unlock(flags);
	return true;
}

bool ppc64_hash_fault(u64 ea, bool store)
{
	struct mm *mm = mm_current();
	struct fill f = { .ea = ea, .store = store };
	bool again;

	if (!mm || ea >= HASH_USER_END)
		return false;
	oracle_trap_enter();
	f.vpn = ppc64_vpn(mm->asid, ea & ~((1ULL << ppc64_hash.user.shift) - 1));
	announce(f.vpn);
	arch_fence_full(); /* the announcement before the walk; pairs with publish, between the empty slot and the look at the counts */
	again = walk_fault(mm, ea, fill, &f);
	if (!f.entered)
		withdraw(f.vpn);
	oracle_trap_leave();
	return again;
}

bool ppc64_hash_segment_fault(u64 ea)
{
	const struct mm *mm = mm_current();
	unsigned *next = &slb[this_cpu()].next;

	if (!mm || ea >= HASH_USER_END)
		return false;
	*next = *next % (SLBS - 1) + 1;
	insn_isync();
	insn_slbmte(ppc64_slb_rs(ppc64_vsid(mm->asid, ea), ppc64_hash.user.llp), ppc64_slb_rb(ea, *next));
	insn_isync();
	return true;
}

/* --- invalidates --- */

/* One 2M block, or part of one. */
static u64 remove_block(u64 id, u64 ea, u64 end)
{
	struct batch b = { .n = 0 };
	u64 announced = __atomic_load_n(block_of(ppc64_vpn(id, ea)), __ATOMIC_RELAXED), n = 0, flags;

	if (!announced)
		return 0;
	flags = lock();
	for (; ea < end && n < announced; ea += 1ULL << ppc64_hash.user.shift) {
		s64 slot = find(ppc64_vpn(id, ea));

		if (slot < 0)
			continue;
		batch_add(&b, (u64)slot);
		n++;
	}
	batch_run(&b);
	unlock(flags);
	return n;
}

u64 ppc64_hash_remove(u64 id, u64 ea, u64 nr, unsigned level)
{
	u64 end = ea + nr * pt_size(level), n = 0;

	while (ea < end) {
		u64 next = (ea & ~(pt_size(1) - 1)) + pt_size(1);

		next = next < end ? next : end;
		n += remove_block(id, ea, next);
		ea = next;
	}
	return n;
}

u64 ppc64_hash_remove_space(u64 id)
{
	struct batch b = { .n = 0 };
	u64 announced = ppc64_hash_count(id), n = 0, flags;

	if (!announced)
		return 0;
	flags = lock();
	for (u64 slot = 0; slot < nr_slots && n < announced; slot++) {
		if (what_is[slot] == FREE || what_is[slot] == KERNEL || ppc64_vpn_id(what_is[slot]) != id)
			continue;
		batch_add(&b, slot);
		n++;
	}
	batch_run(&b);
	unlock(flags);
	return n;
}

u64 ppc64_hash_remove_all(void)
{
	u64 n = 0;

	for (u64 id = 1; id < IDS; id++)
		n += ppc64_hash_remove_space(id);
	return n;
}

u64 ppc64_hash_count(u64 id)
{
	return __atomic_load_n(&of_space[id], __ATOMIC_RELAXED);
}

void ppc64_hash_complete(void)
{
	if (ppc64_bare) {
		insn_eieio();
		insn_tlbsync();
	}
	insn_ptesync();
}

/* --- bringing it up --- */

static const struct ppc64_hash_size *size_of(unsigned shift)
{
	for (unsigned i = 0; i < ppc64_cpus.nr_hash_sizes; i++)
		if (ppc64_cpus.hash_size[i].shift == shift)
			return &ppc64_cpus.hash_size[i];
	return NULL;
}

/* The kernel's map takes the largest there is up to 16M. */
const char *ppc64_hash_configure(unsigned page_shift)
{
	const struct ppc64_hash_size *user = size_of(page_shift);

	if (!ppc64_bare && !ppc64_papr.has_hash)
		return "mmu=hash: this hypervisor offers no hashed table (ibm,arch-vec-5-platform-support); valid is mmu=radix";
	if (!ppc64_bare && !(ppc64_papr.hcalls >> PPC64_HCALL_PFT & 1))
		return "mmu=hash: this hypervisor has no H_ENTER (hcall-pft in ibm,hypertas-functions); valid is mmu=radix";
	if (!ppc64_cpus.has_1t)
		return "mmu=hash: this CPU has no segments of 1T (ibm,processor-segment-sizes); valid is mmu=radix";
	if (!user)
		return page_shift == 12 ? "mmu=hash: this CPU has no pages of 4K (ibm,segment-page-sizes); valid is base=64k" :
					  "mmu=hash: this CPU has no pages of 64K (ibm,segment-page-sizes); valid is base=4k";
	ppc64_hash.user = ppc64_hash.kernel = *user;
	for (unsigned i = 0; i < ppc64_cpus.nr_hash_sizes; i++)
		if (ppc64_cpus.hash_size[i].shift <= 24 && ppc64_cpus.hash_size[i].shift > ppc64_hash.kernel.shift)
			ppc64_hash.kernel = ppc64_cpus.hash_size[i];
	table = ppc64_bare ? &ppc64_hpt_native : &ppc64_hpt_papr;
	ppc64_hash.on = true;
	return NULL;
}

/* Memory at its address, in quadrant 3, whose first segment is that of ID 0. */
static void enter_kernel(void)
{
	const struct ppc64_hash_size *s = &ppc64_hash.kernel;

	for (unsigned i = 0; i < boot_info->nr_ram; i++) {
		u64 pa = boot_info->ram[i].start & ~((1ULL << s->shift) - 1), end = boot_info->ram[i].start + boot_info->ram[i].size;

		if (end > 1ULL << HASH_SEGMENT_SHIFT)
			panic("hash: memory at 0x%llx: the kernel's segment reaches to 1T", (unsigned long long)end);
		for (; pa < end; pa += 1ULL << s->shift)
			enter(ppc64_vpn(0, pa), ppc64_hpte_r(pa, PROT_R | PROT_W | PROT_X, s), s, KERNEL);
	}
}

void ppc64_hash_init(void)
{
	ppc64_hash.group_bits = table->init();
	nr_slots = (u64)HPT_GROUP << ppc64_hash.group_bits;
	what_is = phys_to_virt(phys_alloc_pages((unsigned)((nr_slots * sizeof(*what_is) + PAGE_SIZE - 1) / PAGE_SIZE)));
	for (u64 slot = 0; slot < nr_slots; slot++)
		what_is[slot] = FREE;
	enter_kernel();
}

void ppc64_hash_init_cpu(void)
{
	insn_slbia();
	insn_slbmte(0, 0); /* slbia keeps entry 0 */
	insn_slbmte(ppc64_slb_rs(ppc64_vsid(0, KERNEL_BASE), ppc64_hash.kernel.llp), ppc64_slb_rb(KERNEL_BASE, 0));
	insn_isync();
}

void ppc64_hash_switch(void)
{
	insn_isync();
	insn_slbia();
	insn_isync();
	slb[this_cpu()].next = 0;
}
