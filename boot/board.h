/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boards. One file each in boot/board/; arch.mk names those of its ISA (BOARDS), and only they are in its image. Which one it
 * runs on is found at boot: by the device tree's root "compatible", or it is the one board of an ISA that has no tree.
 */
#ifndef SKEET_BOARD_H
#define SKEET_BOARD_H

#include <lset.h>
#include <types.h>

struct fdt;

struct board {
	const char *name;              /* as MACHINE= of make names it */
	const char *const *compatible; /* values of the root's "compatible", up to a NULL; NULL: needs no tree */
	/* From the tree: where the console is, and what else the rest of this file wants to know. NULL: nothing to be read. */
	void (*init)(const struct fdt *t);
	void (*putc)(char c);          /* polled; callers keep two CPUs from calling it at once, but in a panic */
	void (*poweroff)(unsigned status); /* leave with @status (0 = good); returns only if nothing here turns the machine off */
	/* NULL, or why an emulator of this board drops everything with an invalidate of one page. */
	const char *tlb_inexact;
};
LSET_DECLARE(struct board, board);
#define BOARD(ident) LSET_ENTRY(struct board, board, ident)

/**
 * board_choose - which board is this?
 * @t: device tree, or NULL
 * Return: the board, which from now on has the console; NULL if no board of this image is compatible.
 */
const struct board *board_choose(const struct fdt *t);
const char *board_tlb_inexact(void);

#endif
