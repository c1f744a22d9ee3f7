// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local interrupt controller of BCM2836 and its successors (Broadcom, "ARM Quad A7 core", QA7 rev 3.4): four mailboxes a CPU,
 * 32 bits each. Mailbox 0 is routed to the CPU's IRQ and holds one bit an SGI; mailbox 1 to its FIQ: that is the NMI, because
 * closed interrupts are PSTATE.I alone.
 */
#include <cpu.h>
#include <percpu.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define MAILBOX_CONTROL 0x50 /* + 4 * core: bits 3:0 IRQ of mailbox n, 7:4 FIQ */
#define MAILBOX_SET 0x80     /* + 16 * core + 4 * mailbox */
#define MAILBOX_CLEAR 0xc0

enum { BOX_IRQ, BOX_FIQ };

static volatile u32 *reg(unsigned offset)
{
	return (volatile u32 *)(arm64_boot.local_intc + offset);
}

static unsigned core(unsigned cpu)
{
	return cpu_area[cpu].hwid & 3;
}

static void bcm2836_init_first(void)
{
	arm64_mask = MASK_DAIF;
}

static void bcm2836_init_cpu(void)
{
	unsigned me = core(this_cpu());

	*reg(MAILBOX_CLEAR + 16 * me + 4 * BOX_IRQ) = ~0U;
	*reg(MAILBOX_CLEAR + 16 * me + 4 * BOX_FIQ) = ~0U;
	*reg(MAILBOX_CONTROL + 4 * me) = 1U << BOX_IRQ | 0x10U << BOX_FIQ;
	insn_dsb(sy);
	insn_daifclr(DAIFBIT_F);
}

__timed unsigned bcm2836_send(const struct cpumask *to, unsigned sgi)
{
	unsigned n = 0, cpu;

	insn_dsb(ishst); /* request words before the Device store */
	for_each_cpu(cpu, to) {
		*reg(MAILBOX_SET + 16 * core(cpu) + 4 * (sgi == SGI_NMI ? BOX_FIQ : BOX_IRQ)) = 1U << sgi;
		n++;
	}
	return n;
}

static __timed unsigned mailbox_each(const struct cpumask *to, enum ipi_kind kind)
{
	return bcm2836_send(to, kind);
}

static const struct ipi_form forms[] = { { .name = "mailbox-each", .send = mailbox_each }, { 0 } };

static void take_all(unsigned box)
{
	volatile u32 *clear = reg(MAILBOX_CLEAR + 16 * core(this_cpu()) + 4 * box);
	u32 pending = *clear;

	*clear = pending;
	insn_dsb(sy);
	for (unsigned sgi = 0; sgi < 32; sgi++)
		if (pending >> sgi & 1)
			arm64_take(sgi);
}

static void bcm2836_irq(u64 acked)
{
	(void)acked;
	take_all(BOX_IRQ);
}

static void bcm2836_fiq(void)
{
	take_all(BOX_FIQ);
}

const struct arm64_ipi bcm2836_ipi = {
	.name = "BCM2836 mailboxes",
	.init_first = bcm2836_init_first,
	.init_cpu = bcm2836_init_cpu,
	.irq = bcm2836_irq,
	.fiq = bcm2836_fiq,
	.forms = forms,
};
