/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line chooses about this port (options.c), read by its other files. */
#ifndef SKEET_RISCV_OPTIONS_H
#define SKEET_RISCV_OPTIONS_H

#include <types.h>

enum riscv_ipi option_ipi(void);
/* The firmware's software event as NMI? */
bool option_sse(void);
/* Word ad=: does hardware set A and D? */
enum { AD_SW, AD_HW, AD_AS_IS };
unsigned option_ad(void);
void option_ad_init_cpu(void);
/* Do entries of devices say so? */
bool option_pbmt(void);
/* Ticks of the platform's timer after which a call of the firmware that waits gives way; 0: it need not. */
u64 option_fw_bound(void);

#endif
