// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Raspberry Pis have in common: the console is the PL011, and there is a power manager, of BCM2835 and its successors. A reset by its
 * watchdog with "partition 63" in RSTS makes the boot firmware stop instead of starting anew. There is no manual of these registers; the
 * numbers are those that every open driver uses.
 */
#include <fdt.h>

#include <arch/insn.h>

#include "boot.h"

#define PM_RSTC 0x1c
#define PM_RSTS 0x20
#define PM_WDOG 0x24
#define PM_PASSWORD 0x5a000000U
#define RSTS_HALT 0x555 /* the bits of partition 63 */
#define RSTC_FULL_RESET 0x20
#define WDOG_TICKS 10

static u64 base;

static volatile u32 *reg(unsigned offset)
{
	return (volatile u32 *)(base + offset);
}

void raspi_init(const struct fdt *t)
{
	int node = fdt_next_compatible(t, FDT_NONE, "brcm,bcm2835-pm-wdt");

	pl011_init(t);
	fdt_reg_physical(t, node, 0, &base, NULL);
}

void raspi_poweroff(unsigned status)
{
	arm64_exit(status);
	if (!base)
		return;
	*reg(PM_RSTS) = PM_PASSWORD | RSTS_HALT;
	*reg(PM_WDOG) = PM_PASSWORD | WDOG_TICKS;
	*reg(PM_RSTC) = PM_PASSWORD | RSTC_FULL_RESET;
}
