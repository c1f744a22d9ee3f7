// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine without a tree, or with one that no board knows: its only way to say so is semihosting, if anybody serves it.
 */
#include <board.h>

#include <arch/arm64.h>

#include "../arm64/boot.h"

#define SYS_WRITEC 0x03

static void semihost_putc(char c)
{
	arm64_semihost(SYS_WRITEC, &c);
}

BOARD(semihost) = {
	.name = "unknown",
	.putc = semihost_putc,
	.poweroff = arm64_exit,
};
