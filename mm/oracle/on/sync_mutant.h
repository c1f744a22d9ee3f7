/* SPDX-License-Identifier: GPL-2.0-only */
/* The oracle image instantiates every mutation of every scheme. */
#ifndef SKEET_SYNC_MUTANT_H
#define SKEET_SYNC_MUTANT_H

#define SYNC_MUTANT(ident, m, ...)                                                                 \
	DEFINE_WALK_LOOPS_FEW(ident, m)                                                            \
	SYNC_INSTANCE_(ident, m, WALK_LOOPS_FEW_INIT(ident, m), __VA_ARGS__)

#define SYNC_WALK_MUTANT(ident, m, T, ...)                                                         \
	DEFINE_WALK_FAULT(ident, m)                                                                \
	WALK_LOOP_(ident, m, T)                                                                    \
	SYNC_INSTANCE_(ident, m, .walk_loop = { WALK_LOOP_INIT_(ident, m, T) }, .walk = WALK_T_##T, \
		       .fault = ident##_##m##_fault, __VA_ARGS__)

#endif
