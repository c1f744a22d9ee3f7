/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Protocol words in the timing image: what they are in a kernel. A plain access is one single-copy-atomic instruction; an atomic
 * is that of C11 with what the arch adds to make it a full fence.
 */
#ifndef SKEET_PWORD_OPS_H
#define SKEET_PWORD_OPS_H

#include <barrier.h>

static __always_inline u64 pword_load(const struct pword *p)
{
	return __atomic_load_n(&p->v, __ATOMIC_RELAXED);
}

static __always_inline u64 pword_load_acquire(const struct pword *p)
{
	return __atomic_load_n(&p->v, __ATOMIC_ACQUIRE);
}

static __always_inline void pword_store(struct pword *p, u64 v)
{
	__atomic_store_n(&p->v, v, __ATOMIC_RELAXED);
}

static __always_inline void pword_store_release(struct pword *p, u64 v)
{
	__atomic_store_n(&p->v, v, __ATOMIC_RELEASE);
}

static __always_inline u64 pword_xchg(struct pword *p, u64 v)
{
	u64 old = __atomic_exchange_n(&p->v, v, __ATOMIC_SEQ_CST);

	arch_fence_after_amo();
	return old;
}

static __always_inline u64 pword_xchg_relaxed(struct pword *p, u64 v)
{
	return __atomic_exchange_n(&p->v, v, __ATOMIC_RELAXED);
}

static __always_inline bool pword_cmpxchg(struct pword *p, u64 old, u64 new)
{
	bool done = __atomic_compare_exchange_n(&p->v, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);

	arch_fence_after_cmpxchg();
	return done;
}

static __always_inline u64 pword_add(struct pword *p, s64 n)
{
	u64 new = __atomic_add_fetch(&p->v, (u64)n, __ATOMIC_SEQ_CST);

	arch_fence_after_amo();
	return new;
}

static __always_inline u64 pword_or(struct pword *p, u64 bits)
{
	u64 old = __atomic_fetch_or(&p->v, bits, __ATOMIC_SEQ_CST);

	arch_fence_after_amo();
	return old;
}

static __always_inline u64 pword_and(struct pword *p, u64 bits)
{
	u64 old = __atomic_fetch_and(&p->v, bits, __ATOMIC_SEQ_CST);

	arch_fence_after_amo();
	return old;
}

static __always_inline void fence_full(void)
{
	arch_fence_full();
}

static __always_inline void fence_load(void)
{
	arch_fence_load();
}

static __always_inline void fence_store(void)
{
	arch_fence_store();
}

static __always_inline void pword_delay(void)
{
}

static __always_inline void pword_drain(void)
{
}

#endif
