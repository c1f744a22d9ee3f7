// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's virt: everything is where the tree says. */
#include <board.h>

#include "../riscv64/boot.h"

static const char *const compatible[] = { "riscv-virtio", NULL };

static void init(const struct fdt *t)
{
	riscv_console_init(t);
	riscv_exit_init(t);
}

BOARD(virt) = {
	.name = "virt",
	.compatible = compatible,
	.init = init,
	.putc = riscv_console_putc,
	.poweroff = riscv_exit,
};
