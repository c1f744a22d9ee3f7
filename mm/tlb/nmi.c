/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nmi: as ipi, by an interrupt that closed interrupts do not stop. It stands for every method that invalidates behind a walker's
 * back (INVLPGB, RAR with IGNORE_IF, TLBI, tlbie, SBI RFENCE): the translation is gone, the walk goes on. Drains nobody.
 */
#include "flush.h"

FLUSH_METHOD(nmi, nmi_flush_cpus, false, "NMI to each CPU that has the mm loaded; reaches closed CPUs, drains nobody");
