/* SPDX-License-Identifier: GPL-2.0-only */
/* The timing image holds no mutation. */
#ifndef SKEET_SYNC_MUTANT_H
#define SKEET_SYNC_MUTANT_H

#define SYNC_MUTANT(ident, m, ...) _Static_assert(1, #ident)
#define SYNC_WALK_MUTANT(ident, m, T, ...) _Static_assert(1, #ident)

#endif
