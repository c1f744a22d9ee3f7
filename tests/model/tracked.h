/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One slot, one walker, one writer: what every scheme that keeps track of walks is judged by (T1; T2 with nmis > 0).
 *
 * CPU 0 walks WALKS times with interrupts closed: begin, load the slot, use what it points to (bare: read it; or raise its count of
 * references, as GUP-fast does), end. An NMI may come at any moment and walk too. CPU 1 empties the slot, syncs, reads the count,
 * and reuses the object in place if nobody holds it, as collapse does; a munmap() that only frees asks less. Two holes: the object
 * is used after that, or the count was read before a reference that a walker keeps.
 *
 * A model defines NVAR (its own words count from 2), WALKS and AHEAD, includes this file, defines begin(t), end_walk(t), sync() and
 * serve(), which runs in the interrupt handler, and includes tracked-run.h.
 */
#ifndef NCPU
#define NCPU 2
#endif
#define NOBJ 1
#define SLOT 0 /* the slot */
#define REFS 1 /* the count of references */
#ifndef AHEAD
#define AHEAD(cpu, word) ((cpu) == 0 -> (word) == SLOT : (word) != SLOT)
#endif

#include "memory.h"

bit held;

/* A fence on CPU c by an NMI there: it orders what that CPU did before and will do after. */
bit fence_asked;
#define ask_fence(c) d_step { C.n == 0 -> fence_asked = 1; printf("@%d askfence %d %d\n", __LINE__, me, c) }
#define wait_fence(c) d_step { !fence_asked -> forget_older(); printf("@%d fenced %d %d\n", __LINE__, me, c) }
