// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device tree to struct bootinfo and struct riscv_boot. The tree is read once, here and in the files that boot_main()
 * calls; it stays where it is and is not given away as memory.
 */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <smp.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "../tree.h"
#include "boot.h"

#define TREE_MAX (2 * MIB)

struct riscv_boot riscv_boot;

static struct bootinfo info;

const struct riscv_door *riscv_door(u64 hart)
{
	for (unsigned i = 0; i < riscv_boot.nr_harts; i++)
		if (riscv_boot.door[i].hart == hart)
			return &riscv_boot.door[i];
	return &riscv_boot.door[0];
}

static void read_harts(const struct fdt *t)
{
	u32 hz = 0;
	int sswi = fdt_next_compatible(t, FDT_NONE, "riscv,aclint-sswi");
	u64 sswi_base = 0, reg;

	fdt_u32(t, fdt_find(t, "/cpus"), "timebase-frequency", &hz);
	riscv_boot.timebase_hz = hz;
	riscv_boot.has_sswi = fdt_reg_physical(t, sswi, 0, &sswi_base, NULL);
	for (int cpu = fdt_next_cpu(t, FDT_NONE); cpu != FDT_NONE; cpu = fdt_next_cpu(t, cpu)) {
		if (!fdt_is_okay(t, cpu) || !fdt_reg(t, fdt_parent(t, cpu), cpu, 0, &reg, NULL))
			continue;
		bootinfo_add_cpu(&info, (u32)reg);
		riscv_boot.door[riscv_boot.nr_harts].hart = reg;
		riscv_boot.door[riscv_boot.nr_harts++].sswi = sswi_base + 4 * reg;
	}
}

static void read_tree(const struct fdt *t, const struct board *board)
{
	info.board = board->name;
	tree_read(&info, t, RISCV_MAP_END);
	read_harts(t);
}

void __noreturn boot_main(u64 hart, u64 tree);

/**
 * boot_main - the first C code
 * @hart: hardware ID of this hart
 * @tree: device tree
 */
void __noreturn boot_main(u64 hart, u64 tree)
{
	const struct board *board;
	static struct fdt t;

	board_choose(NULL); /* until the tree says which it is: the firmware's console */
	arch_trap_init_cpu(0); /* a fault on a damaged tree is then a report, not silence */
	info.protocol = "sbi";
	info.board = "unknown";
	riscv_boot.boot_hart = hart;
	bootinfo_add_cpu(&info, (u32)hart);
	if (!tree)
		bootinfo_error(&info, "no device tree in a1");
	if (!tree || !fdt_open(&t, (const void *)tree, TREE_MAX, info.error, sizeof(info.error)))
		kmain(&info);
	board = board_choose(&t);
	if (board)
		read_tree(&t, board);
	else
		tree_unknown_board(&info, &t);
	kmain(&info);
}
