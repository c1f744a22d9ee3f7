// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 3B: four Cortex-A53, spin table, BCM2836 mailboxes for IPIs, the FIQ as NMI.
 *
 * Quirks. Firmware's spin table lies in page 0, so that page is mapped (arm64_boot.page0). The console is the PL011, which
 * firmware gives to Bluetooth unless config.txt says dtoverlay=disable-bt. QEMU has no tree for it: boot/board/raspi3b.dts.
 */
#include <board.h>

#include "../arm64/boot.h"

static const char *const raspi3b_compatible[] = { "raspberrypi,3-model-b", "brcm,bcm2837", NULL };

BOARD(raspi3b) = {
	.name = "raspi3b",
	.compatible = raspi3b_compatible,
	.init = raspi_init,
	.putc = pl011_putc,
	.tlb_inexact = RASPI_TLB_INEXACT,
	.poweroff = raspi_poweroff,
};
