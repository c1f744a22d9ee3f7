/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words shared by a protocol: PTE slots, walk markers, CPU masks, generations.
 *
 * They are touched only through these accessors. The timing build makes each a plain load, store, atomic or fence; the
 * oracle build passes each through the modelled store buffer and a delay point (mm/oracle/on/pword_ops.h). Which one is
 * chosen by the include path, so no scheme knows.
 */
#ifndef SKEET_PWORD_H
#define SKEET_PWORD_H

#include <types.h>

struct pword {
	u64 v;
};

static __always_inline u64 pword_load(const struct pword *p);          /* READ_ONCE */
static __always_inline u64 pword_load_acquire(const struct pword *p);  /* smp_load_acquire */
static __always_inline void pword_store(struct pword *p, u64 v);       /* WRITE_ONCE */
static __always_inline void pword_store_release(struct pword *p, u64 v); /* smp_store_release */
static __always_inline u64 pword_xchg(struct pword *p, u64 v);         /* atomic, full fence */
/* Atomic, orders nothing (arm64's ptep_get_and_clear()); of a word that no other CPU stores to meanwhile. */
static __always_inline u64 pword_xchg_relaxed(struct pword *p, u64 v);
static __always_inline bool pword_cmpxchg(struct pword *p, u64 old, u64 new); /* atomic, full fence if it succeeds */
static __always_inline u64 pword_add(struct pword *p, s64 n);          /* atomic add, full fence; returns the new value */
static __always_inline u64 pword_or(struct pword *p, u64 bits);        /* atomic or, full fence; returns the old value */
static __always_inline u64 pword_and(struct pword *p, u64 bits);       /* atomic and, full fence; returns the old value */
static __always_inline void fence_full(void);  /* smp_mb(): the only one that orders an earlier store with a later load */
static __always_inline void fence_load(void);  /* smp_rmb() */
static __always_inline void fence_store(void); /* smp_wmb() */
/* A delay point without an access: what the code does next may be slow. Nothing in the timing image. */
static __always_inline void pword_delay(void);
/* Empty this CPU's modelled store buffer, where a real kernel's next step does not overtake its stores: unlock, allocation and
 * free, request word, ICR write, halt. Nothing in the timing image. */
static __always_inline void pword_drain(void);

#include <pword_ops.h>

#endif
