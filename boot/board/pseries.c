// SPDX-License-Identifier: GPL-2.0-only
/* A partition of a PAPR hypervisor: QEMU's pseries. Console and power-off are calls of it, with a tree or without. */
#include <board.h>

#include "../ppc64/boot.h"

static const char *const compatible[] = { "qemu,pseries", "IBM,pSeries", NULL };

BOARD(pseries) = {
	.name = "pseries",
	.compatible = compatible,
	.putc = papr_putc,
	.poweroff = papr_poweroff,
};

BOARD(papr) = {
	.name = "unknown",
	.putc = papr_putc,
	.poweroff = papr_poweroff,
};
