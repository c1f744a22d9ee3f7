// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hashed table and the handler that fills it (hash.c): what is in it, who takes it out, and that the handler is a lockless
 * walker like the others. A stale entry of this table is no matter of TLBs that forget: it is there until it is taken out.
 */
#include <console.h>
#include <fault.h>
#include <gather.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <sync.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/ppc64.h>

#include "../../tests/mm_fixture.h"

#define NEED_HASH(r)                                                                               \
	do {                                                                                       \
		if (!ppc64_hash.on) {                                                              \
			test_set(r, T_SKIP, "translation by radix trees (the word mmu=hash runs it)"); \
			return;                                                                    \
		}                                                                                  \
	} while (0)

static u64 load(u64 va)
{
	return *(volatile u64 *)va;
}

static u64 frame_with(u64 word)
{
	u64 pa = phys_alloc_page();

	*(volatile u64 *)phys_to_virt(pa) = word;
	return pa;
}

/* The method that reaches the table here, without and with a hypervisor. */
static const struct tlb_method *method(void)
{
	return tlb_method_find(ppc64_bare ? "hw" : "fw");
}

static void flush(struct mm *mm, u64 va, u64 nr, unsigned level)
{
	const struct tlb_range range = { .va = va, .nr = nr, .level = level };

	method()->inval(mm, &range, NULL);
}

static void no_flush(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	(void)mm, (void)r;
	cpumask_clear(drained);
}

static const struct tlb_method unflushed = { .name = "unflushed", .inval = no_flush };

static void repoint(struct mm *mm, u64 va, u64 pa, unsigned prot)
{
	struct pword *slot = pt_slot(mm, va, 0, false);

	spin_lock(&mm->lock);
	pte_store(mm, slot, va, 0, arch_pte_leaf(pa, prot, 0));
	spin_unlock(&mm->lock);
	arch_tlbi_publish();
}

/* --- what is in it --- */

TEST_CASE(arch_hash, on_demand)
{
	u64 va = test_va(5), pa = 0, mapped, touched, rest;
	const unsigned n = 9;
	struct mm mm;

	NEED_HASH(r);
	pa = phys_alloc_page();
	mm_create(&mm);
	for (unsigned i = 0; i < n; i++)
		pt_map(&mm, va + i * PAGE_SIZE, pa, PROT_R, 0);
	mapped = ppc64_hash_count(mm.asid);
	mm_switch(&mm);
	for (unsigned i = 0; i < n; i++)
		load(va + i * PAGE_SIZE);
	touched = ppc64_hash_count(mm.asid);
	flush(&mm, va, n - 2, 0);
	rest = ppc64_hash_count(mm.asid);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	T_EXPECT(r, mapped == 0, "%lu entries before the first access", mapped);
	T_EXPECT(r, touched == n, "%lu entries for %u pages", touched, n);
	T_EXPECT(r, rest == 2, "%lu entries behind a flush of all pages but 2", rest);
	T_EXPECT(r, ppc64_hash_count(mm.asid) == 0, "%lu entries are left of a space that is gone", ppc64_hash_count(mm.asid));
	test_set(r, T_PASS, "an entry for each page that was accessed, until it is flushed; none outlives the space");
}

/* A large leaf has an entry for each small page of it that was accessed. */
TEST_CASE(arch_hash, large_leaf)
{
	u64 va = test_va(6), pa, touched, rest, small;
	struct mm mm;

	NEED_HASH(r);
	pa = phys_alloc_huge();
	small = 1ULL << ppc64_hash.user.shift;
	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R | PROT_W, 1);
	for (unsigned i = 0; i < 5; i++)
		*(volatile u64 *)phys_to_virt(pa + i * 5 * small) = 0x1a12e0 + i;
	mm_switch(&mm);
	for (unsigned i = 0; i < 5; i++)
		T_EXPECT(r, load(va + i * 5 * small) == 0x1a12e0 + i, "part %u of the leaf reads 0x%lx", i, load(va + i * 5 * small));
	touched = ppc64_hash_count(mm.asid);
	flush(&mm, va, 1, 1);
	rest = ppc64_hash_count(mm.asid);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	T_EXPECT(r, touched == 5, "%lu entries for 5 parts of a leaf", touched);
	T_EXPECT(r, rest == 0, "%lu entries of a leaf behind its flush", rest);
	test_set(r, T_PASS, "5 parts of a 2M leaf are 5 entries, and one flush takes them out");
}

