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

#include "boot.h"

#define TREE_MAX (2 * MIB)
#define MAP_END (512 * GIB)

struct arm64_boot arm64_boot;

static struct bootinfo info;

extern char _image_start[], _image_end[];

static void add_ram(u64 start, u64 end)
{
	unsigned n = arm64_boot.nr_ram;

	bootinfo_add(&info, start, end);
	if (n == ARRAY_SIZE(arm64_boot.ram)) {
		bootinfo_error(&info, "device tree: more ranges of memory than BOOT_MEM_MAX");
		return;
	}
	arm64_boot.ram[n].start = start;
	arm64_boot.ram[n].end = end;
	arm64_boot.nr_ram = n + 1;
}

static void read_memory(const struct fdt *t)
{
	struct fdt_cursor c = { 0 };
	u64 start, size;

	while (fdt_next_memory(t, &c, &start, &size))
		add_ram(start, start + size);
	c = (struct fdt_cursor){ 0 };
	while (fdt_next_reserved(t, &c, &start, &size))
		bootinfo_cut(&info, start, start + size);
	bootinfo_cut(&info, (u64)_image_start, (u64)_image_end);
	bootinfo_cut(&info, (u64)t->blob, (u64)t->blob + t->size);
	bootinfo_cut(&info, 0, 64 * KIB); /* page 0 of every granule */
	bootinfo_cut(&info, MAP_END, ~0xfffULL);
	if (!info.nr_mem)
		fdt_error(t, t->root, "no memory below 512 GiB");
}

static void read_tree(const struct fdt *t, const struct board *board)
{
	const char *line = fdt_text(t, fdt_find(t, "/chosen"), "bootargs");

	info.board = board->name;
	if (line)
		bootinfo_cmdline(&info, line, ~(size_t)0);
	read_memory(t);
	cpus_read(&info, t);
	intc_read(&info, t);
}

static void unknown_board(const struct fdt *t)
{
	char text[sizeof(info.error)];
	size_t n;

	ksnprintf(text, sizeof(text), "no board of this image is compatible with \"%s\"; valid:",
		  fdt_text(t, t->root, "compatible") ? fdt_text(t, t->root, "compatible") : "");
	LSET_FOR_EACH(struct board, b, board) {
		for (n = 0; text[n]; n++)
			;
		if (b->compatible)
			ksnprintf(text + n, sizeof(text) - n, " \"%s\"", b->compatible[0]);
	}
	bootinfo_error(&info, text);
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
	const struct board *board;
	static struct fdt t;

	board_choose(NULL); /* until the tree says which it is: perhaps somebody serves semihosting */
	arch_trap_init_cpu(0); /* a fault on a damaged tree is then a report, not silence */
	info.protocol = x0 == tree ? "image" : "elf";
	info.board = "unknown";
	arm64_boot.entry_el = (unsigned)el;
	bootinfo_add_cpu(&info, arm64_hwid_of(insn_mpidr()));
	if (!tree)
		bootinfo_error(&info, "no device tree: neither in x0 nor at the start of the image's GiB");
	if (!tree || !fdt_open(&t, (const void *)tree, TREE_MAX, info.error, sizeof(info.error)))
		kmain(&info);
	board = board_choose(&t);
	if (board)
		read_tree(&t, board);
	else
		unknown_board(&t);
	kmain(&info);
}
