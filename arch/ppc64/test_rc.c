// SPDX-License-Identifier: GPL-2.0-only
/*
 * R and C of a leaf (Power ISA 3.0B, III 5.7.12). This kernel presets both, so that nobody but the kernel stores to a slot. Who
 * else would set them differs: QEMU 7.2 by a plain store of the entry that it has read, which brings back one that was cleared
 * meanwhile; QEMU 10, as a CPU may, leaves it to software and faults.
 */
#include <fault.h>
#include <phys.h>
#include <pt.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

#define WORD 0x5eedULL
#define R_AND_C be64(PPC64_PTE_R | PPC64_PTE_C)

static struct mm mm;

/* Raw, with its invalidate: this is no step of the protocol. */
static void put(struct pword *slot, pte_t e)
{
	slot->v = e;
	arch_tlbi_publish();
	arch_tlbi_asid_local(mm.asid);
	arch_tlbi_complete_local();
}

TEST_CASE(arch_ppc64, reference_change)
{
	u64 va = pt_user_start() + 4 * GIB, pa, word = 0, dsisr;
	struct pword *slot;
	pte_t leaf, after;
	bool read;

	if (ppc64_hash.on) {
		test_set(r, T_SKIP, "mmu=hash: no hardware reads the trees");
		return;
	}
	pa = phys_alloc_page();
	*(volatile u64 *)phys_to_virt(pa) = WORD;
	mm_create(&mm);
	pt_map(&mm, va, pa, PROT_R | PROT_W, 0);
	mm_switch(&mm);
	slot = pt_slot(&mm, va, 0, false);
	leaf = pte_load(slot);
	put(slot, leaf & ~R_AND_C);
	read = arch_probe_read((const u64 *)va, &word);
	dsisr = insn_mfspr(SPR_DSISR);
	after = slot->v;
	put(slot, leaf);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
	T_EXPECT(r, (leaf & R_AND_C) == R_AND_C, "a leaf is made with R or C clear: 0x%llx", (unsigned long long)be64(leaf));
	if (!read) {
		T_EXPECT(r, dsisr & DSISR_R_OR_C, "a read with R clear faults, and DSISR is 0x%llx", (unsigned long long)dsisr);
		T_EXPECT(r, after == (leaf & ~R_AND_C), "the read faulted, and the entry changed");
		test_set(r, T_PASS, "a clear R faults: software's to set (DSISR 0x%x)", DSISR_R_OR_C);
		return;
	}
	T_EXPECT(r, word == WORD, "read 0x%lx", word);
	T_EXPECT(r, after & be64(PPC64_PTE_R), "a read with R clear neither faults nor sets R: 0x%llx", (unsigned long long)be64(after));
	test_set(r, T_PASS, "the machine sets R itself");
}
