/* SPDX-License-Identifier: GPL-2.0-only */
/* bystander=yes: a CPU with a loop of its own, and the interrupts that it takes (bystander.c). */
#ifndef SKEET_BYSTANDER_H
#define SKEET_BYSTANDER_H

#include <percpu.h>

struct walker;

/* Interrupts taken: all, those of a sync, those that carried out a flush. */
struct bystander_count {
	u64 recv, sync, tlb;
};

struct bystander_count bystander_now(unsigned cpu);
void bystander_loop(struct walker *w);

#endif
