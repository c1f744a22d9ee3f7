/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tlbie and tlbiel want in their registers for radix trees (Power ISA 3.0B, Book III, 5.9.3.3), and the hypercall that stands
 * in for them. Pure.
 *
 *   RIC  0: translations; 1: page-walk cache; 2: both, and what is cached of process or partition tables
 *   PRS  1: process-scoped, 0: partition-scoped
 *   IS   0: one page, of the size that AP names, RIC 0 only; 1: all of a PID; 2: all of a partition; 3: everything
 *
 * A page-walk cache has no form by address: what leads to a freed table goes with the whole PID's.
 */
#ifndef SKEET_ARCH_RADIX_TLBIE_H
#define SKEET_ARCH_RADIX_TLBIE_H

#include <pte.h>

enum ppc64_ric { RIC_TLB, RIC_PWC, RIC_ALL };
enum ppc64_is { IS_PAGE, IS_PID, IS_LPID, IS_ALL };

/* One tlbie or tlbiel; PRS and R are constants of the caller's. */
struct ppc64_tlbie {
	u64 rb, rs;
	enum ppc64_ric ric;
};

/* RS: PID in bits 0:31, LPID in 32:63. LPID 0 is the caller's own: that of the bare machine, and of a guest. */
static inline u64 ppc64_rs(u64 pid, u64 lpid)
{
	return pid << 32 | lpid;
}

/* RB of a page: EPN in bits 0:51, IS 0 in 52:53, AP in 56:58. */
static inline u64 ppc64_rb_page(u64 va, unsigned ap)
{
	return (va & ~0xfffULL) | (u64)ap << 5;
}

/* RB of the rest: SET in bits 40:51, for tlbiel of ISA 3.0; IS in 52:53. */
static inline u64 ppc64_rb_is(enum ppc64_is is, unsigned set)
{
	return (u64)set << 12 | (u64)is << 10;
}

static inline struct ppc64_tlbie ppc64_tlbie_page(u64 pid, u64 va, unsigned level)
{
	return (struct ppc64_tlbie){ ppc64_rb_page(va, ppc64_radix.ap[level]), ppc64_rs(pid, 0), RIC_TLB };
}

static inline struct ppc64_tlbie ppc64_tlbie_pid(u64 pid, enum ppc64_ric ric)
{
	return (struct ppc64_tlbie){ ppc64_rb_is(IS_PID, 0), ppc64_rs(pid, 0), ric };
}

/* --- POWER9 --- */

/* What some POWER9 want behind a tlbie that drops translations: Linux's CPU_FTR_P9_TLBIE_ERAT_BUG and _STQ_BUG. */
enum ppc64_quirk {
	QUIRK_ERAT = 1, /* one more of PID 0, or translation caches in front of the TLB may keep the entry */
	QUIRK_STQ = 2,  /* the last one again, or a store of another CPU that was under way may use the entry */
};

/* The version half of the PVR; those of POWER8 are 0x4b to 0x4d. */
#define PVR_POWER9 0x4e

/* By the PVR. The second is mended from Nimbus DD 2.3 and Cumulus DD 1.3 on; of other POWER9 nothing is known. */
static inline unsigned ppc64_quirks_of(u64 pvr)
{
	bool stq = true;

	if (pvr >> 16 != PVR_POWER9)
		return 0;
	if (!(pvr & 0xe000))
		stq = (pvr & 0xfff) < 0x203;
	else if (!(pvr & 0xc000))
		stq = (pvr & 0xfff) < 0x103;
	return QUIRK_ERAT | (stq ? QUIRK_STQ : 0);
}

/**
 * ppc64_fixups - what follows an invalidate of translations
 * @last: the page, or the last of a run; or that of a PID
 * @many: @last is not the only page of its run
 * Return: how many are in @out, a ptesync in front of each. Source: fixup_tlbie_va(), _va_range(), _pid() of Linux.
 */
static inline unsigned ppc64_fixups(unsigned quirks, const struct ppc64_tlbie *last, bool many, struct ppc64_tlbie out[2])
{
	bool page = !(last->rb & ppc64_rb_is(IS_ALL, 0));
	unsigned n = 0;

	if (quirks & QUIRK_ERAT)
		out[n++] = page && !many ? (struct ppc64_tlbie){ last->rb, 0, RIC_TLB } : ppc64_tlbie_pid(0, RIC_TLB);
	if (quirks & QUIRK_STQ) /* of a whole PID any page will do: the last one, which nobody maps, in the size of 64K */
		out[n++] = (struct ppc64_tlbie){ page ? last->rb : ppc64_rb_page((1ULL << 52) - 1, 5), last->rs, RIC_TLB };
	return n;
}

/* Instructions of a run of @nr pages, or of a PID as one, fixups included; @tables: the PID's page-walk cache goes first. */
static inline u64 ppc64_run_ops(unsigned quirks, u64 nr, bool tables)
{
	if (!nr)
		return tables;
	return nr + tables + !!(quirks & QUIRK_ERAT) + !!(quirks & QUIRK_STQ);
}

/* --- H_RPT_INVALIDATE of PAPR: r4 to r9 of the hypercall 0x448 --- */

#define H_RPT_INVALIDATE 0x448

enum ppc64_rpt_target { RPT_CPUS = 1, RPT_THIS_CPU = 2, RPT_NEST = 4 };
enum ppc64_rpt_type { RPT_TLB = 2, RPT_PWC = 4, RPT_PRT = 8 };

struct ppc64_rpt {
	u64 pid, target, type, sizes, start, end;
};

/* The bit of a page size: 4K, 64K, 2M, 1G from bit 63 up. */
static inline u64 ppc64_rpt_size(unsigned level)
{
	return level ? 2ULL << level : ppc64_radix.page_shift == 12 ? 1 : 2;
}

static inline struct ppc64_rpt ppc64_rpt_run(u64 pid, u64 va, u64 nr, unsigned level, bool tables)
{
	return (struct ppc64_rpt){
		.pid = pid,
		.target = RPT_CPUS,
		.type = RPT_TLB | (tables ? RPT_PWC : 0),
		.sizes = ppc64_rpt_size(level),
		.start = va,
		.end = va + (nr << arch_pt_shift(level)),
	};
}

static inline struct ppc64_rpt ppc64_rpt_pid(u64 pid)
{
	return (struct ppc64_rpt){
		.pid = pid,
		.target = RPT_CPUS,
		.type = RPT_TLB | RPT_PWC | RPT_PRT,
		.sizes = ~0ULL,
		.start = 0,
		.end = ~0ULL,
	};
}

#endif
