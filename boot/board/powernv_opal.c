// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bare machine with OPAL, as POWER9 boards (Talos II, Blackbird, Witherspoon): console and power-off are the firmware's. A good
 * end is a power-off too: attn, which the board of QEMU ends with, would stop the processor for a service processor here. Boards
 * are tried in the order of their names, QEMU's first. Recipe, and what is untested: docs/porting.md.
 */
#include <board.h>

#include "../ppc64/boot.h"

static const char *const compatible[] = { "ibm,powernv", NULL };

BOARD(powernv_opal) = {
	.name = "opal",
	.compatible = compatible,
	.init = powernv_init,
	.putc = powernv_putc,
	.poweroff = powernv_power_down,
};
