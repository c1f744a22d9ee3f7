// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlbiel and tlbie of radix trees (Power ISA 3.0B, Book III, 5.9.3.3 and 5.10.1). tlbiel is complete behind ptesync, tlbie behind eieio;
 * tlbsync; ptesync. tlbsync alone completes nothing, ptesync alone does not wait for the other CPUs. In the names of the barriers eieio is
 * part of tlbsync, and isync stands behind what completes.
 *
 * The forms alone: what some POWER9 want behind a tlbie (quirks=) is left out, so there they are no invalidates to rely on.
 */
#include <inval.h>
#include <tlbi.h>

#include <arch/insn.h>

static const char *lacks_radix(void)
{
	return ppc64_hash.on ? "mmu=hash: the forms of radix trees invalidate nothing" : NULL;
}

static const char *lacks_tlbie(void)
{
	return ppc64_hash.on ? lacks_radix() : arch_tlbi_lacks_bcast();
}

static __timed u64 tlbiel_page(u64 asid, u64 va, u64 nr)
{
	return arch_tlbi_run_local(asid, va, nr, 0, false);
}

/* On POWER9 a tlbiel for each set of the TLB. */
static __timed u64 tlbiel_pid(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	ppc64_tlbiel_sets(IS_PID, asid);
	return ppc64_tlbi.sets;
}

static __timed u64 tlbiel_all(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	ppc64_tlbiel_sets(ppc64_tlbi.every, 0);
	return ppc64_tlbi.sets;
}

static __timed u64 tlbie_page(u64 asid, u64 va, u64 nr)
{
	struct ppc64_tlbie op = ppc64_tlbie_page(asid, va, 0);
	const u64 step = PAGE_SIZE;

	for (u64 left = nr; left; left--, op.rb += step)
		ppc64_tlbie(op);
	return nr;
}

static __timed u64 tlbie_pid(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	ppc64_tlbie(ppc64_tlbie_pid(asid, RIC_ALL));
	return 1;
}

static __timed u64 tlbie_walks(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	ppc64_tlbie(ppc64_tlbie_pid(asid, RIC_PWC));
	return 1;
}

static __timed u64 tlbie_all(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	ppc64_tlbie((struct ppc64_tlbie){ ppc64_rb_is(ppc64_tlbi.every, 0), 0, RIC_ALL });
	return 1;
}

static __timed void only_tlbsync(void)
{
	insn_eieio();
	insn_tlbsync();
}

static __timed void only_ptesync(void)
{
	insn_ptesync();
	insn_isync();
}

static __timed void tlbsync_ptesync(void)
{
	arch_tlbi_complete_bcast();
}

enum { ONLY_TLBSYNC, PTESYNC, TLBSYNC_PTESYNC };
const struct inval_barrier arch_inval_barriers[] = {
	[ONLY_TLBSYNC] = { "tlbsync", only_tlbsync },
	[PTESYNC] = { "ptesync", only_ptesync },
	[TLBSYNC_PTESYNC] = { "tlbsync ptesync", tlbsync_ptesync },
	{ 0 },
};

#define LOCAL(name_, issue_)                                                                       \
	.name = name_, .first = PTESYNC, .last = TLBSYNC_PTESYNC, .needs = PTESYNC, .lacks = lacks_radix, .issue = issue_
#define BCAST(name_, issue_)                                                                       \
	.name = name_, .reach = INVAL_EVERYWHERE, .last = TLBSYNC_PTESYNC, .needs = TLBSYNC_PTESYNC, .lacks = lacks_tlbie, .issue = issue_

const struct inval_op arch_inval_ops[] = {
	{ LOCAL("tlbiel-page", tlbiel_page) },
	{ LOCAL("tlbiel-PID", tlbiel_pid), .whole = true },
	{ LOCAL("tlbiel-all", tlbiel_all), .whole = true },
	{ BCAST("tlbie-page", tlbie_page) },
	{ BCAST("tlbie-PID", tlbie_pid), .whole = true, .waits = PTESYNC },
	{ BCAST("tlbie-walks", tlbie_walks), .whole = true, .walks = true },
	{ BCAST("tlbie-all", tlbie_all), .whole = true, .waits = PTESYNC },
	{ 0 },
};
