// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot map: identity, 512 GiB, 4K granule, until arch_mmu_kernel_root(). Image and device tree are Normal memory, in blocks
 * of 2 MiB; everything else is Device and never executed, so that nothing is read ahead where nobody knows yet what is there.
 *
 * Runs with the MMU off, before relocation: no pointer in static data is read.
 */
#include <bootinfo.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#define BLOCK (2 * MIB)
#define PER_TABLE 512
#define MAX_L2 4 /* image and tree, each over a boundary of 1 GiB */
#define FDT_MAGIC 0xedfe0dd0U /* as a little-endian load sees it */

#define DESC_TABLE 3ULL
#define DESC_NORMAL 0x40000000000705ULL /* block, Normal, inner shareable, AF, UXN */
#define DESC_DEVICE 0x60000000000701ULL /* block, Device, AF, UXN, PXN */

/* The last page is the stack meanwhile. Not in .bss: that is cleared while the map is in force. */
#define MAP_WORDS ((2 + MAX_L2 + 1) * PER_TABLE)
u64 boot_map[MAP_WORDS] __attribute__((__section__(".data.page"), __aligned__(4096)));
_Static_assert(sizeof(boot_map) == 7 * 4096, "BOOT_MAP_SIZE of entry.S");

static u64 *table(unsigned i)
{
	return boot_map + i * PER_TABLE;
}

static u64 *l2_of(u64 pa, unsigned *used)
{
	u64 *e = table(1) + pa / GIB;
	u64 *l2;

	if ((*e & 3) == DESC_TABLE)
		return (u64 *)(*e & ~0xfffULL);
	l2 = table(2 + (*used)++);
	for (unsigned i = 0; i < PER_TABLE; i++)
		l2[i] = (pa / GIB * GIB + i * BLOCK) | DESC_DEVICE;
	*e = (u64)l2 | DESC_TABLE;
	return l2;
}

static void map_normal(u64 start, u64 end, unsigned *used)
{
	for (u64 pa = start & ~(BLOCK - 1); pa < end && pa < PER_TABLE * GIB; pa += BLOCK)
		l2_of(pa, used)[pa / BLOCK % PER_TABLE] = pa | DESC_NORMAL;
}

/* A loader that runs with its caches on may have it there only. */
static bool is_tree(u64 at)
{
	if (!at || at % 4)
		return false;
	insn_dc_civac((const void *)at);
	insn_dsb(sy);
	return *(const volatile u32 *)at == FDT_MAGIC;
}

extern char _image_start[], _image_end[];
u64 boot_map_build(u64 x0);

/**
 * boot_map_build - fill boot_map, find the device tree
 * @x0: as the loader left it
 * Return: the device tree, or 0. Where an ELF file is started, QEMU leaves 0 and puts the tree at the start of RAM, which lies
 * less than 1 GiB below the image.
 */
u64 boot_map_build(u64 x0)
{
	u64 start = (u64)_image_start, tree = x0;
	unsigned used = 0;

	if (!is_tree(tree))
		tree = is_tree(start & ~(GIB - 1)) ? start & ~(GIB - 1) : 0;
	table(0)[0] = (u64)table(1) | DESC_TABLE;
	for (u64 g = 0; g < PER_TABLE; g++)
		table(1)[g] = g * GIB | DESC_DEVICE;
	map_normal(start, (u64)_image_end, &used);
	if (tree)
		map_normal(tree, tree + BLOCK, &used); /* no tree is larger (booting.rst) */
	return tree;
}
