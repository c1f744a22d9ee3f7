/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/riscv64/ and the boards. */
#ifndef SKEET_BOOT_RISCV64_BOOT_H
#define SKEET_BOOT_RISCV64_BOOT_H

#include <types.h>

struct fdt;

/* What the boards share: they differ in where their trees say that things are, and in nothing that this kernel does. */
void riscv_board_init(const struct fdt *t);

/* console.c: the UART where the tree's stdout-path names one that is known here, else (and until then) the firmware's console. */
void riscv_console_init(const struct fdt *t);
void riscv_console_putc(char c);
/* Until the last character has left. */
void riscv_console_drain(void);

/*
 * exit.c: leave by the test finisher of QEMU's virt, or semihosting, with 2 * status + 1; where there is neither, turn off by the
 * firmware. Returns if nothing works.
 */
void riscv_exit_init(const struct fdt *t);
void riscv_exit(unsigned status);

/* For the boards that QEMU has, too: struct board.tlb_inexact. */
#define QEMU_TLB_INEXACT "QEMU's TCG drops everything with any SFENCE.VMA"

#endif
