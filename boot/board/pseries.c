// SPDX-License-Identifier: GPL-2.0-only
/* A partition of a PAPR hypervisor: QEMU's pseries. Console and power-off are calls of it, with a tree or without. */
#include <board.h>

#include <arch/ppc64.h>

#include "../ppc64/boot.h"

static const char *const compatible[] = { "qemu,pseries", "IBM,pSeries", NULL };

BOARD(pseries) = {
	.name = "pseries",
	.compatible = compatible,
	.putc = papr_putc,
	.poweroff = papr_poweroff,
};

/* Before there is a tree. */
static void putc(char c)
{
	if (ppc64_bare)
		powernv_putc(c);
	else
		papr_putc(c);
}

static void poweroff(unsigned status)
{
	if (ppc64_bare)
		powernv_poweroff(status);
	else
		papr_poweroff(status);
}

BOARD(none) = {
	.name = "unknown",
	.putc = putc,
	.poweroff = poweroff,
};