/* More pages of one group than it and its secondary one have room for. */
TEST_CASE(arch_hash, full_group)
{
	enum { PAGES = 3 * HPT_GROUP };
	u64 stride, va = test_va(7), pa[PAGES], most = 0;
	unsigned bad = 0;
	struct mm mm;

	NEED_HASH(r);
	stride = 1ULL << (ppc64_hash.group_bits + ppc64_hash.user.shift);
	mm_create(&mm);
	for (unsigned i = 0; i < PAGES; i++) {
		pa[i] = frame_with(0xf0110 + i);
		pt_map(&mm, va + i * stride, pa[i], PROT_R, 0);
	}
	mm_switch(&mm);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < PAGES; i++) {
			bad += load(va + i * stride) != 0xf0110 + i;
			most = ppc64_hash_count(mm.asid) > most ? ppc64_hash_count(mm.asid) : most;
		}
	mm_switch(NULL);
	mm_destroy(&mm);
	for (unsigned i = 0; i < PAGES; i++)
		frame_put(pa[i]);
	T_EXPECT(r, !bad, "%u of %u loads read another page", bad, 3 * PAGES);
	T_EXPECT(r, most <= 2 * HPT_GROUP, "%lu entries in two groups of %u", most, HPT_GROUP);
	T_EXPECT(r, ppc64_hash_count(mm.asid) == 0, "%lu entries are left", ppc64_hash_count(mm.asid));
	test_set(r, T_PASS, "%u pages of one group, %lu entries at most: the others make room and come again", PAGES, most);
}

/* More segments than an SLB has entries. */
TEST_CASE(arch_hash, segments)
{
	enum { SEGMENTS = 40 };
	u64 pa[SEGMENTS], step = 1ULL << HASH_SEGMENT_SHIFT;
	unsigned bad = 0;
	struct mm mm;

	NEED_HASH(r);
	mm_create(&mm);
	for (unsigned i = 0; i < SEGMENTS; i++) {
		pa[i] = frame_with(0x5e60 + i);
		pt_map(&mm, (i + 1) * step, pa[i], PROT_R, 0);
	}
	mm_switch(&mm);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < SEGMENTS; i++)
			bad += load((i + 1) * step) != 0x5e60 + i;
	mm_switch(NULL);
	mm_destroy(&mm);
	for (unsigned i = 0; i < SEGMENTS; i++)
		frame_put(pa[i]);
	T_EXPECT(r, !bad, "%u of %u loads read another segment's page", bad, 2 * SEGMENTS);
	test_set(r, T_PASS, "%u segments of 1T, read twice", SEGMENTS);
}

/* Read-only first, then more rights without a flush: the handler exchanges the entry. */
TEST_CASE(arch_hash, more_rights)
{
	u64 va = test_va(5), pa, got, entries;
	struct mm mm;

	NEED_HASH(r);
	pa = frame_with(1);
	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, 0);
	mm_switch(&mm);
	load(va);
	repoint(&mm, va, pa, PROT_R | PROT_W);
	*(volatile u64 *)va = 2;
	got = *(volatile u64 *)phys_to_virt(pa);
	entries = ppc64_hash_count(mm.asid);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	T_EXPECT(r, got == 2, "a store where the tree permits it now: memory has %lu", got);
	T_EXPECT(r, entries == 1, "%lu entries of one page", entries);
	test_set(r, T_PASS, "a store meets a read-only entry, and a tree that permits it: another entry");
}

/* --- who takes it out --- */

/* Not the switch: what TLBs of other kinds lose there is still here when the space comes back. */
TEST_CASE(arch_hash, outlives_switch)
{
	u64 va = test_va(5), old, new, stale, fresh;
	struct mm mm;

	NEED_HASH(r);
	old = frame_with(0x01d);
	new = frame_with(0x0e3);
	mm_create(&mm);
	pt_map(&mm, va, old, PROT_R, 0);
	mm_switch(&mm);
	load(va);
	mm_switch(NULL);
	repoint(&mm, va, new, PROT_R);
	mm_switch(&mm);
	stale = load(va);
	mm_switch(NULL);
	flush(&mm, va, 1, 0); /* nobody has it loaded */
	mm_switch(&mm);
	fresh = load(va);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(old);
	frame_put(new);
	T_EXPECT(r, stale == 0x01d, "0x%lx behind a switch without a flush: the entry went by itself", stale);
	T_EXPECT(r, fresh == 0x0e3, "0x%lx behind a flush while nobody had the space loaded", fresh);
	test_set(r, T_PASS, "an entry outlives a switch of space; a flush takes it out though nobody has the space loaded");
}

