// SPDX-License-Identifier: GPL-2.0-only
/*
 * All but INVLPGB serialise, and so are their own completion (SDM Vol. 3, 4.10.4). CR4.PCIDE is off: the only PCID is 0.
 *
 * INVLPGB (AMD APM Vol. 3, INVLPGB and TLBSYNC) reaches every CPU and is weakly ordered; TLBSYNC of the CPU that issued it waits for all.
 */
#include <inval.h>
#include <tlbi.h>

#include <arch/insn.h>
#include <arch/x86.h>

#define CPUID_AMD 0x80000000
#define CPUID_AMD_SIZES 0x80000008
#define INVLPGB_VA 1 /* RAX: the address counts */
#define INVLPGB_PCID 2

static const char *lacks_invpcid(void)
{
	return x86_has_invpcid() ? NULL : "this CPU has no INVPCID (CPUID.7.0:EBX[10])";
}

/* Pages that one INVLPGB takes: known once lacks_invlpgb() was asked. */
static u64 invlpgb_most;

static const char *lacks_invlpgb(void)
{
	u32 r[4];

	insn_cpuid(CPUID_AMD, 0, r);
	if (r[0] >= CPUID_AMD_SIZES)
		insn_cpuid(CPUID_AMD_SIZES, 0, r);
	else
		r[1] = 0;
	invlpgb_most = (r[3] & 0xffff) + 1;
	return r[1] >> 3 & 1 ? NULL : "this CPU has no INVLPGB (CPUID.8000_0008:EBX[3])";
}

static __timed u64 invlpg(u64 asid, u64 va, u64 nr)
{
	for (u64 left = nr; left; left--, va += PAGE_SIZE)
		arch_tlbi_page_local(asid, va, 0);
	return nr;
}

static __timed u64 invpcid_address(u64 asid, u64 va, u64 nr)
{
	(void)asid;
	for (u64 left = nr; left; left--, va += PAGE_SIZE)
		x86_invpcid(&(struct tlbi_op){ .scope = TLBI_PAGE, .va = va });
	return nr;
}

static __always_inline u64 invpcid(enum tlbi_scope scope)
{
	x86_invpcid(&(struct tlbi_op){ .scope = scope });
	return 1;
}

static __timed u64 invpcid_pcid(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	return invpcid(TLBI_ASID);
}

static __timed u64 invpcid_all(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	return invpcid(TLBI_ALL);
}

static __timed u64 invpcid_all_global(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	return invpcid(TLBI_ALL_GLOBAL);
}

static __timed u64 write_cr3(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	arch_tlbi_all_local();
	return 1;
}

/* Off and on again: either drops everything. */
static __timed u64 toggle_pge(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	arch_tlbi_all_global_local();
	return 2;
}

static __timed u64 invlpgb(u64 asid, u64 va, u64 nr)
{
	u64 ops = 0, now;

	(void)asid;
	for (; nr; nr -= now, va += now * PAGE_SIZE, ops++) {
		now = nr < invlpgb_most ? nr : invlpgb_most;
		insn_invlpgb(va | INVLPGB_VA | INVLPGB_PCID, (u32)now - 1, 0);
	}
	return ops;
}

static __timed void nothing(void)
{
}

static __timed void tlbsync(void)
{
	insn_tlbsync();
}

enum { NOTHING, TLBSYNC };
const struct inval_barrier arch_inval_barriers[] = {
	[NOTHING] = { "", nothing },
	[TLBSYNC] = { "TLBSYNC", tlbsync },
	{ 0 },
};

const struct inval_op arch_inval_ops[] = {
	{ .name = "INVLPG", .issue = invlpg },
	{ .name = "CR3", .whole = true, .issue = write_cr3 },
	{ .name = "CR4.PGE", .whole = true, .issue = toggle_pge },
	{ .name = "INVPCID-address", .lacks = lacks_invpcid, .issue = invpcid_address },
	{ .name = "INVPCID-PCID", .whole = true, .lacks = lacks_invpcid, .issue = invpcid_pcid },
	{ .name = "INVPCID-all", .whole = true, .lacks = lacks_invpcid, .issue = invpcid_all },
	{ .name = "INVPCID-all-global", .whole = true, .lacks = lacks_invpcid, .issue = invpcid_all_global },
	{ .name = "INVLPGB", .reach = INVAL_EVERYWHERE, .last = TLBSYNC, .needs = TLBSYNC, .lacks = lacks_invlpgb, .issue = invlpgb },
	{ 0 },
};
