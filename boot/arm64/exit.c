// SPDX-License-Identifier: GPL-2.0-only
/* Ways out of the machine. Semihosting (Arm, "Semihosting for AArch32 and AArch64", SYS_EXIT_EXTENDED) carries a status. */
#include <arch/arm64.h>

#include "boot.h"

#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026

void arm64_exit(unsigned status)
{
	const u64 block[2] = { APPLICATION_EXIT, 2 * (u64)status + 1 };

	arm64_semihost(SYS_EXIT_EXTENDED, block);
	arm64_psci_off();
}
