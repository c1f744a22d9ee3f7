// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's virt: everything is where the tree says. */
#include <board.h>

#include "../arm64/boot.h"

static const char *const virt_compatible[] = { "linux,dummy-virt", NULL };

BOARD(virt) = {
	.name = "virt",
	.compatible = virt_compatible,
	.init = pl011_init,
	.putc = pl011_putc,
	.poweroff = arm64_exit,
};
