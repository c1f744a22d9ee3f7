// SPDX-License-Identifier: GPL-2.0-only
/*
 * Consoles of riscv64 boards, polled: a 16550, whose clock and speed the firmware has set, else the firmware itself (SBI v2.0, 12 and
 * 5.2). SiFive's UART goes by the firmware, too, which drives it already: under QEMU 10.0.13 a kernel that polls it never sees room.
 */
#include <arch/insn.h>
#include <arch/riscv.h>
#include <arch/sbi.h>

#include "boot.h"
#include "tree.h"

#define UART_THR 0
#define UART_LSR 5
#define LSR_THRE 0x20
#define LSR_TEMT 0x40

/* Looks at a UART that does not become ready, before the character is lost. */
#define READY_TURNS (1U << 20)

/* A full FIFO and the character on its way, at 115200 baud, are 0.8 ms; as a part of a second. */
#define SIFIVE_DRAIN 1000

static struct riscv_uart uart;

static u32 read_reg(unsigned i)
{
	u64 at = uart.base + ((u64)i << uart.shift);

	return uart.width == 4 ? *(volatile u32 *)at : *(volatile u8 *)at;
}

static void write_reg(unsigned i, u32 v)
{
	u64 at = uart.base + ((u64)i << uart.shift);

	if (uart.width == 4)
		*(volatile u32 *)at = v;
	else
		*(volatile u8 *)at = (u8)v;
}

void riscv_console_init(const struct fdt *t)
{
	riscv_read_uart(&uart, t);
}

static void firmware_putc(char c)
{
	static int has_dbcn = -1;

	if (has_dbcn < 0)
		has_dbcn = sbi_has(SBI_DBCN);
	if (has_dbcn)
		sbi_call(SBI_DBCN, 2, (u8)c, 0);
	else
		sbi_call(SBI_LEGACY_PUTCHAR, 0, (u8)c, 0);
}

void riscv_console_putc(char c)
{
	switch (uart.kind) {
	case RISCV_UART_8250:
		for (unsigned turns = READY_TURNS; turns && !(read_reg(UART_LSR) & LSR_THRE); turns--)
			insn_pause();
		write_reg(UART_THR, (u8)c);
		break;
	case RISCV_UART_SIFIVE:
	case RISCV_UART_NONE:
		firmware_putc(c);
		break;
	}
}

void riscv_console_drain(void)
{
	u64 end;

	switch (uart.kind) {
	case RISCV_UART_8250:
		while (!(read_reg(UART_LSR) & LSR_TEMT))
			insn_pause();
		break;
	case RISCV_UART_SIFIVE: /* nothing there says when the last one has gone */
		end = insn_csrr(time) + riscv_tree.timebase_hz / SIFIVE_DRAIN;
		while (insn_csrr(time) < end)
			insn_pause();
		break;
	case RISCV_UART_NONE:
		break;
	}
}
