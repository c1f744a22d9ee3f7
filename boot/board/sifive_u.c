// SPDX-License-Identifier: GPL-2.0-only
/*
 * SiFive HiFive Unleashed: a monitor core, which is hart 0 and has no MMU, and four U54, one of which is the boot hart. QEMU has it as
 * sifive_u; nothing there turns it off but semihosting.
 */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "sifive,hifive-unleashed-a00", NULL };

BOARD(sifive_u) = {
	.name = "sifive_u",
	.compatible = compatible,
	.init = riscv_board_init,
	.putc = riscv_console_putc,
	.tlb_inexact = QEMU_TLB_INEXACT,
	.poweroff = riscv_exit,
};
