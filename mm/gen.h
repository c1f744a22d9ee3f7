/* SPDX-License-Identifier: GPL-2.0-only */
/* Generations and lazy CPUs: what a CPU does that switches address spaces where the method gen invalidates (mm/tlb/gen.c). */
#ifndef SKEET_GEN_H
#define SKEET_GEN_H

#include <mm.h>

/* As mm_switch(); from lazy on @mm back to @mm it catches up with what was skipped. NULL: not lazy any more either. */
void gen_switch(struct mm *mm);
/* This CPU turns to a kernel thread: it keeps the mm that it has loaded, and accesses none of its memory until gen_switch(). */
void gen_lazy_enter(void);
/* Before mm_destroy(): no CPU keeps @mm lazily on return. Thread context, interrupts on. */
void gen_leave_lazy(struct mm *mm);

#endif
