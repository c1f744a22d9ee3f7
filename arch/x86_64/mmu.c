// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's map: identity, in the first top-level slot, global, shared by every mm.
 *
 * 4K leaves for the first 2 MiB, without page 0 (a NULL pointer faults); 2M leaves to 4 GiB, uncached above 3 GiB where
 * no RAM is (LAPIC, IOAPIC, HPET, PCI windows); 1G leaves above. The mappings of one address never differ in size between
 * roots, because there is one table for all.
 */
#include <cpu.h>
#include <phys.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/insn.h>
#include <arch/x86.h>

#define KERNEL_PROT (PROT_R | PROT_W | PROT_X | PROT_G)
#define UNCACHED (X86_PTE_PCD | X86_PTE_PWT)

static u64 kernel_root;

static pte_t *table_at(u64 pa)
{
	return (pte_t *)pa;
}

static pte_t leaf_2m(u64 pa)
{
	pte_t e = arch_pte_leaf(pa, KERNEL_PROT, 1);

	return pa >= 3 * GIB && !x86_is_ram(pa, pa + pt_size(1)) ? e | UNCACHED : e;
}

static u64 build_pt(void)
{
	u64 pa = phys_alloc_table();

	for (unsigned i = 1; i < 512; i++)
		table_at(pa)[i] = arch_pte_leaf(i * PAGE_SIZE, KERNEL_PROT, 0);
	return pa;
}

static u64 build_pd(u64 start)
{
	u64 pa = phys_alloc_table();

	for (unsigned i = 0; i < 512; i++)
		table_at(pa)[i] = leaf_2m(start + i * pt_size(1));
	if (start == 0)
		table_at(pa)[0] = arch_pte_table(build_pt(), 1);
	return pa;
}

u64 arch_mmu_kernel_root(void)
{
	u64 root = phys_alloc_table(), pdpt = phys_alloc_table();

	table_at(root)[0] = arch_pte_table(pdpt, 3);
	for (u64 g = 0; g < 4 || g * GIB < x86_ram_top; g++)
		table_at(pdpt)[g] = g < 4 ? arch_pte_table(build_pd(g * GIB), 2) : arch_pte_leaf(g * GIB, KERNEL_PROT, 2);
	kernel_root = root;
	arch_mmu_init_cpu(); /* the boot CPU leaves the boot map now */
	return root;
}

/* Entry code set the control registers (X86_CR0_INIT and its like); the change of PGE drops the boot map's entries. */
void arch_mmu_init_cpu(void)
{
	insn_write_cr3(kernel_root);
	arch_tlbi_all_global_local();
}

const char *arch_configure(void)
{
	return x86_choose_ipi();
}

void arch_mmu_switch(u64 root_pa, u64 asid)
{
	(void)asid; /* without CR4.PCIDE there is one hardware address space: the load flushes all but global entries */
	insn_write_cr3(root_pa);
}
