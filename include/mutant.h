/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutations: a compile-time constant @mut of an instantiation removes exactly one protocol step. MUT_NONE is the code as
 * it should be; the timing image instantiates nothing else.
 */
#ifndef SKEET_MUTANT_H
#define SKEET_MUTANT_H

#define MUT_NONE 0u

#endif
