// SPDX-License-Identifier: GPL-2.0-only
/*
 * fw: the firmware invalidates on each CPU that has the mm loaded, this one does it itself.
 *
 * Origin. RISC-V: sbi_remote_sfence_vma_asid() of Linux, for machines whose S mode cannot interrupt other harts by itself: the
 * RFENCE extension of the SBI (v2.0, chapter 8; EID "RFNC", FID 2). Linux names the calling hart in the mask, too; here that one
 * flushes without a call. POWER: H_RPT_INVALIDATE of a hypervisor, for guests that may not execute tlbie
 * (pseries_rpt_invalidate()).
 *
 * What it does to the targets. The firmware interrupts them in a mode above this kernel's, which closed interrupts do not stop.
 * The kernel there notices nothing: it does not count an interrupt, and a walk goes on behind the invalidate. So the method
 * drains nobody, as nmi and hw.
 *
 * What follows for tables. Where Linux frees them behind an RFENCE, no walker of GUP-fast has been waited for, whose closed
 * interrupts keep out an IPI but not this. "The flush interrupted them all" is true of the harts and wrong of the kernel: a table
 * is freed only once the walkers are synchronised (there by RCU, here by the scheme). The shortcut is the mutation
 * claims-to-drain.
 *
 * Order. A full fence between the store to the slot and the load of mm->loaded (T7), as in every flush. The call itself is no
 * fence: a trap orders no memory access by the RISC-V memory model, the SBI says nothing of the caller's stores, and what OpenSBI
 * does on the way is its own matter. So a full fence publishes the stores first (tlb.c), as the privileged ISA wants it of
 * software that invalidates on other harts: data fence, then the request. The SBI's "success" only says that the targets were
 * asked; that OpenSBI waits until each has done it is what Linux stands on, and this method.
 *
 * No lock. Nothing of the request lies in memory that two callers would share: it travels in registers, and to whom the firmware
 * gives turns is up to it.
 */
#include <tlbi.h>

#include "flush.h"

#define fw_REACH TLB_REACH_FW
#define fw_DRAINS TLB_DRAINS_NOBODY
#define fw_LACKS fw_lacks

static const char *fw_lacks(void)
{
	return arch_tlbi_lacks_fw();
}

static __always_inline void fw_reach(struct mm *mm, const struct tlb_range *r, struct cpumask *to, const unsigned mut)
{
	(void)mut;
	tlb_inval_fw(mm, r, to);
}

FLUSH_METHOD(fw, .doc = "firmware call for the CPUs that have the mm loaded; reaches closed CPUs, drains nobody");
FLUSH_CLAIMS_MUTANT(fw);
