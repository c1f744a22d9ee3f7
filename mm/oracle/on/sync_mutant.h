/* SPDX-License-Identifier: GPL-2.0-only */
/* The oracle image instantiates every mutation of every scheme. */
#ifndef SKEET_SYNC_MUTANT_H
#define SKEET_SYNC_MUTANT_H

#define SYNC_MUTANT(ident, m, ...) SYNC_INSTANCE_(ident, m, __VA_ARGS__)

#endif
