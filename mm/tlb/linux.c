// SPDX-License-Identifier: GPL-2.0-only
/*
 * linux: what Linux does on this ISA, by one of the other methods. That of the hardware if it broadcasts; else a call of the
 * firmware where Linux would make it; else interrupts. Whom it drains depends on which it is, and with that the verdict "covered
 * by the flush".
 *
 *   x86_64    native_flush_tlb_multi(): interrupts (INVLPGB of some AMD CPUs, for processes on many of them, is not used here)
 *   arm64     flush_tlb_range(): TLBI IS, always
 *   riscv64   flush_tlb_range(): an RFENCE while interrupts between harts go by way of the SBI themselves; interrupts once S mode
 *             can send them (riscv_use_sbi_for_rfence())
 *
 * An mm that only this CPU has loaded: the methods that ask each CPU find nobody to ask, and flush here, as Linux does. A
 * broadcast is made all the same, as on arm64.
 */
#include <tlb.h>
#include <tlbi.h>

#include "ways.h"

/* Methods that this one can be. */
enum way { WAY_IPI, WAY_HW, WAY_FW };

static __always_inline enum way linux_way(void)
{
	if (!arch_tlbi_lacks_bcast())
		return WAY_HW;
	return arch_tlbi_prefers_fw() ? WAY_FW : WAY_IPI;
}

static const struct tlb_method *linux_is(void)
{
	static const char *const name[] = { [WAY_IPI] = "ipi", [WAY_HW] = "hw", [WAY_FW] = "fw" };

	return tlb_method_find(name[linux_way()]);
}

static __timed void linux_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	switch (linux_way()) {
	case WAY_IPI:
		ipi_inval(mm, r, drained);
		break;
	case WAY_HW:
		hw_inval(mm, r, drained);
		break;
	case WAY_FW:
		fw_inval(mm, r, drained);
		break;
	}
}

/* Not "linux" alone: compilers for it define that as a macro. */
TLB_METHOD(linux_isa) = {
	.name = "linux",
	.doc = "what Linux does on this ISA: hw, fw or ipi",
	.is = linux_is,
	.inval = linux_inval,
};
