/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/ppc64/ and the boards. */
#ifndef SKEET_BOOT_PPC64_BOOT_H
#define SKEET_BOOT_PPC64_BOOT_H

#include <types.h>

struct fdt;

/* Cells of what firmware is called with are big-endian. */
static inline u32 be32(u32 v)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? v : __builtin_bswap32(v);
}

/* papr.c: the hypervisor's console, and power-off by RTAS. */
void papr_putc(char c);
void papr_poweroff(unsigned status);
/* powernv.c: of the bare machine. */
void powernv_init(const struct fdt *t);
void powernv_putc(char c);
void powernv_poweroff(unsigned status); /* QEMU's, which leaves with a status */
void powernv_power_down(unsigned status);

#endif
