/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/arm64/ and the boards. */
#ifndef SKEET_BOOT_ARM64_BOOT_H
#define SKEET_BOOT_ARM64_BOOT_H

#include <types.h>

struct bootinfo;
struct fdt;

/* cpus.c: every enabled CPU of the tree, and how it is started. Errors go to @bi. */
void cpus_read(struct bootinfo *bi, const struct fdt *t);
/* intc.c: the interrupt controller. */
void intc_read(struct bootinfo *bi, const struct fdt *t);

/* pl011.c: the console where the tree's stdout-path names one; fdt_error() if it names another. */
void pl011_init(const struct fdt *t);
void pl011_putc(char c);

/* raspi.c: the console; leave as arm64_exit() does, or halt by the power manager, if the tree has one. */
void raspi_init(const struct fdt *t);
void raspi_poweroff(unsigned status);
#define RASPI_TLB_INEXACT "QEMU's raspi machines count in pages of 1K, so that each of 4K is a large one"

/*
 * exit.c: leave the emulator with 2 * status + 1, or, where nobody serves semihosting, power off by PSCI. Returns if there is
 * neither.
 */
void arm64_exit(unsigned status);

#endif
