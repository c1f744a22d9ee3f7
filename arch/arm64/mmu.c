// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's map: identity, the first 512 GiB, in top-level slot 0, global, shared by every mm.
 *
 * RAM is write-back and executable, everything else Device and not (Arm ARM, B2.7.2). Page 0 is left out (a NULL pointer faults),
 * unless firmware keeps a word there that the start of a CPU needs.
 *
 * TTBR0 translates everything; TTBR1 is off.
 */
#include <kernel_map.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define KERNEL_MAP_END (512 * GIB)
#define KERNEL_PROT (PROT_R | PROT_W | PROT_X | PROT_G)
#define DEVICE_PROT (PROT_R | PROT_W | PROT_G)

static u64 kernel_root;
static u64 tcr;

static pte_t leaf(u64 pa, unsigned level, bool device)
{
	return arm64_pte_leaf(pa, device ? DEVICE_PROT : KERNEL_PROT, level, device ? ATTR_DEVICE : ATTR_NORMAL);
}

/* ID_AA64MMFR0_EL1 (D17.2.63): PARange goes into TCR_EL1.IPS as it is, up to 48 bits. */
static u64 tcr_value(void)
{
	static const u64 tg0[4] = { 0, 0, 2, 1 };
	u64 mmfr0 = insn_mrs(id_aa64mmfr0_el1), range = mmfr0 & 15;

	return TCR_COMMON | tg0[arm64_granule.tg] << 14 | (range > 5 ? 5 : range) << 32 | (arm64_asid_bits == 16 ? 1ULL << 36 : 0);
}

u64 arch_mmu_kernel_root(void)
{
	const struct kernel_map map = { .end = KERNEL_MAP_END, .page0 = arm64_boot.page0, .leaf = leaf };

	tcr = tcr_value();
	kernel_root = kernel_map_build(&map);
	insn_dsb(ishst); /* the tables before the first walk, of any CPU */
	arch_mmu_init_cpu(); /* the boot CPU leaves the boot map now */
	return kernel_root;
}

void arch_mmu_init_cpu(void)
{
	arm64_mmu_load(kernel_root, tcr);
}

/*
 * Entries of the old address space leave with it, so that no CPU keeps any of a space that it does not have loaded: the ISB
 * makes the switch take effect before its entries are dropped.
 */
void arch_mmu_switch(u64 root_pa, u64 asid)
{
	u64 old = insn_mrs(ttbr0_el1) >> 48;

	insn_msr(ttbr0_el1, asid << 48 | root_pa);
	insn_isb();
	arch_tlbi_asid_local(old);
	arch_tlbi_complete_local();
}
