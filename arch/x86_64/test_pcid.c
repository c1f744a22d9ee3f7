// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCID and INVPCID: the operands as golden vectors (SDM Volume 2, INVPCID; Vol. 3, 4.10.1), and the instruction itself on
 * a CPU that has it (Bochs; QEMU's TCG has not). The kernel leaves CR4.PCIDE off, so only PCID 0 may be named then; one case
 * sets it for a while, on this CPU.
 */
#include <cpu.h>
#include <mm.h>
#include <phys.h>
#include <pt.h>
#include <test.h>
#include <tlbi.h>

#define TEST_PCID 0xabcU

TEST_CASE(arch_tlb, pcid_operands)
{
	struct x86_invpcid d = x86_invpcid_desc(0x1fff, 0x7fff12345000);

	T_EXPECT(r, sizeof(d) == 16 && d.pcid == 0xfff && d.va == 0x7fff12345000, "descriptor 0x%llx 0x%llx",
		 (unsigned long long)d.pcid, (unsigned long long)d.va);
	T_EXPECT(r, x86_invpcid_type(TLBI_PAGE) == 0 && x86_invpcid_type(TLBI_ASID) == 1 &&
		 x86_invpcid_type(TLBI_ALL_GLOBAL) == 2 && x86_invpcid_type(TLBI_ALL) == 3, "types are not 0, 1, 2, 3");
	T_EXPECT(r, x86_cr3_value(0x12345000, 7, false) == 0x12345007, "CR3 without keep: 0x%llx",
		 (unsigned long long)x86_cr3_value(0x12345000, 7, false));
	T_EXPECT(r, x86_cr3_value(0x12345fff, 0x1001, true) == 0x8000000012345001, "CR3 with keep: 0x%llx",
		 (unsigned long long)x86_cr3_value(0x12345fff, 0x1001, true));
	test_set(r, T_PASS, "INVPCID descriptors and types, CR3 values");
}

/* Run @mm, which is loaded, under @pcid from here on. CR4.PCIDE may be set while CR3 has PCID 0 (4.10.1). */
static void pcid_begin(const struct mm *mm, u64 pcid)
{
	insn_write_cr4(insn_read_cr4() | X86_CR4_PCIDE);
	insn_write_cr3(x86_cr3_value(mm->root_pa, pcid, true));
}

/* Back to one hardware address space; clearing CR4.PCIDE removes every entry (4.10.4.1). Was it @pcid until now? */
static bool pcid_end(const struct mm *mm, u64 pcid)
{
	bool was = (insn_read_cr3() & 0xfff) == pcid;

	insn_write_cr3(x86_cr3_value(mm->root_pa, 0, false));
	insn_write_cr4(insn_read_cr4() & ~(u64)X86_CR4_PCIDE);
	return was;
}

/* Does INVPCID with @scope make a re-pointed page of @pcid fresh? */
static bool refreshed_by(enum tlbi_scope scope, u64 pcid)
{
	bool was = true;
	u64 va = pt_user_start() + GIB, a = phys_alloc_page(), b = phys_alloc_page(), got;
	struct pword *slot;
	struct mm mm;

	*(volatile u64 *)phys_to_virt(a) = 1;
	*(volatile u64 *)phys_to_virt(b) = 2;
	mm_create(&mm);
	pt_map(&mm, va, a, PROT_R, 0);
	slot = pt_slot(&mm, va, 0, false);
	mm_switch(&mm);
	if (pcid)
		pcid_begin(&mm, pcid);
	(void)*(volatile u64 *)va;
	spin_lock(&mm.lock);
	pte_store(&mm, slot, va, 0, arch_pte_leaf(b, PROT_R, 0));
	spin_unlock(&mm.lock);
	x86_invpcid(&(struct tlbi_op){ .scope = scope, .asid = pcid, .va = va });
	got = *(volatile u64 *)va;
	if (pcid)
		was = pcid_end(&mm, pcid);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(a);
	frame_put(b);
	return was && got == 2;
}

TEST_CASE(arch_tlb, invpcid)
{
	if (!x86_has_invpcid()) {
		test_set(r, T_SKIP, "this CPU has no INVPCID (QEMU's TCG has not)");
		return;
	}
	for (enum tlbi_scope s = TLBI_PAGE; s <= TLBI_ALL_GLOBAL; s++)
		T_EXPECT(r, refreshed_by(s, 0), "type %u left old data", x86_invpcid_type(s));
	test_set(r, T_PASS, "all four types refresh a page of PCID 0");
}

TEST_CASE(arch_tlb, pcid)
{
	if (!x86_has_pcid() || !x86_has_invpcid()) {
		test_set(r, T_SKIP, "this CPU has no %s (QEMU's TCG has not)", x86_has_pcid() ? "INVPCID" : "PCID");
		return;
	}
	for (enum tlbi_scope s = TLBI_PAGE; s <= TLBI_ALL_GLOBAL; s++)
		T_EXPECT(r, refreshed_by(s, TEST_PCID), "type %u left old data of PCID %u, or CR3 has another one", x86_invpcid_type(s), TEST_PCID);
	test_set(r, T_PASS, "all four types refresh a page of PCID %u", TEST_PCID);
}
