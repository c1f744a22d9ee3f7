// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device tree to struct bootinfo and struct arm64_boot. The tree is read once, here and in the files that boot_main()
 * calls; it stays where it is and is not given away as memory.
 */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <smp.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#include "../tree.h"
#include "boot.h"

#define MAP_END (512 * GIB)

struct arm64_boot arm64_boot;

static struct bootinfo info;

static void read_tree(const struct fdt *t)
{
	tree_read(&info, t, MAP_END);
	cpus_read(&info, t);
	intc_read(&info, t);
}

void __noreturn boot_main(u64 tree, u64 el, u64 x0);

/**
 * boot_main - the first C code with the MMU on
 * @tree: device tree, or 0 if none was found
 * @el: exception level of entry
 * @x0: as the loader left it
 */
void __noreturn boot_main(u64 tree, u64 el, u64 x0)
{
	board_choose(NULL); /* until the tree says which it is: perhaps somebody serves semihosting */
	arch_trap_init_cpu(0); /* a fault on a damaged tree is then a report, not silence */
	info.protocol = x0 == tree ? "image" : "elf";
	info.board = "unknown";
	arm64_boot.entry_el = (unsigned)el;
	bootinfo_add_cpu(&info, arm64_hwid_of(insn_mpidr()));
	tree_boot(&info, (const void *)tree, "no device tree: neither in x0 nor at the start of the image's GiB", read_tree);
}
