// SPDX-License-Identifier: GPL-2.0-only
/* The bare machine of QEMU. */
#include <board.h>

#include "../ppc64/boot.h"

static const char *const compatible[] = { "qemu,powernv9", "qemu,powernv10", NULL };

BOARD(powernv) = {
	.name = "powernv",
	.compatible = compatible,
	.init = powernv_init,
	.putc = powernv_putc,
	.poweroff = powernv_poweroff,
};
