/* SPDX-License-Identifier: GPL-2.0-only */
/* Timing image: there are no mutations. Included by tlb.h. */
#ifndef SKEET_TLB_MUTANT_H
#define SKEET_TLB_MUTANT_H

#define TLB_MUTANT(ident, m, fn, ...) _Static_assert(m != 0, "a mutation has a number")

#endif
