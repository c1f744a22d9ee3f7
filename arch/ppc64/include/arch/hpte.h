/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of hashed translation (Power ISA 3.0B, Book III, 5.7.8 and 5.7.9): SLB entries, HPTEs and where they go, and what tlbie wants
 * for one. Pure.
 *
 * All segments have 1T. A virtual address is the number of a segment (VSID) and an offset of 40 bits; vpn is it without the lowest 12.
 * An address space of this kernel has the VSIDs whose lowest bits are its ID, so that neighbours in memory and address spaces alike
 * go to different groups.
 */
#ifndef SKEET_ARCH_HPTE_H
#define SKEET_ARCH_HPTE_H

#include <ppc64/tree.h>
#include <pte.h>

#define HASH_SEGMENT_SHIFT 40
/* VSID: the segment's number in its space above the space's ID. */
#define HASH_ID_BITS 12
#define HASH_USER_END (1ULL << 52)

static inline u64 ppc64_vsid(u64 id, u64 ea)
{
	return (ea >> HASH_SEGMENT_SHIFT & 0xfff) << HASH_ID_BITS | id;
}

static inline u64 ppc64_vpn(u64 id, u64 ea)
{
	return ppc64_vsid(id, ea) << (HASH_SEGMENT_SHIFT - 12) | (ea & ((1ULL << HASH_SEGMENT_SHIFT) - 1)) >> 12;
}

static inline u64 ppc64_vpn_id(u64 vpn)
{
	return vpn >> (HASH_SEGMENT_SHIFT - 12) & ((1U << HASH_ID_BITS) - 1);
}

static inline u64 ppc64_vpn_ea(u64 vpn)
{
	return vpn >> (HASH_SEGMENT_SHIFT - 12 + HASH_ID_BITS) << HASH_SEGMENT_SHIFT |
	       (vpn << 12 & ((1ULL << HASH_SEGMENT_SHIFT) - 1));
}

/* --- SLB (5.7.8.2, slbmte 5.9.3.1) --- */

#define SLB_B_1T (1ULL << 62)
#define SLB_V (1ULL << 27)

/* RS of slbmte: Ks is clear, so what PP says is of privileged state too. */
static inline u64 ppc64_slb_rs(u64 vsid, u64 llp)
{
	return SLB_B_1T | vsid << 24 | llp;
}

/* RB of slbmte. */
static inline u64 ppc64_slb_rb(u64 ea, unsigned index)
{
	return (ea & ~((1ULL << HASH_SEGMENT_SHIFT) - 1)) | SLB_V | index;
}

/* --- HPTE (5.7.9.1), in the form of ISA 2.07, which PAPR keeps: the segment's size is in the first word --- */

#define HPTE_V 1ULL
#define HPTE_SECONDARY 2ULL
#define HPTE_LARGE 4ULL
#define HPTE_B_1T (1ULL << 62)
#define HPTE_R_R (1ULL << 8)
#define HPTE_R_C (1ULL << 7)
#define HPTE_R_M (1ULL << 4) /* memory coherence */
#define HPTE_R_N (1ULL << 2) /* no execution */
#define HPTE_R_RO 3ULL       /* PP */
#define HPTE_AVPN_SHIFT 7

/* What a lookup compares: AVPN, V and the segment's size. */
static inline u64 ppc64_hpte_v(u64 vpn, const struct ppc64_hash_size *s)
{
	u64 avpn = vpn >> 11;

	if (s->shift > 23)
		avpn &= ~((1ULL << (s->shift - 23)) - 1);
	return HPTE_B_1T | avpn << HPTE_AVPN_SHIFT | (s->shift > 12 ? HPTE_LARGE : 0) | HPTE_V;
}

/* Reference and Change are preset, as in the tree. */
static inline u64 ppc64_hpte_r(u64 pa, unsigned prot, const struct ppc64_hash_size *s)
{
	u64 r = pa & ~((1ULL << s->shift) - 1) & 0x0ffffffffffff000ULL;

	if (s->shift > 12)
		r |= s->penc << 12;
	return r | HPTE_R_R | HPTE_R_C | HPTE_R_M | (prot & PROT_X ? 0 : HPTE_R_N) | (prot & PROT_W ? 0 : HPTE_R_RO);
}

/* The table's own form since ISA 3.0: the segment's size is in the second word. */
static inline u64 ppc64_hpte3_v(u64 v)
{
	return v & 0x000fffffffffffffULL;
}

static inline u64 ppc64_hpte3_r(u64 v, u64 r)
{
	return r | v >> 62 << 58;
}

/* The primary hash (5.7.9.3); the secondary is its complement. */
static inline u64 ppc64_hash_of(u64 vpn, unsigned shift)
{
	u64 vsid = vpn >> (HASH_SEGMENT_SHIFT - 12), page = (vpn & ((1ULL << (HASH_SEGMENT_SHIFT - 12)) - 1)) >> (shift - 12);

	return vsid ^ vsid << 25 ^ page;
}

/* RB of tlbie with R = 0, IS = 0 (5.9.3.3): AVA, B, and AP or, of large pages, LP, AVAL and L. */
static inline u64 ppc64_hash_rb(u64 vpn, const struct ppc64_hash_size *s)
{
	u64 va = vpn << 12;

	if (s->shift == 12)
		return (va & ~0xfffULL) | 1ULL << 8;
	return (va & ~((1ULL << s->shift) - 1)) | s->penc << 12 | 1ULL << 8 | (vpn & 0xfe) | 1;
}

#endif
