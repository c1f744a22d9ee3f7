// SPDX-License-Identifier: GPL-2.0-only
/* Ways out of the machine. */
#include <arch/riscv.h>
#include <arch/sbi.h>

#include "boot.h"

/* SiFive's test finisher as QEMU has it (hw/misc/sifive_test.c): a failure carries an exit status in its upper half. */
#define FINISHER_FAIL 0x3333
/* RISC-V Semihosting 0.4: as Arm's SYS_EXIT_EXTENDED. */
#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026
/* Where the tree is not read yet: more than a second of any timer seen so far. */
#define TIMEBASE_MAX 50000000

static u64 finisher;

void riscv_exit_init(const struct fdt *t)
{
	finisher = riscv_read_finisher(t);
}

/* QEMU goes on with the code behind the store until its main loop has ended it, and what comes next would have another status. */
static void finish(u32 code)
{
	u64 end = insn_csrr(time) + (riscv_tree.timebase_hz ? riscv_tree.timebase_hz : TIMEBASE_MAX);

	*(volatile u32 *)finisher = code << 16 | FINISHER_FAIL;
	while (insn_csrr(time) < end)
		insn_pause();
}

void riscv_exit(unsigned status)
{
	const u64 block[2] = { APPLICATION_EXIT, 2 * (u64)status + 1 };

	riscv_console_drain();
	if (finisher)
		finish(2 * status + 1);
	riscv_semihost(SYS_EXIT_EXTENDED, block);
	sbi_call(SBI_SRST, 0, 0, status ? 1 : 0);
	sbi_call(SBI_LEGACY_SHUTDOWN, 0, 0, 0);
}
