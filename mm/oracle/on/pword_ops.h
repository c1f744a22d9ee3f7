/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Protocol words in the oracle image: every access is a delay point first, and a store goes through the modelled store buffer of
 * its CPU (store_buffer.c). The delay comes before the access and never between it and its return: the oracle's record of what a
 * walker loaded is made right behind the load, and nothing may slip in between.
 */
#ifndef SKEET_PWORD_OPS_H
#define SKEET_PWORD_OPS_H

#include <barrier.h>

u64 sb_load(const struct pword *p);
void sb_store(struct pword *p, u64 v);
void sb_store_release(struct pword *p, u64 v);
void sb_store_fence(void);
void sb_load_fence(void);
void sb_full_fence(void);  /* delay point, then empty this CPU's buffer */
void sb_drain(void);       /* empty this CPU's buffer, no delay point */
void sb_atomic(struct pword *p);   /* the same as a full fence, then this CPU reads @p in memory and stores to it */
void sb_atomic_read(const struct pword *p); /* ... reads @p, and may yet fail to store */
void sb_atomic_stored(struct pword *p); /* ... it did */
void sb_delay_point(void);

static __always_inline u64 pword_load(const struct pword *p)
{
	return sb_load(p);
}

/* Loads are made in order here, so every one is an acquire. */
static __always_inline u64 pword_load_acquire(const struct pword *p)
{
	return sb_load(p);
}

static __always_inline void pword_store(struct pword *p, u64 v)
{
	sb_store(p, v);
}

static __always_inline void pword_store_release(struct pword *p, u64 v)
{
	sb_store_release(p, v);
}

static __always_inline u64 pword_xchg(struct pword *p, u64 v)
{
	u64 old;

	sb_atomic(p);
	old = __atomic_exchange_n(&p->v, v, __ATOMIC_SEQ_CST);
	arch_fence_after_amo();
	return old;
}

/* TSO has no such thing. Of a weak order the store waits like any other; the word has one CPU that stores, so no store comes between. */
static __always_inline u64 pword_xchg_relaxed(struct pword *p, u64 v)
{
	u64 old;

	if (ARCH_TSO)
		return pword_xchg(p, v);
	old = sb_load(p);
	sb_store(p, v);
	return old;
}

static __always_inline bool pword_cmpxchg(struct pword *p, u64 old, u64 new)
{
	bool done;

	sb_atomic_read(p);
	done = __atomic_compare_exchange_n(&p->v, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	arch_fence_after_cmpxchg();
	if (done)
		sb_atomic_stored(p);
	return done;
}

static __always_inline u64 pword_add(struct pword *p, s64 n)
{
	u64 new;

	sb_atomic(p);
	new = __atomic_add_fetch(&p->v, (u64)n, __ATOMIC_SEQ_CST);
	arch_fence_after_amo();
	return new;
}

static __always_inline u64 pword_or(struct pword *p, u64 bits)
{
	u64 old;

	sb_atomic(p);
	old = __atomic_fetch_or(&p->v, bits, __ATOMIC_SEQ_CST);
	arch_fence_after_amo();
	return old;
}

static __always_inline u64 pword_and(struct pword *p, u64 bits)
{
	u64 old;

	sb_atomic(p);
	old = __atomic_fetch_and(&p->v, bits, __ATOMIC_SEQ_CST);
	arch_fence_after_amo();
	return old;
}

static __always_inline void fence_full(void)
{
	sb_full_fence();
	arch_fence_full();
}

/* Neither empties the buffer: that is what makes T1 of active-mm-v4 visible. */
static __always_inline void fence_load(void)
{
	sb_load_fence();
	arch_fence_load();
}

static __always_inline void fence_store(void)
{
	sb_store_fence();
	arch_fence_store();
}

static __always_inline void pword_delay(void)
{
	sb_delay_point();
}

static __always_inline void pword_drain(void)
{
	sb_drain();
}

#endif
