// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's map: identity, the first 128 GiB, global, in the lowest top-level slots, shared by every mm. Page 0 is left out (a NULL
 * pointer faults). Device ranges are never executed; where the CPUs have Svpbmt their entries say I/O, else the physical
 * memory attributes of the machine do.
 */
#include <console.h>
#include <kernel_map.h>
#include <percpu.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/insn.h>
#include <arch/riscv.h>

#include "options.h"

static u64 kernel_root;

static pte_t leaf(u64 pa, unsigned level, bool device)
{
	pte_t e = arch_pte_leaf(pa, device ? PROT_R | PROT_W | PROT_G : PROT_R | PROT_W | PROT_X | PROT_G, level);

	return device && option_pbmt() ? e | RISCV_PTE_PBMT_IO : e;
}

u64 arch_mmu_kernel_root(void)
{
	const struct kernel_map map = { .end = RISCV_MAP_END, .leaf = leaf };

	kernel_root = kernel_map_build(&map);
	return kernel_root;
}

/* A hart that has less than the one that was asked keeps another value, or none. */
static void check_hart(void)
{
	u64 want = riscv_satp(riscv_pt_levels, riscv_tlbi.asid_mask, kernel_root);

	insn_csrw(satp, want);
	if (insn_csrr(satp) != want)
		panic("hart %u has not the translation mode or the ASIDs of hart %u", cpu_area[this_cpu()].hwid, cpu_area[0].hwid);
}

/* SFENCE.VMA: this hart's stores to the tables, or those of who started it, before its first walk; nothing older is left. */
void arch_mmu_init_cpu(void)
{
	insn_sfence_vma_all();
	check_hart();
	option_ad_init_cpu();
	insn_csrw(satp, riscv_satp(riscv_pt_levels, 0, kernel_root));
	insn_sfence_vma_all();
}

/*
 * Entries of the old address space leave with it, so that no CPU keeps any of a space that it does not have loaded. Writing satp
 * orders nothing: the fence behind it does, for the new space as for the old.
 */
void arch_mmu_switch(u64 root_pa, u64 asid)
{
	u64 old = insn_csrr(satp) >> 44 & 0xffff;

	insn_csrw(satp, riscv_satp(riscv_pt_levels, asid & riscv_tlbi.asid_mask, root_pa));
	arch_tlbi_publish();
	arch_tlbi_asid_local(old);
	if (riscv_tlbi.asid_mask)
		arch_tlbi_asid_local(asid);
	arch_tlbi_complete_local();
}
