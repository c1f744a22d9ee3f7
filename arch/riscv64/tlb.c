// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidates by the firmware (SBI v2.0, 8: RFENCE), which interrupts the targets in M-mode and returns when all have done it.
 *
 * OpenSBI waits for them in a loop that an emulator which runs CPUs by turns does not take for giving way: without more, a call
 * goes on until the turn of the caller ends, which can be 100 million instructions. A deadline of the timer ends a turn. So there,
 * and only there, one is set before the call, with its interrupt closed: after option_fw_bound() ticks of the platform's timer
 * the targets have their turns. What the call costs is then mostly that bound, and says so (arch_tlbi_fw_bound()).
 *
 * OpenSBI knows CIP-1200 (errata.h), too: on SiFive's FU540 and FU740 it makes every range an SFENCE.VMA of everything (its limit for
 * ranges is 0). With inval=full it is asked for that in any case, so that nothing hangs on the version or on whose firmware it is.
 */
#include <board.h>
#include <cpumask.h>
#include <tlbi.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "harts.h"
#include "options.h"

#define NEVER (~0ULL)

static void set_timer(u64 when)
{
	if (riscv_tree.isa >> RISCV_EXT_SSTC & 1)
		insn_csrw(CSR_STIMECMP, when);
	else
		sbi_call(SBI_TIME, 0, when, 0);
}

struct rfence {
	u64 start, size, asid; /* asid as in satp */
};

/* The caller has published its stores: the call orders nothing by specification. */
static __always_inline void call(const struct sbi_mask *m, const void *arg)
{
	const struct rfence *f = arg;
	u64 bound = option_fw_bound();
	s64 error;

	if (bound)
		set_timer(insn_csrr(time) + bound);
	if (unlikely(riscv_tlbi.inval == INVAL_FULL)) /* the firmware's fences are executed by the same CPUs */
		error = sbi_remote_sfence_vma(m->mask, m->base, 0, ~0ULL);
	else if (riscv_tlbi.asid_mask)
		error = sbi_remote_sfence_vma_asid(m->mask, m->base, f->start, f->size, f->asid & riscv_tlbi.asid_mask);
	else
		error = sbi_remote_sfence_vma(m->mask, m->base, f->start, f->size);
	if (bound)
		set_timer(NEVER);
	if (unlikely(error))
		panic("SBI RFENCE of harts 0x%llx from %llu on: error %lld", (unsigned long long)m->mask, (unsigned long long)m->base,
		      (long long)error);
}

__timed u64 riscv_rfence(const struct cpumask *to, u64 start, u64 size, u64 asid)
{
	const struct rfence f = { start, size, asid };

	return sbi_each_mask(to, riscv_hart, call, &f);
}

const char *riscv_tlbi_inexact(void)
{
	return riscv_tlbi.inval == INVAL_FULL ? "inval=full drops everything each time" : board_tlb_inexact();
}
