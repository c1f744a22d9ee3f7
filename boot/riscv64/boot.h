/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/riscv64/ and the boards. */
#ifndef SKEET_BOOT_RISCV64_BOOT_H
#define SKEET_BOOT_RISCV64_BOOT_H

#include <types.h>

struct fdt;

/* console.c: the UART where the tree's stdout-path names one that is known here, else the firmware's console. */
void riscv_console_init(const struct fdt *t);
void riscv_console_putc(char c);

/*
 * exit.c: leave by the test finisher of QEMU's virt, or semihosting, with 2 * status + 1; where there is neither, turn off by the
 * firmware. Returns if nothing works.
 */
void riscv_exit_init(const struct fdt *t);
void riscv_exit(unsigned status);

#endif
