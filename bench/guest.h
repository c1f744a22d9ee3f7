/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a guest, unmapped in one pass: size=, its leaves aliased on a few frames. */
#ifndef SKEET_GUEST_H
#define SKEET_GUEST_H

#include <types.h>

#define GUEST_FRAMES 5

/* Large leaves of size=. */
u64 guest_leaves(void);

#endif
