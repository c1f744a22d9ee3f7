/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own map, where an ISA needs one that is built at run time from what the machine has. */
#ifndef SKEET_MM_KERNEL_MAP_H
#define SKEET_MM_KERNEL_MAP_H

#include <pte.h>

struct kernel_map {
	u64 end;    /* where the map ends */
	bool page0; /* page 0 is in it; else a NULL pointer faults */
	/* A leaf of write-back memory, readable, writable, executable and global; or, if @device, of none of the first and third. */
	pte_t (*leaf)(u64 pa, unsigned level, bool device);
};

/**
 * kernel_map_build - the identity from 0 to @m->end
 *
 * The RAM of boot_info is memory, all else is device: an access that the image never makes is none that a CPU may make on its own.
 * The largest leaves that a range of one kind allows. Return: the root. Context: boot CPU, behind phys_init().
 */
u64 kernel_map_build(const struct kernel_map *m);

#endif
