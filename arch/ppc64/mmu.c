// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which translation, and the radix one (Power ISA 3.0B, III 5.7.10); hash.c has the hashed one. The kernel's map is that of process
 * 0, which translates quadrant 3 for everybody; a user space is quadrant 0 of its own process (PID), with its root in the process
 * table.
 */
#include <console.h>
#include <kernel_map.h>
#include <phys.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

#define PIDS (1U << PPC64_PID_BITS)

static u64 kernel_root;
static u64 *process_table; /* two doublewords a PID, big-endian */

static pte_t leaf(u64 pa, unsigned level, bool device)
{
	return ppc64_pte_leaf(pa, device ? PROT_R | PROT_W | PROT_G : PROT_R | PROT_W | PROT_X | PROT_G, level, device ? PPC64_PTE_IO : 0);
}

/* III 5.7.6.2: RTS in two parts says 52 bits, RPDS the index bits of the root. */
static u64 process_entry(u64 root_pa)
{
	u64 rts = ppc64_radix.shift[ppc64_radix.levels] - 31;

	return (rts >> 3) << 61 | root_pa | (rts & 7) << 5 | ppc64_radix.bits[ppc64_radix.levels - 1];
}

static void set_process(u64 pid, u64 root_pa)
{
	process_table[2 * pid] = be64(process_entry(root_pa));
	insn_ptesync();
}

static u64 radix_root(void)
{
	const struct kernel_map map = { .end = PPC64_MAP_END, .page0 = true, .leaf = leaf };

	process_table = phys_to_virt(phys_alloc_pages(16 * PIDS / PAGE_SIZE));
	for (unsigned i = 0; i < 2 * PIDS; i++)
		process_table[i] = 0;
	kernel_root = kernel_map_build(&map);
	set_process(0, kernel_root);
	ppc64_platform->set_process_table(arch_virt_to_phys(process_table), PPC64_PID_BITS + 4, process_entry(kernel_root));
	return kernel_root;
}

/* With a hashed table the kernel has no tree: its entries are in there from the start. */
u64 arch_mmu_kernel_root(void)
{
	if (!ppc64_hash.on)
		return radix_root();
	ppc64_hash_init();
	return phys_alloc_root();
}

void ppc64_map_device(u64 pa)
{
	u64 at = pa & ~(GIB - 1), table;
	pte_t *slot = (pte_t *)phys_to_virt(kernel_root) + (at >> arch_pt_shift(3));

	if (!arch_pte_present(*slot))
		*slot = arch_pte_table(phys_alloc_table(), 3);
	table = arch_pte_pa(*slot, 3);
	((pte_t *)phys_to_virt(table))[at >> arch_pt_shift(2) & ((1U << arch_pt_bits(2)) - 1)] = leaf(at, 2, true);
	insn_ptesync(); /* the tables before the walk of the first access */
}

void arch_mmu_init_cpu(void)
{
	ppc64_platform->mmu_init_cpu();
	if (ppc64_hash.on)
		ppc64_hash_init_cpu();
	else
		insn_mtspr(SPR_PID, 0);
	insn_isync();
	insn_mtmsrd(insn_mfmsr() | MSR_IR | MSR_DR);
	insn_isync();
	if (ppc64_hash.on) /* a new CPU has seen nothing of the table but what is in it */
		return;
	arch_tlbi_all_global_local();
	arch_tlbi_complete_local();
}

/* Entries of the old process leave with it, so that no CPU keeps any of a space that it does not have loaded. */
static void radix_switch(u64 root_pa, u64 asid)
{
	u64 old = insn_mfspr(SPR_PID);

	if (asid)
		set_process(asid, root_pa);
	insn_mtspr(SPR_PID, asid);
	insn_isync();
	arch_tlbi_asid_local(old);
	if (asid)
		arch_tlbi_asid_local(asid); /* what the walker kept of the process table */
	arch_tlbi_complete_local();
}

void arch_mmu_switch(u64 root_pa, u64 asid)
{
	if (ppc64_hash.on)
		ppc64_hash_switch();
	else
		radix_switch(root_pa, asid);
}
