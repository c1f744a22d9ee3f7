// SPDX-License-Identifier: GPL-2.0-only
/* What the MMU does with bits of an entry that only this ISA has: A and D, Svnapot, Svpbmt; and with one that becomes valid. */
#include <fault.h>
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "options.h"

#define WORD 0x5eedULL

static struct mm mm;
static u64 va;

static bool has(enum riscv_ext ext)
{
	return riscv_tree.isa >> ext & 1;
}

/* A run of @pages, mapped one by one; the address of the first is a multiple of 64K. */
static u64 set_up(unsigned pages)
{
	u64 pa = phys_alloc_huge();

	va = pt_user_start() + 4 * GIB;
	mm_create(&mm);
	for (unsigned i = 0; i < pages; i++) {
		*(volatile u64 *)phys_to_virt(pa + i * PAGE_SIZE) = WORD + i;
		pt_map(&mm, va + i * PAGE_SIZE, pa + i * PAGE_SIZE, PROT_R | PROT_W, 0);
	}
	mm_switch(&mm);
	return pa;
}

static void tear_down(u64 pa)
{
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(pa);
}

static pte_t get(unsigned page)
{
	return pte_load(pt_slot(&mm, va + page * PAGE_SIZE, 0, false));
}

/* Raw, with its fence: these entries are no steps of the protocol. */
static void put(unsigned page, pte_t e)
{
	struct pword *slot = pt_slot(&mm, va + page * PAGE_SIZE, 0, false);

	slot->v = e;
	insn_sfence_vma_all();
}

/* A or D clear: hardware sets it, or the access faults; this kernel presets both. */
TEST_CASE(arch_riscv, accessed_dirty)
{
	u64 pa = set_up(1), word = 0;
	pte_t leaf = get(0), after_read, after_write = 0;
	bool read;

	put(0, leaf & ~(RISCV_PTE_A | RISCV_PTE_D));
	read = arch_probe_read((const u64 *)va, &word);
	after_read = get(0);
	if (read) {
		*(volatile u64 *)va = WORD;
		after_write = get(0);
	}
	put(0, leaf);
	tear_down(pa);
	T_EXPECT(r, option_ad() == AD_AS_IS || read == (option_ad() == AD_HW), "ad=%s, and hardware %s A", read ? "sw" : "hw",
		 read ? "sets" : "does not set");
	if (!read) {
		T_EXPECT(r, after_read == (leaf & ~(RISCV_PTE_A | RISCV_PTE_D)), "the read faulted, and the entry changed");
		T_EXPECT(r, !has(RISCV_EXT_SVADU) || has(RISCV_EXT_SVADE) || option_ad() == AD_SW, "the tree says Svadu, and the read faulted");
		test_set(r, T_PASS, "a clear A faults: software's to set (Svade)");
		return;
	}
	T_EXPECT(r, word == WORD, "read 0x%lx", word);
	T_EXPECT(r, after_read & RISCV_PTE_A && !(after_read & RISCV_PTE_D), "after a read the entry is 0x%llx",
		 (unsigned long long)after_read);
	T_EXPECT(r, after_write & RISCV_PTE_D, "after a write D is clear");
	test_set(r, T_PASS, "hardware sets A and D (Svadu)");
}

/* 16 entries alike: each page of the run is where the run says, whichever entry is used. */
TEST_CASE(arch_riscv, napot)
{
	unsigned wrong = 0;
	pte_t all;
	u64 pa;

	if (!has(RISCV_EXT_SVNAPOT)) {
		test_set(r, T_SKIP, "not every hart has Svnapot");
		return;
	}
	pa = set_up(16);
	all = riscv_pte_napot(get(0));
	for (unsigned i = 0; i < 16; i++)
		put(i, all);
	for (unsigned i = 0; i < 16; i++)
		wrong += *(volatile u64 *)(va + i * PAGE_SIZE) != WORD + i;
	for (unsigned i = 0; i < 16; i++)
		put(i, arch_pte_leaf(pa + i * PAGE_SIZE, PROT_R | PROT_W, 0));
	tear_down(pa);
	T_EXPECT(r, !wrong, "%u of 16 pages are elsewhere", wrong);
	test_set(r, T_PASS, "a run of 64K by 16 entries alike");
}

/* Without the extension N and PBMT are reserved: a walker refuses them, or, before version 1.11 of the privileged ISA, ignores them. */
TEST_CASE(arch_riscv, reserved_bits)
{
	static const struct {
		enum riscv_ext ext;
		const char *name;
		pte_t bits;
	} cases[] = {
		{ RISCV_EXT_SVNAPOT, "N", RISCV_PTE_N },
		{ RISCV_EXT_SVPBMT, "PBMT", RISCV_PTE_PBMT_NC },
	};
	static const char *const outcome[] = { "refused", "used" };
	u64 pa = set_up(1), word[2] = { WORD, WORD };
	pte_t leaf = get(0);
	bool read[2];

	for (unsigned i = 0; i < 2; i++) {
		put(0, i == 0 && has(RISCV_EXT_SVNAPOT) ? riscv_pte_napot(leaf) : leaf | cases[i].bits);
		read[i] = arch_probe_read((const u64 *)va, &word[i]);
	}
	put(0, leaf);
	tear_down(pa);
	for (unsigned i = 0; i < 2; i++)
		T_EXPECT(r, word[i] == WORD && (read[i] || !has(cases[i].ext)), "%s: an entry with it is %s and reads 0x%lx",
			 cases[i].name, outcome[read[i]], word[i]);
	test_set(r, T_PASS, "N is %s, PBMT is %s", outcome[read[0]], outcome[read[1]]);
}

/*
 * Invalid to valid: this CPU uses the new entry at once (arch_pte_made()), and one that cached "invalid" comes back from its fault.
 * QEMU caches no invalid entry, so the second half is only made to happen by hand: the handler is asked by a read that faults
 * for good, and by one that does not fault at all.
 */
TEST_CASE(arch_riscv, invalid_to_valid)
{
	u64 pa = set_up(1), word = 0;
	pte_t leaf = get(0);
	u64 before = riscv_spurious_faults;
	bool absent, present;

	put(0, PTE_NONE);
	absent = arch_probe_read((const u64 *)va, &word);
	pt_slot(&mm, va, 0, false)->v = leaf;
	arch_pte_made(va);
	present = arch_probe_read((const u64 *)va, &word);
	tear_down(pa);
	T_EXPECT(r, !absent, "an empty entry was read through");
	T_EXPECT(r, present && word == WORD, "the entry is not used right behind its making");
	test_set(r, T_PASS, "used at once%s; %llu faults found to be spurious meanwhile", riscv_tlbi.made == MADE_NOTHING ? ", without a fence (Svvptc)" : "",
		 (unsigned long long)(riscv_spurious_faults - before));
}
