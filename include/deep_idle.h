/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The deepest halt of this machine that keeps a CPU's registers and memory: what an interrupt has to end, besides an ordinary one
 * (arch_idle_until()), where a kernel saves power. One in arch/<isa>/deep_idle.c.
 */
#ifndef SKEET_DEEP_IDLE_H
#define SKEET_DEEP_IDLE_H

#include <cpu.h>

struct deep_idle {
	char name[32]; /* the instruction or call, and which state */
	/* Interrupts are closed; back once one is pending, or earlier. False: the firmware refused. */
	bool (*enter)(void);
};

/**
 * arch_deep_idle - the machine's, asked for once
 * @why: gets the reason where there is none
 *
 * Return: NULL if there is none. Context: thread.
 */
const struct deep_idle *arch_deep_idle(const char **why);

/* Sleep until an interrupt, which is then taken, or not at all if *word is not zero. False: the firmware refused. Interrupts are on. */
static inline bool deep_idle_unless(const struct deep_idle *d, const volatile u64 *word)
{
	u64 flags = arch_irq_save();
	bool slept = *word || d->enter();

	arch_irq_restore(flags);
	return slept;
}

#endif
