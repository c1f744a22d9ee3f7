/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads that may fault: for tests that look whether something is mapped, and for backtraces. */
#ifndef SKEET_ARCH_FAULT_H
#define SKEET_ARCH_FAULT_H

#include <types.h>

/**
 * arch_probe_read - load a word that may not be mapped
 * @p: address
 * @val: receives the word
 * Return: false if the load faulted (then *@val is untouched). Context: any.
 */
bool arch_probe_read(const volatile u64 *p, u64 *val);

#endif
