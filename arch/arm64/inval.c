// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLBI by what goes and who is reached, DSB by domain (Arm ARM, D8.13 and B2.3.9): a TLBI is complete on the CPUs of the domain that its
 * DSB names, so the DSB must be as wide as the TLBI. ISB stands behind each DSB. Forms for every ASID (VAAE1, VAALE1) and ranges of the
 * last level reach as far as those beside them, and are not here.
 */
#include <inval.h>
#include <tlbi.h>

#include <arch/insn.h>

static const char *lacks_os(void)
{
	return arm64_tlbi.has_os ? NULL : "this CPU has no FEAT_TLBIOS";
}

static const char *lacks_range(void)
{
	return arm64_tlbi.has_range ? NULL : "this CPU has no FEAT_TLBIRANGE";
}

/* CRm and op2 are part of the instruction (<arch/tlbi.h>). */
#define PAGES(name, cm, op2)                                                                       \
	static __timed u64 name(u64 asid, u64 va, u64 nr)                                          \
	{                                                                                          \
		u64 op = arm64_tlbi_va(asid, va, 0), step = PAGE_SIZE >> 12;                       \
                                                                                                   \
		for (u64 left = nr; left; left--, op += step)                                      \
			insn_tlbi(cm, op2, op);                                                    \
		return nr;                                                                         \
	}
#define WHOLE(name, cm, op2, operand)                                                              \
	static __timed u64 name(u64 asid, u64 va, u64 nr)                                          \
	{                                                                                          \
		(void)asid, (void)va, (void)nr;                                                    \
		insn_tlbi(cm, op2, operand);                                                       \
		return 1;                                                                          \
	}
/* An odd number of pages begins with one by itself. */
#define RANGE(name, cm, range_cm)                                                                  \
	static __timed u64 name(u64 asid, u64 va, u64 nr)                                          \
	{                                                                                          \
		unsigned scale, num;                                                               \
		u64 ops = 0, done;                                                                 \
                                                                                                   \
		for (; nr; nr -= done, va += done * PAGE_SIZE, ops++) {                            \
			done = arm64_range_step(nr, &scale, &num);                                 \
			if (done == 1)                                                             \
				insn_tlbi(cm, 1, arm64_tlbi_va(asid, va, 0));                      \
			else                                                                       \
				insn_tlbi(range_cm, 1, arm64_tlbi_range(asid, va, scale, num, 0)); \
		}                                                                                  \
		return ops;                                                                        \
	}
#define FORMS(suffix, cm, range_cm)                                                                \
	PAGES(vae1##suffix, cm, 1)                                                                 \
	PAGES(vale1##suffix, cm, 5)                                                                \
	WHOLE(aside1##suffix, cm, 2, arm64_tlbi_asid(asid))                                        \
	WHOLE(vmalle1##suffix, cm, 0, 0)                                                           \
	RANGE(rvae1##suffix, cm, range_cm)

FORMS(, 7, 6)
FORMS(is, 3, 2)
FORMS(os, 1, 5)

#define BARRIER(domain)                                                                            \
	static __timed void dsb_##domain(void)                                                     \
	{                                                                                          \
		insn_dsb(domain);                                                                  \
		insn_isb();                                                                        \
	}

BARRIER(nsh)
BARRIER(ish)
BARRIER(osh)
BARRIER(sy)

enum { NSH, ISH, OSH, SY };
const struct inval_barrier arch_inval_barriers[] = {
	[NSH] = { "dsb nsh", dsb_nsh },
	[ISH] = { "dsb ish", dsb_ish },
	[OSH] = { "dsb osh", dsb_osh },
	[SY] = { "dsb sy", dsb_sy },
	{ 0 },
};

#define OPS(SUFFIX, suffix, reach_, needs_, lacks_, lacks_ranges)                                  \
	{ .name = "VAE1" SUFFIX, .reach = reach_, .last = SY, .needs = needs_, .lacks = lacks_, .issue = vae1##suffix }, \
	{ .name = "VALE1" SUFFIX, .reach = reach_, .last = SY, .needs = needs_, .lacks = lacks_, .issue = vale1##suffix }, \
	{ .name = "RVAE1" SUFFIX, .reach = reach_, .last = SY, .needs = needs_, .lacks = lacks_ranges, .issue = rvae1##suffix }, \
	{                                                                                          \
		.name = "ASIDE1" SUFFIX, .reach = reach_, .whole = true, .last = SY, .needs = needs_, .lacks = lacks_, \
		.issue = aside1##suffix                                                            \
	}, \
	{                                                                                          \
		.name = "VMALLE1" SUFFIX, .reach = reach_, .whole = true, .last = SY, .needs = needs_, .lacks = lacks_, \
		.issue = vmalle1##suffix                                                           \
	}

const struct inval_op arch_inval_ops[] = {
	OPS("", , INVAL_HERE, NSH, NULL, lacks_range),
	OPS("IS", is, INVAL_EVERYWHERE, ISH, NULL, lacks_range),
	/* What has ranges has this domain, too (ID_AA64ISAR0_EL1.TLB). */
	OPS("OS", os, INVAL_EVERYWHERE, OSH, lacks_os, lacks_range),
	{ 0 },
};
