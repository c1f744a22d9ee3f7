// SPDX-License-Identifier: GPL-2.0-only
/* Raspberry Pi 4-model-b */
#include <board.h>

#include "../arm64/boot.h"

static const char *const raspi4b_compatible[] = { "raspberrypi,4-model-b", "brcm,bcm2711", NULL };

BOARD(raspi4b) = {
	.name = "raspi4b",
	.compatible = raspi4b_compatible,
	.init = pl011_init,
	.putc = pl011_putc,
	.poweroff = arm64_exit,
};
