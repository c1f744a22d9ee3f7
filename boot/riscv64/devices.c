// SPDX-License-Identifier: GPL-2.0-only
/* The console and the register that ends the machine. Firmware has set the UART's clock and speed. */
#include "tree.h"

static const struct {
	const char *compatible;
	enum riscv_uart_kind kind;
} uarts[] = {
	{ "ns16550a",         RISCV_UART_8250 },
	{ "snps,dw-apb-uart", RISCV_UART_8250 },
	{ "sifive,uart0",     RISCV_UART_SIFIVE },
};

static enum riscv_uart_kind uart_kind(const struct fdt *t, int node)
{
	for (unsigned i = 0; i < ARRAY_SIZE(uarts); i++)
		if (fdt_lists(t, node, "compatible", uarts[i].compatible))
			return uarts[i].kind;
	return RISCV_UART_NONE;
}

/* The 8250's registers were bytes in a row; buses spread them. */
static void read_layout(struct riscv_uart *uart, const struct fdt *t, int node)
{
	u32 offset = 0;

	uart->width = 1;
	fdt_u32(t, node, "reg-shift", &uart->shift);
	fdt_u32(t, node, "reg-io-width", &uart->width);
	fdt_u32(t, node, "reg-offset", &offset);
	uart->base += offset;
	if (uart->shift > 3)
		fdt_error(t, node, "reg-shift is %u, and valid are 0 to 3", uart->shift);
	if (uart->width != 1 && uart->width != 4)
		fdt_error(t, node, "reg-io-width is %u, and valid are 1, 4", uart->width);
}

void riscv_read_uart(struct riscv_uart *uart, const struct fdt *t)
{
	const char *options;
	int node = fdt_stdout(t, &options);

	*uart = (struct riscv_uart){ .kind = uart_kind(t, node) };
	if (uart->kind == RISCV_UART_NONE)
		return;
	if (!fdt_reg_physical(t, node, 0, &uart->base, NULL)) {
		fdt_error(t, node, "no reg");
		uart->kind = RISCV_UART_NONE;
	} else if (uart->kind == RISCV_UART_8250) {
		read_layout(uart, t, node);
	} else {
		uart->width = 4;
	}
}

u64 riscv_read_finisher(const struct fdt *t)
{
	int node = fdt_next_compatible(t, FDT_NONE, "sifive,test0");
	u64 base = 0;

	if (node != FDT_NONE && !fdt_reg_physical(t, node, 0, &base, NULL))
		fdt_error(t, node, "no reg");
	return base;
}
