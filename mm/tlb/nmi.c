// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmi: as ipi, by an interrupt that closed interrupts do not stop. It stands for every method that invalidates behind a walker's
 * back (INVLPGB, RAR with IGNORE_IF, TLBI, tlbie, SBI RFENCE): the translation is gone, the walk goes on. Drains nobody.
 *
 * T5 as a mutation: the method says that it drained the CPUs it reached (a paravirtual flush that elides the interrupt of a preempted
 * CPU while "the flush implies IPIs" is set), and a scheme that skips the drained ones believes it.
 */
#include "flush.h"

FLUSH_METHOD(nmi, nmi_flush_cpus, false, "NMI to each CPU that has the mm loaded; reaches closed CPUs, drains nobody");
TLB_MUTANT(nmi, M_TLB_CLAIMS, nmi_flush, .name = "nmi", .mutation = "nmi.claims-to-drain", .remote = true, .catcher = SYNC_HOLES,
	   .sync = "active-mm-v4", .walk = WALK_T_BARE, .bound = 200);
