/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command line chooses about this port (options.c), read by its other files. */
#ifndef SKEET_ARM64_OPTIONS_H
#define SKEET_ARM64_OPTIONS_H

#include <types.h>

/* Shall FEAT_NMI carry the NMI? Only where CPU and interrupt controller have it. */
bool option_feat_nmi(void);

#endif
