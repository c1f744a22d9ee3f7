// SPDX-License-Identifier: GPL-2.0-only
/* The chosen board behind board_putc() and board_poweroff(). */
#include <board.h>
#include <bootinfo.h>
#include <cpu.h>
#include <fdt.h>

static const struct board *board;

static bool is_this(const struct board *b, const struct fdt *t)
{
	if (!t || !b->compatible)
		return !t && !b->compatible;
	for (const char *const *c = b->compatible; *c; c++)
		if (fdt_lists(t, t->root, "compatible", *c))
			return true;
	return false;
}

const struct board *board_choose(const struct fdt *t)
{
	LSET_FOR_EACH(struct board, b, board) {
		if (!is_this(b, t))
			continue;
		if (b->init)
			b->init(t);
		board = b;
		return b;
	}
	return NULL;
}

const char *board_tlb_inexact(void)
{
	return board->tlb_inexact;
}

/* Before a board is chosen there is nowhere to print to. */
void board_putc(char c)
{
	if (board)
		board->putc(c);
}

void __noreturn board_poweroff(unsigned status)
{
	if (board)
		board->poweroff(status);
	arch_irq_off();
	for (;;)
		arch_relax();
}