/* Nobody has the space loaded; the oracle says the same. @level: of what goes: a leaf, or a table that had none. */
static const char *unhook_unloaded(unsigned level, bool flushed)
{
	u64 va = test_va(5), pa = phys_alloc_page();
	struct mmu_gather g;
	struct mm mm;
	const char *bad;

	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R, 0);
	if (level) {
		pt_unmap(&mm, va, 0, NULL);
		flush(&mm, va, 1, 0);
	}
	test_oracle_start();
	mm_switch(&mm); /* and leave it again, with an entry */
	if (!level)
		load(va);
	mm_switch(NULL);
	gather_begin(&g, &mm, flushed ? method() : &unflushed, test_no_walkers);
	if (level) {
		struct pword *slot = pt_slot(&mm, va, 1, false);

		spin_lock(&mm.lock);
		gather_unhook_table(&g, slot, va, 1);
		spin_unlock(&mm.lock);
	} else {
		gather_unhook_leaf(&g, va, 0);
	}
	gather_finish(&g);
	bad = test_oracle_stop();
	mm_destroy(&mm);
	if (level)
		frame_put(pa);
	return bad;
}

TEST_CASE(arch_hash, oracle)
{
	const char *bad;

	NEED_HASH(r);
	if (!oracle_build) {
		test_set(r, T_SKIP, "the timing image has no oracle");
		return;
	}
	bad = unhook_unloaded(0, false);
	T_EXPECT(r, bad, "a leaf went without a flush while nobody had the space loaded any more, and it is silent");
	bad = unhook_unloaded(0, true);
	T_EXPECT(r, !bad, "a leaf went with a flush: %s", bad);
	bad = unhook_unloaded(1, false);
	T_EXPECT(r, !bad, "a table, which no hardware walks, went without a flush: %s", bad);
	test_set(r, T_PASS, "a leaf wants its flush whoever has the space loaded; a table wants none");
}

/* --- the handler is a walker --- */

static struct {
	struct mm mm;
	const struct sync_scheme *scheme;
	u64 va, seed;
	unsigned keep, walks; /* turns; so far */
	volatile u64 stop, loads, bad;
} crowd;

/* The handler's walk, in which a hypervisor takes the CPU away now and then. */
struct kept_use {
	walk_use_fn *use;
	void *arg;
};

static bool kept(void *arg, pte_t e, unsigned level, const struct pword *slot)
{
	const struct kept_use *k = arg;

	if (crowd.walks++ % 4 == 0)
		for (unsigned i = 0; i < crowd.keep && !crowd.stop; i++)
			arch_relax();
	return k->use(k->arg, e, level, slot);
}

static bool kept_fault(struct mm *mm, u64 va, walk_use_fn *use, void *arg)
{
	struct kept_use k = { use, arg };

	return crowd.scheme->fault(mm, va, kept, &k);
}

/* Loads all over a 2M range, each of which may find no entry. */
static void touch(void *arg)
{
	u64 rng = *(u64 *)arg | 1, word;

	mm_switch(&crowd.mm);
	while (!crowd.stop) {
		u64 at = rng_next(&rng) % (pt_size(1) / PAGE_SIZE) * PAGE_SIZE;

		if (arch_probe_read((const u64 *)(crowd.va + at), &word))
			crowd.bad += word != at;
		crowd.loads++;
		arch_relax();
	}
	mm_switch(NULL);
}

static void crowd_make(const char *scheme, unsigned keep)
{
	crowd.keep = keep;
	crowd.scheme = sync_find(scheme);
	crowd.va = test_va(8);
	crowd.stop = crowd.loads = crowd.bad = 0;
	mm_create(&crowd.mm);
	walk_fault = kept_fault;
}

static void crowd_end(void)
{
	crowd.stop = 1;
	smp_join(1, "a CPU that loads");
	walk_fault_unmarked();
}

/* --- the handler and who empties the slot --- */

static volatile u64 oldest; /* number of the frame that every later load must find, or a later one */

static void follow(void *arg)
{
	u64 word, least;

	mm_switch(arg);
	while (!crowd.stop) {
		least = oldest;
		if (arch_probe_read((const u64 *)crowd.va, &word))
			crowd.bad += word < least;
		crowd.loads++;
		arch_relax();
	}
	mm_switch(NULL);
}

