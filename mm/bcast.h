/* SPDX-License-Identifier: GPL-2.0-only */
/* Global IDs: what a CPU does that switches where the method bcast invalidates (mm/tlb/bcast.c). */
#ifndef SKEET_BCAST_H
#define SKEET_BCAST_H

#include <mm.h>

/* As mm_switch(), under the mm's global ID if it has one. */
void bcast_switch(struct mm *mm);
/* The mm goes, or another one comes in its place: its global ID is free. Nobody has it loaded. */
void bcast_mm_exit(struct mm *mm);

#endif
