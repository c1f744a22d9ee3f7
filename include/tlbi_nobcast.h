/* SPDX-License-Identifier: GPL-2.0-only */
/* Of an ISA without a hardware broadcast: included by its <arch/tlbi.h>, which gives arch_tlbi_lacks_bcast() itself. */
#ifndef SKEET_TLBI_NOBCAST_H
#define SKEET_TLBI_NOBCAST_H

#include <console.h>

static inline u64 arch_tlbi_run_bcast(u64 asid, u64 va, u64 nr, unsigned level, bool tables)
{
	(void)asid, (void)va, (void)nr, (void)level, (void)tables;
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline u64 arch_tlbi_run_ops(u64 nr, unsigned level)
{
	(void)level;
	return nr;
}

static inline void arch_tlbi_asid_bcast(u64 asid)
{
	(void)asid;
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline void arch_tlbi_complete_bcast(void)
{
	panic("broadcast invalidate: %s", arch_tlbi_lacks_bcast());
}

static inline unsigned arch_tlbi_rounds(void)
{
	return 1;
}

#endif