/* Another frame for the page, then the flush; from then on nobody may read the one before, whatever a handler was in the middle of. */
TEST_CASE(arch_hash, fill_against_flush)
{
	enum { FRAMES = 2000 };
	u64 pa[FRAMES];
	const char *bad;

	NEED_HASH(r);
	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "needs 2 CPUs");
		return;
	}
	crowd_make("none", 20);
	for (unsigned i = 0; i < FRAMES; i++)
		pa[i] = frame_with(i);
	pt_map(&crowd.mm, crowd.va, pa[0], PROT_R, 0);
	oldest = 0;
	oracle_start(&(struct oracle_run){ .seed = 1, .delay_points = true });
	smp_run(1, follow, &crowd.mm);
	for (unsigned i = 1; i < FRAMES; i++) {
		pt_unmap(&crowd.mm, crowd.va, 0, NULL);
		flush(&crowd.mm, crowd.va, 1, 0);
		pt_map(&crowd.mm, crowd.va, pa[i], PROT_R, 0);
		oldest = i;
		for (unsigned turns = i % 8; turns; turns--)
			arch_relax();
	}
	crowd_end();
	bad = test_oracle_stop();
	mm_destroy(&crowd.mm);
	for (unsigned i = 0; i < FRAMES; i++)
		frame_put(pa[i]);
	T_EXPECT(r, !bad, "%s", bad);
	T_EXPECT(r, !crowd.bad, "%lu of %lu loads found a page that was flushed before", crowd.bad, crowd.loads);
	test_set(r, T_PASS, "%u flushes against a handler that fills: none of %lu loads found what was flushed", FRAMES - 1, crowd.loads);
}

/* --- a table goes --- */

static void crowd_rounds(void (*sync)(struct mm *mm, const struct cpumask *drained), unsigned rounds)
{
	for (unsigned i = 0; i < rounds && !oracle_verdict(); i++) {
		u64 until = crowd.loads + 3;
		unsigned late = 0;

		oracle_iteration(i);
		wait_until(crowd.loads >= until, wait_late("another CPU loads", &late));
		if (pt_collapse(&crowd.mm, crowd.va, 1, method(), sync) == PTE_NONE || pt_split(&crowd.mm, crowd.va, 1, method()))
			panic("arch_hash: round %u did not collapse or split", i);
	}
}

/* The first violation while CPU 1 loads and this one collapses and splits again and again; NULL: none. */
static const char *collapse_under(const char *scheme, unsigned rounds, u64 seed)
{
	u64 pa = phys_alloc_huge();
	const char *bad;

	crowd_make(scheme, 200); /* as long as a collapse takes */
	pt_map(&crowd.mm, crowd.va, pa, PROT_R, 1);
	for (u64 at = 0; at < pt_size(1); at += PAGE_SIZE)
		*(volatile u64 *)phys_to_virt(pa + at) = at;
	pt_split(&crowd.mm, crowd.va, 1, method());
	crowd.seed = seed;
	oracle_start(&(struct oracle_run){ .seed = seed, .delay_points = true });
	smp_run(1, touch, &crowd.seed);
	crowd_rounds(crowd.scheme->sync, rounds);
	crowd_end();
	bad = test_oracle_stop();
	mm_destroy(&crowd.mm);
	frame_put(pa);
	return bad;
}

/*
 * Seed 000's exception: where a collapse frees a table, the handler of a hashed table may be in it, and broadcast invalidates do
 * not reach a handler. A scheme must wait for it; by interrupts, or by the mark that it makes.
 */
TEST_CASE(arch_hash, collapse_serialises)
{
	static const char *const sound[] = { "broadcast", "cpumask", "percpu-count", "active-mm" };
	const char *bad = NULL;

	NEED_HASH(r);
	if (!oracle_build || nr_cpus < 2) {
		test_set(r, T_SKIP, "%s", oracle_build ? "needs 2 CPUs" : "the oracle image judges it");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(sound); i++)
		for (u64 seed = 1; seed <= 3; seed++) {
			bad = collapse_under(sound[i], 20, seed);
			T_EXPECT(r, !bad, "sync=%s, seed %lu: %s", sound[i], seed, bad);
			T_EXPECT(r, !crowd.bad, "sync=%s, seed %lu: %lu loads read another page", sound[i], seed, crowd.bad);
		}
	bad = collapse_under("none", 200, 1);
	T_EXPECT(r, bad, "without a sync no collapse met a handler in the table that went");
	test_set(r, T_PASS, "a collapse waits for handlers by any sound scheme; without: %s", bad);
}
