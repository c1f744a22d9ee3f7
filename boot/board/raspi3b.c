// SPDX-License-Identifier: GPL-2.0-only
/* Raspberry Pi 3-model-b */
#include <board.h>

#include "../arm64/boot.h"

static const char *const raspi3b_compatible[] = { "raspberrypi,3-model-b", "brcm,bcm2837", NULL };

BOARD(raspi3b) = {
	.name = "raspi3b",
	.compatible = raspi3b_compatible,
	.init = pl011_init,
	.putc = pl011_putc,
	.poweroff = arm64_exit,
};
