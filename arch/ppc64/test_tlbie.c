// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlbie and tlbiel by form, on the real TLBs: who is reached, what goes, and what is no invalidate at all.
 *
 * A round is that of tests/stale_pages.h. The page that a form names must be fresh wherever the form reaches and is complete, and stale
 * elsewhere. Neighbours stay stale behind a page form if the machine is exact (arch_tlbi_inexact()).
 *
 * What QEMU shows of completion: a form by PID or partition takes effect at the ptesync behind it, so one without leaves both CPUs
 * stale (judged where TCG runs, elsewhere the machine may be early). A page form takes effect at once: there a missing ptesync is not
 * seen, nor is a missing tlbsync or eieio behind any form, which TCG takes for nothing.
 *
 * What it cannot show is left to the oracle and to golden vectors: it drops a page whatever the PID in RS, and everything with a form by
 * PID or partition; it has no page-walk cache, so RIC 1 does nothing there, and here it must not do more; and a write of PIDR drops
 * everything, so nobody changes address spaces between the first look and the last.
 */
#include <string.h>

#include <arch/ppc64.h>

#include "../../tests/stale_pages.h"

#define ONE_PAGE (1U << TARGET)
#define PLACES 8

/* --- what is done between the two looks --- */

static void nothing(void)
{
}

static void fences(void)
{
	insn_sync();
	insn_eieio();
	insn_tlbsync();
	insn_ptesync();
	insn_isync();
}

static void hcall(void)
{
	ppc64_hcall(H_CPPR, 0xff, 0, 0, 0, NULL); /* what it is already */
}

static struct ppc64_tlbie page(void)
{
	return ppc64_tlbie_page(set.mm.asid, set.va[TARGET], 0);
}

static struct ppc64_tlbie pid(enum ppc64_ric ric)
{
	return ppc64_tlbie_pid(set.mm.asid, ric);
}

static struct ppc64_tlbie every(enum ppc64_ric ric)
{
	return (struct ppc64_tlbie){ ppc64_rb_is(ppc64_tlbi.every, 0), 0, ric };
}

#define FORM(name, op)                                                                             \
	static void local_##name(void)                                                             \
	{                                                                                          \
		ppc64_tlbiel(op);                                                                  \
		arch_tlbi_complete_local();                                                        \
	}                                                                                          \
	static void bcast_##name(void)                                                             \
	{                                                                                          \
		ppc64_tlbie(op);                                                                   \
		arch_tlbi_complete_bcast();                                                        \
	}

FORM(page, page())
FORM(pid_tlb, pid(RIC_TLB))
FORM(pid_pwc, pid(RIC_PWC))
FORM(pid_all, pid(RIC_ALL))
FORM(every_tlb, every(RIC_TLB))
FORM(every_all, every(RIC_ALL))

static void page_incomplete(void)
{
	ppc64_tlbie(page());
}

/* tlbsync alone completes nothing (III 5.9.3.3): it takes the ptesync behind it. */
static void pid_tlbsync(void)
{
	ppc64_tlbie(pid(RIC_TLB));
	insn_eieio();
	insn_tlbsync();
}

static void pid_all_tlbsync(void)
{
	ppc64_tlbie(pid(RIC_ALL));
	insn_eieio();
	insn_tlbsync();
}

static void every_tlbsync(void)
{
	ppc64_tlbie(every(RIC_ALL));
	insn_eieio();
	insn_tlbsync();
}

struct form {
	const char *name; /* with a colon, as the text of a verdict wants it */
	void (*run)(void);
	unsigned gone_here, gone_there; /* pages that must be fresh behind it; 0: it does not get there */
	bool bcast;
};

static const struct form no_forms[] = {
	{ "nothing: ", nothing, 0, 0, false },
	{ "every fence and no tlbie: ", fences, 0, 0, false },
	{ "an IPI alone: ", ipi_only, 0, 0, false },
	{ "a hypercall: ", hcall, 0, 0, false }, /* the last one: the bare machine has none */
};

/* RIC 1 is of walk caches alone: translations stay. */
static const struct form local_forms[] = {
	{ "tlbiel RIC 0, page: ", local_page, ONE_PAGE, 0, false },
	{ "tlbiel RIC 0, PID: ", local_pid_tlb, ALL_PAGES, 0, false },
	{ "tlbiel RIC 1, PID: ", local_pid_pwc, 0, 0, false },
	{ "tlbiel RIC 2, PID: ", local_pid_all, ALL_PAGES, 0, false },
	{ "tlbiel RIC 0, partition: ", local_every_tlb, ALL_PAGES, 0, false },
	{ "tlbiel RIC 2, partition: ", local_every_all, ALL_PAGES, 0, false },
};

