// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 4B: four Cortex-A72, spin table, GIC-400, or the mailboxes of its BCM2836 part where the tree has no GIC.
 *
 * Quirks. Firmware's spin table lies in page 0, so that page is mapped (arm64_boot.page0). The console is the PL011, which
 * firmware gives to Bluetooth unless config.txt says dtoverlay=disable-bt. QEMU has no tree for it: boot/board/raspi4b.dts.
 */
#include <board.h>

#include "../arm64/boot.h"

static const char *const raspi4b_compatible[] = { "raspberrypi,4-model-b", "brcm,bcm2711", NULL };

BOARD(raspi4b) = {
	.name = "raspi4b",
	.compatible = raspi4b_compatible,
	.init = raspi_init,
	.putc = pl011_putc,
	.tlb_inexact = RASPI_TLB_INEXACT,
	.poweroff = raspi_poweroff,
};
