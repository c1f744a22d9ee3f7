/* SPDX-License-Identifier: GPL-2.0-only */
/* Hashed translation: mmu=hash. hash.c has the essay. */
#ifndef SKEET_ARCH_HASH_H
#define SKEET_ARCH_HASH_H

#include <types.h>

#include <arch/hpte.h>

struct ppc64_hash {
	bool on;                             /* constant from arch_configure() on */
	unsigned group_bits;                 /* the table has 2^group_bits groups of 8 */
	struct ppc64_hash_size user, kernel; /* pages of user spaces and of the kernel's map */
	u64 calls;                           /* of the hypervisor that took entries out */
};
extern struct ppc64_hash ppc64_hash;

/* --- hash.c: the table, seen from the tree --- */

/* NULL, or why this machine cannot. */
const char *ppc64_hash_configure(unsigned page_shift);
/* Once, before ppc64_hash_init_cpu() of any CPU: the table, with the kernel's map in it. */
void ppc64_hash_init(void);
/* Translation still off. */
void ppc64_hash_init_cpu(void);
/* Forget the segments of the space that was loaded. */
void ppc64_hash_switch(void);
/**
 * ppc64_hash_fault - a load or store without an HPTE, or against one's rights
 * Return: true if the access is worth another try. Context: the interrupt's handler, interrupts off.
 */
bool ppc64_hash_fault(u64 ea, bool store);
/* The same of a missing segment. */
bool ppc64_hash_segment_fault(u64 ea);
/**
 * ppc64_hash_remove - take the HPTEs of a range out and invalidate what CPUs keep of them
 * @nr: leaves of @level from @ea
 * Return: how many there were. Complete behind ppc64_hash_complete(). Context: any but NMI; the entries of the tree are cleared and
 * visible before.
 */
u64 ppc64_hash_remove(u64 id, u64 ea, u64 nr, unsigned level);
/* The same of a whole space, and of everything but the kernel. */
u64 ppc64_hash_remove_space(u64 id);
u64 ppc64_hash_remove_all(void);
/* How many of the space there are or are about to be. */
u64 ppc64_hash_count(u64 id);
/* On return no access of any CPU uses what was removed. */
void ppc64_hash_complete(void);

/* --- the table itself: a hypervisor's (hash_papr.c) or ours (hash_native.c). The lock of hash.c is held. --- */

struct ppc64_hpt_ops {
	unsigned (*init)(void); /* the table, empty; returns the log2 of its groups */
	/* Into any free slot of the group; the slot, or -1 if there is none. */
	s64 (*enter)(u64 group, u64 v, u64 r);
	/* @n at most HPT_BATCH. Out of the table, and invalidated on every CPU; complete behind ppc64_hash_complete(). */
	void (*remove)(const u64 *slot, const u64 *vpn, unsigned n);
};
#define HPT_BATCH 4
#define HPT_GROUP 8
extern const struct ppc64_hpt_ops ppc64_hpt_papr, ppc64_hpt_native;

#endif
