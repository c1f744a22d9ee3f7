// SPDX-License-Identifier: GPL-2.0-only
/* The identity map of RAM and devices, global, in the top-level slots that every mm shares. */
#include <bootinfo.h>
#include <kernel_map.h>
#include <phys.h>

enum kind { NOTHING, RAM, DEVICE, MIXED };

static bool is_ram(u64 start, u64 end, bool all)
{
	for (unsigned i = 0; i < boot_info->nr_ram; i++) {
		u64 s = boot_info->ram[i].start, e = s + boot_info->ram[i].size;

		if (all ? s <= start && end <= e : s < end && start < e)
			return true;
	}
	return false;
}

static enum kind kind_of(const struct kernel_map *m, u64 start, u64 end)
{
	if (start >= m->end)
		return NOTHING;
	if (end > m->end || (start == 0 && !m->page0 && end > PAGE_SIZE))
		return MIXED;
	if (start == 0 && !m->page0)
		return NOTHING;
	if (is_ram(start, end, true))
		return RAM;
	return is_ram(start, end, false) ? MIXED : DEVICE;
}

static u64 build(const struct kernel_map *m, u64 start, unsigned level)
{
	u64 pa = level == ARCH_PT_LEVELS - 1 ? phys_alloc_root() : phys_alloc_table();
	pte_t *table = phys_to_virt(pa);

	for (unsigned i = 0; i < 1U << arch_pt_bits(level); i++) {
		u64 at = start + i * pt_size(level);
		enum kind k = kind_of(m, at, at + pt_size(level));

		if (k == NOTHING)
			continue;
		if (level && (k == MIXED || !arch_pt_leaf_ok(level)))
			table[i] = arch_pte_table(build(m, at, level - 1), level);
		else
			table[i] = m->leaf(at, level, k == DEVICE);
	}
	return pa;
}

u64 kernel_map_build(const struct kernel_map *m)
{
	return build(m, 0, ARCH_PT_LEVELS - 1);
}
