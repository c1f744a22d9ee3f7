// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hashed table in memory of ours, on the bare machine. The second word is there before the first says that the entry is valid; it goes
 * the other way round, and only then is its virtual page invalidated by tlbie. hash.c's lock keeps other writers away; the hardware would
 * set Reference and Change, which are preset. Words are big-endian (Power ISA 3.0B, III 5.7.9, 5.10.1).
 */
#include <phys.h>
#include <pte.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

/* Bytes, as a power of two: 16384 groups, one for each page of 64K in 1 GiB. */
#define HPT_SHIFT 21

struct hpte {
	volatile u64 v, r;
};

static struct hpte *hpt;

static unsigned init(void)
{
	u64 size = 1ULL << HPT_SHIFT, pa = phys_alloc_pages((unsigned)(2 * size / PAGE_SIZE));

	pa = (pa + size - 1) & ~(size - 1); /* a multiple of its size */
	hpt = phys_to_virt(pa);
	for (u64 i = 0; i < size / sizeof(*hpt); i++)
		hpt[i].v = hpt[i].r = 0;
	powernv_set_hashed(pa, HPT_SHIFT);
	return HPT_SHIFT - 7;
}

static s64 enter(u64 group, u64 v, u64 r)
{
	for (u64 slot = group * HPT_GROUP; slot < (group + 1) * HPT_GROUP; slot++) {
		if (hpt[slot].v & be64(HPTE_V))
			continue;
		hpt[slot].r = be64(ppc64_hpte3_r(v, r));
		insn_eieio(); /* the second word before the first; the search of every CPU reads the first before */
		hpt[slot].v = be64(ppc64_hpte3_v(v));
		insn_ptesync(); /* the entry before the access that asked for it */
		return (s64)slot;
	}
	return -1;
}

static void remove(const u64 *slot, const u64 *vpn, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		hpt[slot[i]].v = 0;
	insn_ptesync(); /* before the tlbie, or a search behind it finds them again */
	for (unsigned i = 0; i < n; i++)
		insn_tlbie(ppc64_hash_rb(vpn[i], &ppc64_hash.user), 0, 0, 0, 0);
}

const struct ppc64_hpt_ops ppc64_hpt_native = { .init = init, .enter = enter, .remove = remove };
