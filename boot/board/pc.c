// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PC in its forms (QEMU pc, q35 and microvm, Bochs, and real ones): first ISA serial port as console, QEMU's isa-debug-exit
 * to leave. That device ends QEMU with 2 * status + 1, which is never 0, so a triple fault (0) is not taken for success. Bochs
 * leaves when a port is told a word, and says so.
 */
#include <board.h>

#include <arch/insn.h>

#define COM1 0x3f8
#define COM1_LCR (COM1 + 3)
#define COM1_MCR (COM1 + 4)
#define COM1_LSR (COM1 + 5)
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS 0x03
#define LSR_THRE 0x20
#define LSR_TEMT 0x40
#define DEBUG_EXIT 0xf4
#define BOCHS_EXIT 0x8900

enum { UNKNOWN, ABSENT, PRESENT };

static int com1_init(void)
{
	if (insn_inb(COM1_LSR) == 0xff)
		return ABSENT;
	insn_outb(COM1 + 1, 0); /* no interrupts */
	insn_outb(COM1_LCR, LCR_DLAB);
	insn_outb(COM1, 1); /* 115200 */
	insn_outb(COM1 + 1, 0);
	insn_outb(COM1_LCR, LCR_8N1);
	insn_outb(COM1 + 2, 0x07); /* FIFOs on and empty */
	insn_outb(COM1_MCR, MCR_DTR_RTS);
	return PRESENT;
}

static void pc_putc(char c)
{
	static int com1 = UNKNOWN;

	if (com1 == UNKNOWN)
		com1 = com1_init();
	if (com1 == ABSENT)
		return;
	while (!(insn_inb(COM1_LSR) & LSR_THRE))
		insn_pause();
	insn_outb(COM1, (u8)c);
}

static void pc_poweroff(unsigned status)
{
	/* The last line leaves before the machine does. Reads as done where there is no port. */
	while (!(insn_inb(COM1_LSR) & LSR_TEMT))
		insn_pause();
	insn_outl(DEBUG_EXIT, status);
	for (const char *p = "Shutdown"; *p; p++)
		insn_outb(BOCHS_EXIT, (u8)*p);
	/* Neither: nothing else turns every PC off, so stay still. */
	for (;;) {
		insn_cli();
		insn_hlt();
	}
}

/* Its names come from the ACPI tables (boot/x86_64/acpi.c): there is no device tree. */
BOARD(pc) = {
	.name = "pc",
	.putc = pc_putc,
	.poweroff = pc_poweroff,
};
