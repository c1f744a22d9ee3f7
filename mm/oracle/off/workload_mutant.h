/* SPDX-License-Identifier: GPL-2.0-only */
/* The timing image has no mutations. */
#ifndef SKEET_WORKLOAD_MUTANT_H
#define SKEET_WORKLOAD_MUTANT_H

#define WRITER_MUTANT(ident, ...) _Static_assert(1, #ident)

#endif
