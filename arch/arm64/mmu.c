// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's map: identity, the first 512 GiB, in top-level slot 0, global, shared by every mm.
 *
 * RAM is write-back and executable, everything else Device and not: an access that the image never makes is none that a CPU may
 * make on its own (Arm ARM, B2.7.2). The largest leaves that a range of one kind allows. Page 0 is left out (a NULL pointer
 * faults), unless firmware keeps a word there that the start of a CPU needs.
 *
 * TTBR0 translates everything; TTBR1 is off.
 */
#include <console.h>
#include <phys.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define KERNEL_MAP_END (512 * GIB)
#define KERNEL_PROT (PROT_R | PROT_W | PROT_X | PROT_G)
#define DEVICE_PROT (PROT_R | PROT_W | PROT_G)

static u64 kernel_root;
static u64 tcr;

enum kind { NOTHING, RAM, DEVICE, MIXED };

static bool is_ram(u64 start, u64 end, bool all)
{
	for (unsigned i = 0; i < arm64_boot.nr_ram; i++) {
		u64 s = arm64_boot.ram[i].start, e = arm64_boot.ram[i].end;

		if (all ? s <= start && end <= e : s < end && start < e)
			return true;
	}
	return false;
}

static enum kind kind_of(u64 start, u64 end)
{
	if (start >= KERNEL_MAP_END)
		return NOTHING;
	if (end > KERNEL_MAP_END || (start == 0 && !arm64_boot.page0 && end > PAGE_SIZE))
		return MIXED;
	if (start == 0 && !arm64_boot.page0)
		return NOTHING;
	if (is_ram(start, end, true))
		return RAM;
	return is_ram(start, end, false) ? MIXED : DEVICE;
}

static u64 build(u64 start, unsigned level)
{
	u64 pa = phys_alloc_table();
	pte_t *table = phys_to_virt(pa);

	for (unsigned i = 0; i < 1U << arch_pt_bits(level); i++) {
		u64 at = start + i * pt_size(level);
		enum kind k = kind_of(at, at + pt_size(level));

		if (k == NOTHING)
			continue;
		if (level && (k == MIXED || !arch_pt_leaf_ok(level)))
			table[i] = arch_pte_table(build(at, level - 1));
		else
			table[i] = arm64_pte_leaf(at, k == DEVICE ? DEVICE_PROT : KERNEL_PROT, level,
						  k == DEVICE ? ATTR_DEVICE : ATTR_NORMAL);
	}
	return pa;
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
	tcr = tcr_value();
	kernel_root = build(0, ARCH_PT_LEVELS - 1);
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
