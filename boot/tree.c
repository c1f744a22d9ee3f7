// SPDX-License-Identifier: GPL-2.0-only
/* From a device tree to struct bootinfo: what does not differ between ISAs. The tree stays where it is, and is not given away as memory. */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <pte.h>

#include "tree.h"

#define TREE_MAX (2 * MIB)

extern char _image_start[], _image_end[];

static void add_ram(struct bootinfo *bi, u64 start, u64 size)
{
	bootinfo_add(bi, start, start + size);
	if (bi->nr_ram == BOOT_MEM_MAX) {
		bootinfo_error(bi, "device tree: more ranges of memory than BOOT_MEM_MAX");
		return;
	}
	bi->ram[bi->nr_ram].start = start;
	bi->ram[bi->nr_ram++].size = size;
}

static void read_memory(struct bootinfo *bi, const struct fdt *t, u64 map_end)
{
	struct fdt_cursor c = { 0 };
	u64 start, size;

	while (fdt_next_memory(t, &c, &start, &size))
		add_ram(bi, start, size);
	c = (struct fdt_cursor){ 0 };
	while (fdt_next_reserved(t, &c, &start, &size))
		bootinfo_cut(bi, start, start + size);
	bootinfo_cut(bi, arch_virt_to_phys(_image_start), arch_virt_to_phys(_image_end));
	bootinfo_cut(bi, arch_virt_to_phys(t->blob), arch_virt_to_phys(t->blob) + t->size);
	bootinfo_cut(bi, 0, 64 * KIB); /* page 0, of any size */
	bootinfo_cut(bi, map_end, ~0xfffULL);
	if (!bi->nr_mem)
		fdt_error(t, t->root, "no memory below %llu GiB", (unsigned long long)(map_end / GIB));
}

void tree_read(struct bootinfo *bi, const struct fdt *t, u64 map_end)
{
	const char *line = fdt_text(t, fdt_find(t, "/chosen"), "bootargs");

	if (line)
		bootinfo_cmdline(bi, line, ~(size_t)0);
	read_memory(bi, t, map_end);
}

/* No board of this image is compatible with @t: say so, and which are. */
static void unknown_board(struct bootinfo *bi, const struct fdt *t)
{
	const char *compatible = fdt_text(t, t->root, "compatible");
	char text[sizeof(bi->error)];
	size_t n;

	ksnprintf(text, sizeof(text), "no board of this image is compatible with \"%s\"; valid:", compatible ? compatible : "");
	LSET_FOR_EACH(struct board, b, board) {
		for (n = 0; text[n]; n++)
			;
		if (b->compatible)
			ksnprintf(text + n, sizeof(text) - n, " \"%s\"", b->compatible[0]);
	}
	bootinfo_error(bi, text);
}

void __noreturn tree_boot(struct bootinfo *bi, const void *blob, const char *absent, void (*read)(const struct fdt *t))
{
	const struct board *board;
	static struct fdt t;

	if (!blob)
		bootinfo_error(bi, absent);
	if (!blob || !fdt_open(&t, blob, TREE_MAX, bi->error, sizeof(bi->error)))
		kmain(bi);
	board = board_choose(&t);
	if (board) {
		bi->board = board->name;
		read(&t);
	} else {
		unknown_board(bi, &t);
	}
	kmain(bi);
}
