/* SPDX-License-Identifier: GPL-2.0-only */
/* What the boot code of every ISA with a device tree takes from it in the same way. Errors go to @bi. */
#ifndef SKEET_BOOT_TREE_H
#define SKEET_BOOT_TREE_H

#include <types.h>

struct bootinfo;
struct fdt;

/**
 * tree_read - command line and memory
 * @bi: gets both; what the tree reserves, the image and the tree itself are not in the memory
 * @map_end: memory from here on is left alone: the kernel's map ends there
 */
void tree_read(struct bootinfo *bi, const struct fdt *t, u64 map_end);
/* No board of this image is compatible with @t: say so, and which are. */
void tree_unknown_board(struct bootinfo *bi, const struct fdt *t);

#endif
