/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads that may fault, which an ISA with page faults owes: for tests that look whether something is mapped, and for backtraces. */
#ifndef SKEET_FAULT_H
#define SKEET_FAULT_H

#include <console.h>
#include <types.h>

/**
 * arch_probe_read - load a word that may not be mapped
 * @p: address
 * @val: receives the word
 * Return: false if the load faulted (then *@val is untouched). Context: any.
 */
bool arch_probe_read(const volatile u64 *p, u64 *val);

#define BACKTRACE_MAX 32

/*
 * arch_backtrace() of an ISA whose frame pointer leads to a pair of words: the caller's frame pointer, the return address. @below: so
 * many bytes below where it points to.
 */
static inline void backtrace_pairs(u64 fp, unsigned below)
{
	for (unsigned i = 0; i < BACKTRACE_MAX; i++) {
		u64 next, ret;

		if (!fp || fp % 8 || !arch_probe_read((const u64 *)(fp - below), &next) ||
		    !arch_probe_read((const u64 *)(fp - below) + 1, &ret))
			return;
		kprintf("STACK 0x%llx\n", (unsigned long long)ret);
		if (next <= fp)
			return;
		fp = next;
	}
}

#endif
