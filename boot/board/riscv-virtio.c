// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's virt: everything is where the tree says. It ends by its test finisher. */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "riscv-virtio", NULL };

BOARD(virt) = {
	.name = "virt",
	.compatible = compatible,
	.init = riscv_board_init,
	.putc = riscv_console_putc,
	.tlb_inexact = QEMU_TLB_INEXACT,
	.poweroff = riscv_exit,
};
