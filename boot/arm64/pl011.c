// SPDX-License-Identifier: GPL-2.0-only
/* PrimeCell UART (Arm DDI 0183), polled. Firmware has set its clock and speed. */
#include <fdt.h>

#include <arch/insn.h>

#include "boot.h"

#define UART_DR 0x00
#define UART_FR 0x18
#define FR_TX_FULL (1U << 5)
#define UART_CR 0x30
#define CR_ENABLE 0x301 /* receive, transmit, on */

static u64 base;

static volatile u32 *reg(unsigned offset)
{
	return (volatile u32 *)(base + offset);
}

void pl011_init(const struct fdt *t)
{
	const char *options;
	int node = fdt_stdout(t, &options);

	if (!fdt_lists(t, node, "compatible", "arm,pl011"))
		node = fdt_next_compatible(t, FDT_NONE, "arm,pl011");
	if (!fdt_reg_physical(t, node, 0, &base, NULL)) {
		fdt_error(t, t->root, "no console: no node is compatible with arm,pl011");
		return;
	}
	*reg(UART_CR) |= CR_ENABLE;
}

void pl011_putc(char c)
{
	if (!base)
		return;
	while (*reg(UART_FR) & FR_TX_FULL)
		insn_yield();
	*reg(UART_DR) = (u8)c;
}