static const struct form bcast_forms[] = {
	{ "tlbie RIC 0, page: ", bcast_page, ONE_PAGE, ONE_PAGE, true },
	{ "tlbie RIC 0, PID: ", bcast_pid_tlb, ALL_PAGES, ALL_PAGES, true },
	{ "tlbie RIC 1, PID: ", bcast_pid_pwc, 0, 0, true },
	{ "tlbie RIC 2, PID: ", bcast_pid_all, ALL_PAGES, ALL_PAGES, true },
	{ "tlbie RIC 0, partition: ", bcast_every_tlb, ALL_PAGES, ALL_PAGES, true },
	{ "tlbie RIC 2, partition: ", bcast_every_all, ALL_PAGES, ALL_PAGES, true },
};

static const struct form incomplete_forms[] = {
	{ "tlbie RIC 0, PID, no ptesync: ", pid_tlbsync, 0, 0, true },
	{ "tlbie RIC 2, PID, no ptesync: ", pid_all_tlbsync, 0, 0, true },
	{ "tlbie RIC 2, partition, no ptesync: ", every_tlbsync, 0, 0, true },
	{ "tlbie RIC 0, page, no ptesync: ", page_incomplete, ONE_PAGE, ONE_PAGE, true }, /* no fault of the form's, but it hides ours */
};

static const struct form ipi_form = { "tlbiel in an IPI: ", ipi_flush, 0, ONE_PAGE, false };

/* --- what both CPUs saw --- */

/* NULL, or what is wrong with what a CPU saw. @gone: pages that must be fresh. */
static const char *wrong(unsigned seen, unsigned gone)
{
	bool exact = gone != ALL_PAGES && !arch_tlbi_inexact();

	if (seen & gone)
		return "still translates what was invalidated";
	if (!gone && seen != ALL_PAGES)
		return "lost what was not invalidated";
	if (exact && (seen | gone) != ALL_PAGES)
		return "lost more than was named";
	return NULL;
}

static bool is_fine(const struct form *f)
{
	return !wrong(set.here, f->gone_here) && !wrong(set.there, nr_cpus > 1 ? f->gone_there : 0);
}

/* What the form's own code evicts is lost at one place, and what it invalidates at every one: so it is judged at the best of a few. */
static bool judge(struct test_result *r, const struct form *f)
{
	const char *bad;

	if (f->bcast && arch_tlbi_lacks_bcast())
		return true;
	for (unsigned tries = PLACES; tries; tries--) {
		if (!settle(nothing)) {
			test_no_stale(r, "without an invalidate: ");
			return false;
		}
		round_of(f->run);
		if (is_fine(f) || set.here & f->gone_here)
			break;
		set.moved += 2;
	}
	bad = wrong(set.here, f->gone_here);
	if (bad)
		test_set(r, T_FAIL, "%sthis CPU %s (stale: 0x%x)", f->name, bad, set.here);
	else if ((bad = wrong(set.there, nr_cpus > 1 ? f->gone_there : 0)))
		test_set(r, T_FAIL, "%sthe other CPU %s (stale: 0x%x)", f->name, bad, set.there);
	return !bad;
}

static void judge_all(struct test_result *r, const struct form *forms, unsigned n, const char *text)
{
	for (unsigned i = 0; i < n; i++)
		if (!judge(r, &forms[i]))
			return;
	test_set(r, T_PASS, "%u %s%s", n, text, nr_cpus > 1 ? "" : " (one CPU)");
}

/* Forms of R = 1. */
static bool lacks_radix(struct test_result *r)
{
	if (ppc64_hash.on)
		test_set(r, T_SKIP, "mmu=hash: the forms of radix trees invalidate nothing (arch_hash has the others)");
	return ppc64_hash.on;
}

static bool lacks_tlbie(struct test_result *r)
{
	if (lacks_radix(r))
		return true;
	if (!arch_tlbi_lacks_bcast())
		return false;
	test_set(r, T_SKIP, "%s", arch_tlbi_lacks_bcast());
	return true;
}

TEST_CASE(arch_tlbie, no_invalidate)
{
	if (!lacks_radix(r))
		judge_all(r, no_forms, ARRAY_SIZE(no_forms) - ppc64_bare, "things leave every page stale");
}

