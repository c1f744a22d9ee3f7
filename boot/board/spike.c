// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine of the ISA simulator Spike, as QEMU has it: harts and memory. The console is the host's (HTIF), which firmware drives;
 * nothing turns it off but semihosting.
 */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "ucbbar,spike-bare-dev", NULL };

BOARD(spike) = {
	.name = "spike",
	.compatible = compatible,
	.init = riscv_board_init,
	.putc = riscv_console_putc,
	.tlb_inexact = QEMU_TLB_INEXACT,
	.poweroff = riscv_exit,
};
