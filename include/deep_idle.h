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
	/*
	 * Sleep until an interrupt, which is then taken, or not at all if *word is not zero; may return early, and loses no wake-up. Interrupts
	 * are on. False: the firmware refused.
	 */
	bool (*sleep_unless)(const volatile u64 *word);
};

/**
 * arch_deep_idle - the machine's, asked for once
 * @why: gets the reason where there is none
 *
 * Return: NULL if there is none. Context: thread.
 */
const struct deep_idle *arch_deep_idle(const char **why);

/* sleep_unless() of a port whose @enter ends with an interrupt that arch_irq_save() holds back. */
static __always_inline bool deep_idle_closed(bool (*enter)(void), const volatile u64 *word)
{
	u64 flags = arch_irq_save();
	bool slept = *word || enter();

	arch_irq_restore(flags);
	return slept;
}

#endif
