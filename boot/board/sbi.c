// SPDX-License-Identifier: GPL-2.0-only
/* A machine without a tree, or with one that no board knows: the firmware says so, and turns it off if it can. */
#include <board.h>

#include "../riscv64/boot.h"

BOARD(sbi) = {
	.name = "unknown",
	.putc = riscv_console_putc,
	.poweroff = riscv_exit,
};
