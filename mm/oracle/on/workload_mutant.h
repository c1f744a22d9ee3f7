/* SPDX-License-Identifier: GPL-2.0-only */
/* The oracle image has every mutation of every workload. */
#ifndef SKEET_WORKLOAD_MUTANT_H
#define SKEET_WORKLOAD_MUTANT_H

#define WRITER_MUTANT(ident, ...) LSET_ENTRY(struct writer_mutant, wmut, ident) = { __VA_ARGS__ }

#endif