TEST_CASE(arch_tlbie, local_forms)
{
	if (!lacks_radix(r))
		judge_all(r, local_forms, ARRAY_SIZE(local_forms), "forms stay on this CPU; RIC 1 leaves translations");
}

TEST_CASE(arch_tlbie, bcast_forms)
{
	if (!lacks_tlbie(r))
		judge_all(r, bcast_forms, ARRAY_SIZE(bcast_forms), "forms reach every CPU; RIC 1 leaves translations");
}

TEST_CASE(arch_tlbie, no_ptesync)
{
	if (lacks_tlbie(r))
		return;
	if (!test_under_tcg()) { /* early is no fault of a machine */
		test_set(r, T_SKIP, "a machine may be done before it is asked (under TCG it is known when)");
		return;
	}
	judge_all(r, incomplete_forms, ARRAY_SIZE(incomplete_forms), "forms: by PID or partition nothing goes before ptesync, by page it does");
}

TEST_CASE(arch_tlbie, in_an_ipi)
{
	if (lacks_radix(r))
		return;
	if (nr_cpus < 2)
		test_set(r, T_SKIP, "needs 2 CPUs");
	else if (judge(r, &ipi_form))
		test_set(r, T_PASS, "tlbiel of the other CPU's handler makes it fresh there, and not here");
}

/* --- what interrupts have to do with it: nothing --- */

TEST_CASE(arch_tlbie, closed)
{
	if (!lacks_tlbie(r))
		broadcast_past_closed(r, "tlbie");
}

/* --- how many --- */

static u64 operations(u64 nr, unsigned quirks, bool tables)
{
	const struct tlb_range range = { .va = set.va[TARGET], .nr = nr, .level = 0, .tables = tables };
	unsigned before_quirks = ppc64_tlbi.quirks;
	u64 before = tlb_count.tlbi;

	ppc64_tlbi.quirks = quirks;
	tlb_method_find("hw")->inval(&set.mm, &range, NULL);
	ppc64_tlbi.quirks = before_quirks;
	return tlb_count.tlbi - before;
}

/* n pages are n tlbie; a freed table one more; each fixup of POWER9 one more a run. */
TEST_CASE(arch_tlbie, raw_ops)
{
	static const struct {
		unsigned quirks, more;
		bool tables;
	} want[] = {
		{ 0, 0, false },
		{ 0, 1, true },
		{ QUIRK_ERAT, 1, false },
		{ QUIRK_ERAT | QUIRK_STQ, 2, false },
		{ QUIRK_ERAT | QUIRK_STQ, 3, true },
	};
	u64 ops[ARRAY_SIZE(want)][3];
	static const u64 nr[] = { 1, 2, 7 };

	if (lacks_tlbie(r))
		return;
	set_up();
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		for (unsigned k = 0; k < ARRAY_SIZE(nr); k++)
			ops[i][k] = operations(nr[k], want[i].quirks, want[i].tables);
	tear_down();
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		for (unsigned k = 0; k < ARRAY_SIZE(nr); k++)
			T_EXPECT(r, ops[i][k] == nr[k] + want[i].more, "quirks 0x%x, %lu pages%s: %lu operations, not %lu", want[i].quirks,
				 nr[k], want[i].tables ? " and a table" : "", ops[i][k], nr[k] + want[i].more);
	test_set(r, T_PASS, "n operations for n pages, 1 for a table, 1 for each fixup");
}

/* --- what Linux would do: tlbie where a guest may, else the hypercall where there is one, else interrupts --- */

TEST_CASE(arch_tlbie, linux_way)
{
	static const struct {
		bool gtse, rpt;
		const char *method;
	} want[] = { { true, true, "hw" }, { true, false, "hw" }, { false, true, "fw" }, { false, false, "ipi" } };
	const struct ppc64_papr before = ppc64_papr;

	if (lacks_radix(r))
		return;
	if (ppc64_bare) {
		test_set(r, T_SKIP, "a bare machine always has tlbie");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		const char *method;

		ppc64_papr.has_gtse = want[i].gtse;
		ppc64_papr.hcalls = (u32)want[i].rpt << PPC64_HCALL_RPT;
		method = tlb_method_here(tlb_method_find("linux"))->name;
		ppc64_papr = before;
		T_EXPECT(r, !strcmp(method, want[i].method), "GTSE %u, H_RPT_INVALIDATE %u: %s, not %s", want[i].gtse, want[i].rpt, method,
			 want[i].method);
	}
	test_set(r, T_PASS, "tlbie, else the hypercall, else interrupts");
}
