/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/ppc64/ and the boards. */
#ifndef SKEET_BOOT_PPC64_BOOT_H
#define SKEET_BOOT_PPC64_BOOT_H

/* papr.c: the hypervisor's console, and power-off by RTAS. */
void papr_putc(char c);
void papr_poweroff(unsigned status);

#endif
