// SPDX-License-Identifier: GPL-2.0-only
/*
 * StarFive VisionFive 2 (JH7110): a monitor core, which is hart 0 and has no MMU, and four U74. Memory begins at 1 GiB, the console is
 * a DesignWare 8250 with registers of 32 bits.
 */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "starfive,visionfive-2-v1.2a", "starfive,visionfive-2-v1.3b", NULL };

BOARD(visionfive2) = {
	.name = "visionfive2",
	.compatible = compatible,
	.init = riscv_board_init,
	.putc = riscv_console_putc,
	.poweroff = riscv_exit,
};
