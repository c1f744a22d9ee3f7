/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree of a firmware that hands over no blob but the client interface of Open Firmware (IEEE 1275, 6.3): VOF and SLOF of
 * QEMU's pseries. It is asked for node after node and written down as a blob, which boot/fdt.c reads as every other.
 */
#ifndef SKEET_BOOT_PPC64_OF_H
#define SKEET_BOOT_PPC64_OF_H

#include <types.h>

#include "../fdt.h"

/* One call: an array of big-endian 32-bit cells. Not 0: the firmware knows no such service. Real mode, big-endian, 32-bit. */
typedef int of_call(void *args);

#define OF_CELLS 12
#define OF_NAME 64  /* of a property; IEEE 1275 says 32, but "ibm,associativity-reference-points" is longer */
#define OF_PATH 512

/* What calls point to. As the cells are of 32 bits, it lies below 4 GiB, and so does the blob. */
struct of_work {
	u32 cell[OF_CELLS];
	char service[32];
	char name[2][OF_NAME] __attribute__((__aligned__(4))); /* of a property: the last and the next */
	char path[OF_PATH];
};

/**
 * of_flatten - the whole tree as a blob of version 17
 * @work: scratch memory
 * @out: the blob, 8-byte aligned; no memory reservations are in it
 * @max: bytes at @out
 * @error: "", or why there is no blob
 * Return: size of the blob, 0 with an error.
 *
 * The header's boot CPU is the one that /chosen "cpu" was opened from.
 *
 * A node without "phandle" gets one: the number by which the firmware itself refers to it.
 */
u32 of_flatten(of_call *call, struct of_work *work, void *out, u32 max, char *error, size_t error_size);
/* The last call: the firmware's drivers let go of their devices. Not of IEEE 1275: what does not know it has nothing to do. */
void of_quiesce(of_call *call, struct of_work *work);

#endif
