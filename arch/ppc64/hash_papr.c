// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hashed table that the hypervisor keeps (PAPR, H_ENTER, H_REMOVE, H_BULK_REMOVE). It gave the partition one before it started, of the
 * size in "ibm,pft-size". What it takes out it invalidates on every CPU before the call returns: a partition executes no tlbie.
 */
#include <console.h>

#include <arch/hash.h>
#include <arch/ppc64.h>

#define H_PTEG_FULL (-6)
/* Fail unless the entry has this AVPN. */
#define REMOVE_AVPN (1ULL << 31)
/* A word of H_BULK_REMOVE: a request, by AVPN; how each ended. */
#define BULK_REQUEST (1ULL << 62)
#define BULK_AVPN (2ULL << 56)
#define BULK_END (3ULL << 62)
#define BULK_ANSWER(v) ((v) >> 60)
#define BULK_SUCCESS 8

/* A group is 128 bytes. */
static unsigned init(void)
{
	if (ppc64_cpus.pft_shift < 18 || ppc64_cpus.pft_shift > 46)
		panic("device tree: a cpu's ibm,pft-size says 2^%u bytes: valid is 2^18 to 2^46", ppc64_cpus.pft_shift);
	return ppc64_cpus.pft_shift - 7;
}

static s64 enter(u64 group, u64 v, u64 r)
{
	u64 got[4] = { 0 };
	s64 error = ppc64_hcall(H_ENTER, 0, group * HPT_GROUP, v, r, got);

	if (error == H_PTEG_FULL)
		return -1;
	if (error)
		panic("H_ENTER of 0x%llx 0x%llx: error %lld", (unsigned long long)v, (unsigned long long)r, (long long)error);
	return (s64)got[0];
}

static u64 avpn(u64 vpn)
{
	return ppc64_hpte_v(vpn, &ppc64_hash.user) & ~0x7fULL;
}

static void remove_one(u64 slot, u64 vpn)
{
	s64 error = ppc64_hcall(H_REMOVE, REMOVE_AVPN, slot, avpn(vpn), 0, NULL);

	ppc64_hash.calls++;
	if (error)
		panic("H_REMOVE of VA 0x%llx, slot %llu: error %lld", (unsigned long long)ppc64_vpn_ea(vpn), (unsigned long long)slot,
		      (long long)error);
}

static void remove_bulk(const u64 *slot, const u64 *vpn, unsigned n)
{
	u64 request[2 * HPT_BATCH];
	s64 error;

	for (unsigned i = 0; i < n; i++) {
		request[2 * i] = BULK_REQUEST | BULK_AVPN | slot[i];
		request[2 * i + 1] = avpn(vpn[i]);
	}
	if (n < HPT_BATCH)
		request[2 * n] = BULK_END;
	error = ppc64_hcall_bulk(H_BULK_REMOVE, request);
	ppc64_hash.calls++;
	if (error)
		panic("H_BULK_REMOVE of %u entries from slot %llu: error %lld", n, (unsigned long long)slot[0], (long long)error);
	for (unsigned i = 0; i < n; i++)
		if (BULK_ANSWER(request[2 * i]) != BULK_SUCCESS)
			panic("H_BULK_REMOVE of VA 0x%llx, slot %llu: answer 0x%llx", (unsigned long long)ppc64_vpn_ea(vpn[i]),
			      (unsigned long long)slot[i], (unsigned long long)request[2 * i]);
}

static void remove(const u64 *slot, const u64 *vpn, unsigned n)
{
	if (n > 1 && ppc64_papr.hcalls >> PPC64_HCALL_BULK & 1) {
		remove_bulk(slot, vpn, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		remove_one(slot[i], vpn[i]);
}

const struct ppc64_hpt_ops ppc64_hpt_papr = { .init = init, .enter = enter, .remove = remove };
