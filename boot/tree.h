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
/**
 * tree_boot - the end of what boot does where there is a device tree
 * @blob: the tree, or NULL
 * @absent: what to say then
 * @read: what this ISA takes from a tree of a known board; the console works, bootinfo's board is set
 */
void __noreturn tree_boot(struct bootinfo *bi, const void *blob, const char *absent, void (*read)(const struct fdt *t));

#endif
