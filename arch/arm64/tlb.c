// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs by range operations (FEAT_TLBIRANGE, Arm ARM D8.13.6): one covers (NUM + 1) * 2^(5 * SCALE + 1) granules, always an even
 * number, so an odd run begins with one page.
 */
#include <board.h>
#include <tlbi.h>

static void issue(u64 op, bool tables)
{
	if (arm64_tlbi.use_os && tables)
		insn_tlbi(5, 1, op);
	else if (arm64_tlbi.use_os)
		insn_tlbi(5, 5, op);
	else if (tables)
		insn_tlbi(2, 1, op);
	else
		insn_tlbi(2, 5, op);
}

const char *arm64_tlbi_inexact(void)
{
	return arm64_granule.page_shift > 12 ? "QEMU's TCG drops everything with a page over 4K" : board_tlb_inexact();
}

u64 arm64_tlbi_run_ranges(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	u64 left = nr << (arch_pt_shift(level) - arm64_granule.page_shift), ops = 0;
	unsigned ttl = arm64_tlbi.ttl_mask && !tables ? 3 - level : 0;

	while (left) {
		u64 now = left < ARM64_RANGE_MAX ? left : ARM64_RANGE_MAX, done;
		unsigned scale, num;

		done = arm64_range_step(now, &scale, &num);
		if (done == 1)
			arm64_tlbi_bcast(arm64_tlbi_run_va(asid, va, level, tables), tables);
		else
			issue(arm64_tlbi_range(asid, va, scale, num, ttl), tables);
		va += done << arm64_granule.page_shift;
		left -= done;
		ops++;
	}
	return ops;
}
