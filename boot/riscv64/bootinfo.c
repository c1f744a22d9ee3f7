// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device tree to struct bootinfo and struct riscv_tree. The tree is read once, here and in the files that read_tree()
 * calls; it stays where it is and is not given away as memory.
 */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <smp.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#include "../fdt_string.h"
#include "../tree.h"
#include "boot.h"

struct riscv_tree riscv_tree;

static struct bootinfo info;

void riscv_board_init(const struct fdt *t)
{
	riscv_console_init(t);
	riscv_exit_init(t);
}

static const struct riscv_hart *find_hart(u32 hwid)
{
	for (unsigned i = 0; i < riscv_tree.nr_harts; i++)
		if (riscv_tree.hart[i].id == hwid)
			return &riscv_tree.hart[i];
	return NULL;
}

const struct riscv_hart *riscv_hart_of(u32 hwid)
{
	const struct riscv_hart *hart = find_hart(hwid);

	if (!hart)
		panic("the device tree has no hart %u that can run this kernel", hwid);
	return hart;
}

static void check_boot_hart(const struct fdt *t)
{
	char text[160];
	size_t n = 0;

	if (!riscv_tree.nr_harts || find_hart(info.cpu_hwid[0]))
		return;
	for (unsigned i = 0; i < riscv_tree.nr_harts && n < sizeof(text) - 1; n += length(text + n), i++)
		ksnprintf(text + n, sizeof(text) - n, " %u", riscv_tree.hart[i].id);
	fdt_error(t, fdt_find(t, "/cpus"), "this is hart %u, and enabled with an MMU (mmu-type) are%s", info.cpu_hwid[0], text);
}

static void read_tree(const struct fdt *t)
{
	tree_read(&info, t, RISCV_MAP_END);
	riscv_read_harts(&riscv_tree, t);
	riscv_read_ipi(&riscv_tree, t);
	check_boot_hart(t);
	for (unsigned i = 0; i < riscv_tree.nr_harts; i++)
		bootinfo_add_cpu(&info, riscv_tree.hart[i].id);
}

/* SBI v2.0, 4.1 to 4.3: the version that is implemented, and by whom in which version; 1 is OpenSBI. */
static const char *firmware(void)
{
	static char text[48];
	u64 spec = sbi_call(SBI_BASE, 0, 0, 0).value, id = sbi_call(SBI_BASE, 1, 0, 0).value;
	u64 version = sbi_call(SBI_BASE, 2, 0, 0).value;
	unsigned major = spec >> 24 & 0x7f, minor = spec & 0xffffff;

	if (id == 1)
		ksnprintf(text, sizeof(text), "sbi %u.%u of OpenSBI %u.%u", major, minor, (unsigned)(version >> 16),
			  (unsigned)(version & 0xffff));
	else
		ksnprintf(text, sizeof(text), "sbi %u.%u of firmware %lu", major, minor, id);
	return text;
}

void __noreturn boot_main(u64 hart, u64 tree);

/**
 * boot_main - the first C code
 * @hart: hardware ID of this hart
 * @tree: device tree
 */
void __noreturn boot_main(u64 hart, u64 tree)
{
	board_choose(NULL); /* until the tree says which it is: the board "sbi" */
	arch_trap_init_cpu(0); /* a fault on a damaged tree is then a report, not silence */
	info.protocol = firmware();
	info.board = "unknown";
	bootinfo_add_cpu(&info, (u32)hart);
	tree_boot(&info, (const void *)tree, "no device tree in a1", read_tree);
}
