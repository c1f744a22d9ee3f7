/* SPDX-License-Identifier: GPL-2.0-only */
/* Two readers of device trees against each other. */
#ifndef SKEET_FUZZ_COMPARE_H
#define SKEET_FUZZ_COMPARE_H

#include <types.h>

/**
 * compare - read a blob with boot/fdt.c and with libfdt
 * @blob: copied, so that the sanitizer sees an access behind its end
 * @deep: look things up from every node too, which costs the square of their number
 * @accepted: becomes true if both take the tree, and so had something to compare
 * Return: NULL if they agree, or where they do not.
 */
const char *compare(const u8 *blob, size_t size, bool deep, bool *accepted);

#endif
