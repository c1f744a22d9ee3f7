// SPDX-License-Identifier: GPL-2.0-only
#include <board.h>
#include <tlbi.h>

const char *riscv_tlbi_inexact(void)
{
	return "QEMU's TCG drops everything with any SFENCE.VMA";
}
