// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stale translations, really seen.
 *
 * Each case maps PAGES pages to frames with one content, reads all of them so that the TLB may keep the translations,
 * points the entries at frames with another content and reads again. What reads old data was translated by the TLB. Where
 * an invalidate must work, not one page may. A machine may forget an entry at any time, so where stale data must be seen it
 * is enough that one page of all shows it; if none does, that is a failure only where entries are kept for sure (QEMU's TCG),
 * and elsewhere a SKIP.
 *
 * Nothing is freed before its invalidate, so the oracle has no say here.
 */
#include <string.h>

#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include "mm_fixture.h"

#define PAGES 16
#define OLD 0x01d0000ULL
#define NEW 0x0e30000ULL

#define NEED_TLB(r)                                                                                \
	do {                                                                                       \
		if (!ARCH_HAS_TLB) {                                                               \
			test_set(r, T_SKIP, "this arch has no TLB of its own: the oracle's shadow is it"); \
			return;                                                                    \
		}                                                                                  \
	} while (0)

static struct {
	struct mm mm;
	u64 va;
	u64 old[PAGES], new[PAGES];
} set;

/* Where page @i is read: an emulator may keep large pages in entries of 4K, which those at the starts of pages would share. */
static u64 offset_of(unsigned i)
{
	return i * 4 * KIB % PAGE_SIZE;
}

static u64 new_frame(unsigned i, u64 word)
{
	u64 pa = phys_alloc_page();

	*(volatile u64 *)phys_to_virt(pa + offset_of(i)) = word;
	return pa;
}

static u64 va_of(unsigned i)
{
	return set.va + i * PAGE_SIZE;
}

static u64 read_page(unsigned i)
{
	return *(volatile u64 *)(va_of(i) + offset_of(i));
}

/* Map the pages to their old frames and load the mm on this CPU. */
static void set_up(unsigned prot)
{
	set.va = test_va(4) + 0x55 * PAGE_SIZE;
	mm_create(&set.mm);
	for (unsigned i = 0; i < PAGES; i++) {
		set.old[i] = new_frame(i, OLD + i);
		set.new[i] = new_frame(i, NEW + i);
		pt_map(&set.mm, va_of(i), set.old[i], prot, 0);
	}
	mm_switch(&set.mm);
}

static void tear_down(void)
{
	mm_switch(NULL);
	arch_tlbi_all_global_local();
	mm_destroy(&set.mm);
	for (unsigned i = 0; i < PAGES; i++) {
		frame_put(set.old[i]);
		frame_put(set.new[i]);
	}
}

static void touch_all(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		(void)read_page(i);
}

/* Point every page at its new frame; invalidate nothing. */
static void repoint_all(unsigned prot)
{
	for (unsigned i = 0; i < PAGES; i++) {
		struct pword *slot = pt_slot(&set.mm, va_of(i), 0, false);

		spin_lock(&set.mm.lock);
		pte_store(&set.mm, slot, va_of(i), 0, arch_pte_leaf(set.new[i], prot, 0));
		spin_unlock(&set.mm.lock);
	}
	arch_tlbi_publish();
}

/* How many of the pages first, first + step, ... read old data? */
static unsigned stale(unsigned first, unsigned step)
{
	unsigned n = 0;

	for (unsigned i = first; i < PAGES; i += step)
		n += read_page(i) == OLD + i;
	return n;
}

static bool all_new(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		if (read_page(i) != NEW + i)
			return false;
	return true;
}

TEST_CASE(arch_tlb, no_flush)
{
	unsigned n;

	NEED_TLB(r);
	set_up(PROT_R);
	touch_all();
	repoint_all(PROT_R);
	n = stale(0, 1);
	tear_down();
	T_SEES_STALE(r, n > 0, "");
	test_set(r, T_PASS, "%u of %u pages read old data when nothing was invalidated", n, PAGES);
}

TEST_CASE(arch_tlb, page_local)
{
	unsigned even, odd;

	NEED_TLB(r);
	set_up(PROT_R);
	touch_all();
	repoint_all(PROT_R);
	for (unsigned i = 0; i < PAGES; i += 2)
		arch_tlbi_page_local(set.mm.asid, va_of(i), 0);
	arch_tlbi_complete_local();
	even = stale(0, 2);
	odd = stale(1, 2);
	tear_down();
	T_EXPECT(r, even == 0, "%u pages read old data after their invalidate", even);
	if (odd == 0 && arch_tlbi_inexact()) {
		test_set(r, T_SKIP, "fresh, but the neighbours went too: %s", arch_tlbi_inexact());
		return;
	}
	T_SEES_STALE(r, odd > 0, "the neighbours: ");
	test_set(r, T_PASS, "invalidated pages are fresh, %u of %u neighbours stay stale", odd, PAGES / 2);
}

TEST_CASE(arch_tlb, asid_local)
{
	unsigned before, after;

	NEED_TLB(r);
	set_up(PROT_R);
	touch_all();
	repoint_all(PROT_R);
	before = stale(0, 1);
	arch_tlbi_asid_local(set.mm.asid);
	arch_tlbi_complete_local();
	after = stale(0, 1);
	tear_down();
	T_EXPECT(r, after == 0, "%u pages read old data after the invalidate of their ASID", after);
	T_SEES_STALE(r, before > 0, "");
	test_set(r, T_PASS, "%u stale pages before, none after", before);
}

TEST_CASE(arch_tlb, all_local)
{
	unsigned before, after;

	NEED_TLB(r);
	set_up(PROT_R);
	touch_all();
	repoint_all(PROT_R);
	before = stale(0, 1);
	arch_tlbi_all_local();
	arch_tlbi_complete_local();
	after = stale(0, 1);
	tear_down();
	T_EXPECT(r, after == 0, "%u pages read old data after the invalidate of everything", after);
	T_SEES_STALE(r, before > 0, "");
	test_set(r, T_PASS, "%u stale pages before, none after", before);
}

TEST_CASE(arch_tlb, global)
{
	unsigned kept, after;

	NEED_TLB(r);
	set_up(PROT_R | PROT_G);
	touch_all();
	repoint_all(PROT_R | PROT_G);
	arch_tlbi_all_local();
	arch_tlbi_complete_local();
	kept = stale(0, 1);
	arch_tlbi_all_global_local();
	arch_tlbi_complete_local();
	after = stale(0, 1);
	tear_down();
	T_EXPECT(r, after == 0, "%u global pages read old data after the invalidate of global entries", after);
	if (kept == 0)
		test_set(r, T_SKIP, "this CPU drops global entries with the others (QEMU's TCG does)");
	else
		test_set(r, T_PASS, "%u of %u global pages outlive all_local, none all_global_local", kept, PAGES);
}

TEST_CASE(arch_tlb, huge)
{
	u64 va = test_va(6), a, b, before, after;
	struct pword *slot;
	struct mm mm;

	NEED_TLB(r);
	a = phys_alloc_huge();
	b = phys_alloc_huge();
	*(volatile u64 *)phys_to_virt(a) = OLD;
	*(volatile u64 *)phys_to_virt(b) = NEW;
	mm_create(&mm);
	T_EXPECT(r, pt_map(&mm, va, a, PROT_R, 1) == 0, "2M not mapped");
	slot = pt_slot(&mm, va, 1, false);
	mm_switch(&mm);
	(void)*(volatile u64 *)va;
	spin_lock(&mm.lock);
	pte_store(&mm, slot, va, 1, arch_pte_leaf(b, PROT_R, 1));
	spin_unlock(&mm.lock);
	arch_tlbi_publish();
	before = *(volatile u64 *)va;
	arch_tlbi_page_local(mm.asid, va, 1);
	arch_tlbi_complete_local();
	after = *(volatile u64 *)va;
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(a);
	frame_put(b);
	T_EXPECT(r, after == NEW, "0x%llx read after the invalidate", (unsigned long long)after);
	T_SEES_STALE(r, before == OLD, "");
	test_set(r, T_PASS, "a 2M leaf is stale until its invalidate");
}

/* --- another CPU --- */

static struct {
	volatile u64 phase;   /* 1: the other CPU has cached the pages; 2: they were re-pointed */
	bool own_invalidate;
	unsigned before, after;
} remote;

static void remote_reader(void *arg)
{
	unsigned late = 0;

	(void)arg;
	mm_switch(&set.mm);
	touch_all();
	remote.phase = 1;
	wait_until(remote.phase == 2, wait_late("the pages are re-pointed", &late));
	remote.before = stale(0, 1);
	if (remote.own_invalidate) {
		for (unsigned i = 0; i < PAGES; i++)
			arch_tlbi_page_local(set.mm.asid, va_of(i), 0);
		arch_tlbi_complete_local();
	}
	remote.after = stale(0, 1);
	mm_switch(NULL);
}

/* Let CPU 1 cache the pages, re-point them, call @inval here, let CPU 1 look. */
static void run_remote(void (*inval)(const struct tlb_method *m), const struct tlb_method *m, bool own_invalidate)
{
	unsigned late = 0;

	set_up(PROT_R);
	touch_all();
	remote.phase = 0;
	remote.own_invalidate = own_invalidate;
	smp_run(1, remote_reader, NULL);
	wait_until(remote.phase == 1, wait_late("the other CPU reads the pages", &late));
	repoint_all(PROT_R);
	inval(m);
	remote.phase = 2;
	smp_join(1, "a reader of stale pages");
}

static void inval_here(const struct tlb_method *m)
{
	(void)m;
	for (unsigned i = 0; i < PAGES; i++)
		arch_tlbi_page_local(set.mm.asid, va_of(i), 0);
	arch_tlbi_complete_local();
}

static void inval_by_method(const struct tlb_method *m)
{
	m->inval(&set.mm, &(struct tlb_range){ .va = set.va, .nr = PAGES, .level = 0 }, NULL);
}

/* Of one leaf each: what a short entry may serve. */
static void inval_one_by_one(const struct tlb_method *m)
{
	for (unsigned i = 0; i < PAGES; i++)
		m->inval(&set.mm, &(struct tlb_range){ .va = va_of(i), .nr = 1, .level = 0 }, NULL);
}

#define NEED_TWO_CPUS(r)                                                                           \
	do {                                                                                       \
		if (nr_cpus < 2) {                                                                 \
			test_set(r, T_SKIP, "needs two CPUs");                                     \
			return;                                                                    \
		}                                                                                  \
	} while (0)

TEST_CASE(arch_tlb, remote)
{
	bool here;

	NEED_TLB(r);
	NEED_TWO_CPUS(r);
	if (arch_tlbi_lacks_local()) {
		test_set(r, T_SKIP, "%s", arch_tlbi_lacks_local());
		return;
	}
	run_remote(inval_here, NULL, true);
	here = all_new();
	tear_down();
	T_EXPECT(r, here, "the CPU that invalidated reads old data");
	T_EXPECT(r, remote.after == 0, "%u pages read old data after the other CPU's own invalidate", remote.after);
	T_SEES_STALE(r, remote.before > 0, "the other CPU: ");
	test_set(r, T_PASS, "%u of %u pages stale on the other CPU until it invalidates itself", remote.before, PAGES);
}

/* Every method that reaches other CPUs, by pages, (past the ceiling) by ASID, and page by page. */
TEST_CASE(arch_tlb, methods)
{
	u64 ceiling = tlb_ceiling;
	unsigned n = 0;

	NEED_TLB(r);
	NEED_TWO_CPUS(r);
	LSET_FOR_EACH(struct tlb_method, m, tlb) {
		if (m->mutation || !tlb_method_here(m)->reach || tlb_method_lacks(m))
			continue;
		for (unsigned way = 0; way < 3; way++) {
			bool here;

			tlb_ceiling = way == 1 ? 1 : PAGES;
			run_remote(way == 2 ? inval_one_by_one : inval_by_method, m, false);
			here = all_new();
			tear_down();
			tlb_ceiling = ceiling;
			T_EXPECT(r, here, "%s: the caller reads old data", m->name);
			T_EXPECT(r, remote.before == 0, "%s: %u pages read old data on the other CPU", m->name, remote.before);
		}
		n++;
	}
	test_set(r, T_PASS, "%u methods reach the other CPU", n);
}

/*
 * On one CPU n leaves are n operations, a table one more where an operation is for walk caches alone; of a broadcast as many as its runs
 * take. Above the ceiling the whole ASID goes.
 */
static u64 raw_ops_wanted(bool bcast, u64 nr, bool tables)
{
	bool whole = nr > tlb_ceiling || (tables && ARCH_TLBI_TABLES_WHOLE);
	u64 leaves = bcast ? arch_tlbi_run_ops(nr, 0) : nr;

	if (!bcast)
		return whole ? arch_tlbi_asid_local_ops() : leaves + (tables && ARCH_TLBI_WALKS);
	return arch_tlbi_rounds() * (whole ? arch_tlbi_asid_bcast_ops() : leaves + (tables && ARCH_TLBI_WALKS));
}

static u64 raw_ops_of(const struct tlb_method *m, u64 nr, bool tables)
{
	u64 before;

	set_up(PROT_R);
	before = tlb_count.tlbi;
	m->inval(&set.mm, &(struct tlb_range){ .va = set.va, .nr = nr, .level = 0, .tables = tables }, NULL);
	tear_down();
	return tlb_count.tlbi - before;
}

TEST_CASE(arch_tlb, raw_ops)
{
	const u64 nr[] = { 1, 2, 7, tlb_ceiling, tlb_ceiling + 1 };
	unsigned methods = 0;

	LSET_FOR_EACH(struct tlb_method, m, tlb) {
		bool bcast = m->reach == TLB_REACH_HW;

		if (m->mutation || m->is || tlb_method_lacks(m)) /* what another one comes to may depend on who ran the mm */
			continue;
		for (unsigned i = 0; i < 2 * ARRAY_SIZE(nr); i++) {
			bool tables = i % 2;
			u64 ops = raw_ops_of(m, nr[i / 2], tables), want = raw_ops_wanted(bcast, nr[i / 2], tables);

			if (bcast && arch_tlb_shared()) /* as many as there are entries */
				want = ops < want ? ops : want;
			T_EXPECT(r, ops == want, "%s: %lu operations for %lu leaves%s, not %lu", m->name, ops, nr[i / 2],
				 tables ? " and a table" : "", want);
		}
		methods++;
	}
	test_set(r, T_PASS, "%u methods: n operations for n leaves, with a table %lu, above %lu the ASID", methods,
		 raw_ops_wanted(false, 1, true), tlb_ceiling);
}

/* What an initiator counts for a CPU that carries the request out is what that CPU issues. */
TEST_CASE(arch_tlb, counted)
{
	const u64 nr[] = { 1, 7, tlb_ceiling + 1 };
	const struct tlb_method *local = tlb_method_find("local");

	if (tlb_method_lacks(local)) {
		test_set(r, T_SKIP, "%s", tlb_method_lacks(local));
		return;
	}
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(nr); i++) {
		struct tlb_range range = { .va = test_va(6), .nr = nr[i / 2], .level = 0, .tables = i % 2 };
		u64 ops = raw_ops_of(local, range.nr, range.tables);

		tlb_request_fill(&set.mm, &range);
		T_EXPECT(r, tlb_raw_ops(&tlb_req) == ops, "%lu leaves%s: %lu operations are counted, %lu issued", range.nr,
			 range.tables ? " and a table" : "", tlb_raw_ops(&tlb_req), ops);
	}
	test_set(r, T_PASS, "what is counted for another CPU is what a CPU issues");
}
