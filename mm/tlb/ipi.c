// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipi: each CPU that has the mm loaded invalidates for itself in an interrupt. native_flush_tlb_multi() of x86 Linux.
 *
 * The interrupt waits until the target opens its interrupts, so no walk that began before it is still running when it has been
 * acknowledged: the method drains the CPUs that it reaches (seed 004, "the flush already sent the IPIs").
 */
#include "flush.h"

FLUSH_METHOD(ipi, ipi_flush_cpus, true, "interrupt to each CPU that has the mm loaded; drains it");
