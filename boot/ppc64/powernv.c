// SPDX-License-Identifier: GPL-2.0-only
/*
 * Console and power-off of a bare machine: by OPAL; without it, which only QEMU has, the UART and the BMC's port behind the LPC bus
 * of chip 0. They are reached without a map, by caching-inhibited accesses with data translation off.
 */
#include <cpu.h>
#include <fdt.h>
#include <pte.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "boot.h"

/* The I/O space of the LPC bus, of POWER9 and POWER10. */
#define LPC_IO 0x00060300d0010000ULL
#define UART (LPC_IO + 0x3f8)
#define UART_LSR 5
#define LSR_THRE 0x20
/* IPMI's block transfer interface. */
#define BT_CONTROL (LPC_IO + 0xe4)
#define BT_DATA (LPC_IO + 0xe5)
#define BT_CLEAR_WRITE 1
#define BT_REQUEST 4
/* HID0 of POWER9 and POWER10: attn is an instruction. */
#define HID0_ATTN (1ULL << 60)

struct ppc64_opal ppc64_opal;

void powernv_init(const struct fdt *t)
{
	int node = fdt_find(t, "/ibm,opal");

	if (node == FDT_NONE || !fdt_u64(t, node, "opal-entry-address", &ppc64_opal.entry))
		return;
	if (!fdt_u64(t, node, "opal-base-address", &ppc64_opal.base))
		fdt_error(t, node, "no opal-base-address");
}

/* The length is big-endian, there and back. */
static void opal_putc(char c)
{
	static u64 length;
	static char text;

	do {
		text = c;
		length = be64(1);
		ppc64_opal_call(OPAL_CONSOLE_WRITE, 0, arch_virt_to_phys(&length), arch_virt_to_phys(&text));
	} while (!*(volatile u64 *)&length);
}

static void uart_putc(char c)
{
	u64 msr = ppc64_real_mode();

	while (!(insn_lbzcix(UART + UART_LSR) & LSR_THRE))
		;
	insn_stbcix(UART, (u8)c);
	ppc64_mapped_mode(msr);
}

void powernv_putc(char c)
{
	if (ppc64_opal.entry)
		opal_putc(c);
	else
		uart_putc(c);
}

/* IPMI, chassis control: power down. Length, function, sequence, command, what. */
static void power_down(void)
{
	static const u8 request[] = { 4, 0, 1, 2, 0 };
	u64 msr = ppc64_real_mode();

	insn_stbcix(BT_CONTROL, BT_CLEAR_WRITE);
	for (unsigned i = 0; i < sizeof(request); i++)
		insn_stbcix(BT_DATA, request[i]);
	insn_stbcix(BT_CONTROL, BT_REQUEST);
	ppc64_mapped_mode(msr);
}

void powernv_power_down(unsigned status)
{
	(void)status; /* the console has said it */
	if (!ppc64_opal.entry) {
		power_down();
		return;
	}
	ppc64_opal_call(OPAL_CEC_POWER_DOWN, 0, 0, 0);
	for (;;)
		ppc64_opal_call(OPAL_POLL_EVENTS, 0, 0, 0);
}

/*
 * A power-off carries no status, and QEMU takes it for success; a checkstop is its other way to end: so that is the good end (as papr.c).
 */
void powernv_poweroff(unsigned status)
{
	if (!status) {
		insn_sync();
		insn_mtspr(SPR_HID0, insn_mfspr(SPR_HID0) | HID0_ATTN);
		insn_isync();
		insn_attn();
	}
	powernv_power_down(status);
}
