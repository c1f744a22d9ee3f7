/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the oracle and of the modelled store buffer share. */
#ifndef SKEET_ORACLE_TEST_H
#define SKEET_ORACLE_TEST_H

#include <oracle.h>
#include <test.h>
#include <tlbi.h>

/* Leave the case in an image, or on a machine, that cannot run it. */
#define ORACLE_CASE(r, cpus)                                                                       \
	do {                                                                                       \
		if (!oracle_build) {                                                               \
			test_set(r, T_SKIP, "the timing image has no oracle");                     \
			return;                                                                    \
		}                                                                                  \
		if (nr_cpus < (cpus)) {                                                            \
			test_set(r, T_SKIP, "needs %u CPUs", (unsigned)(cpus));                    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

/* ... of the oracle's record of TLBs and walk caches that each CPU has for itself. */
#define ORACLE_OWN_TLBS(r)                                                                         \
	do {                                                                                       \
		if (arch_tlb_shared()) {                                                           \
			test_set(r, T_SKIP, "translations are in a table for all CPUs here, not in TLBs that each has for itself"); \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#endif
