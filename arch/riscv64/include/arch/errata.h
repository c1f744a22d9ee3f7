/* SPDX-License-Identifier: GPL-2.0-only */
/* Which CPUs do not do what the manual says, by what they say they are (mvendorid, marchid, mimpid). */
#ifndef SKEET_ARCH_ERRATA_H
#define SKEET_ARCH_ERRATA_H

#include <types.h>

/*
 * CIP-1200 of SiFive's 7 series: the instruction TLB may ignore an SFENCE.VMA that is not of everything, that is, one with an
 * address or an ASID. mimpid is a date and a time in BCD, of which the upper byte is none.
 */
static inline bool riscv_has_cip_1200(u64 vendor, u64 arch, u64 impl)
{
	if (vendor != 0x489 || (arch != 0x8000000000000007 && arch != 1))
		return false;
	return (impl & 0xffffff) <= 0x200630 && impl != 0x1200626;
}

#endif
