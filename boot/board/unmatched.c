// SPDX-License-Identifier: GPL-2.0-only
/*
 * SiFive HiFive Unmatched: a monitor core, which is hart 0 and has no MMU, and four U74. Their fences are subject to CIP-1200
 * (arch/errata.h).
 */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "sifive,hifive-unmatched-a00", NULL };

BOARD(unmatched) = {
	.name = "unmatched",
	.compatible = compatible,
	.init = riscv_board_init,
	.putc = riscv_console_putc,
	.poweroff = riscv_exit,
};
