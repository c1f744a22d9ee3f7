/* SPDX-License-Identifier: GPL-2.0-only */
/* A tree from a file. */
#ifndef SKEET_TESTS_FUZZ_LOAD_H
#define SKEET_TESTS_FUZZ_LOAD_H

#include <stdio.h>
#include <stdlib.h>

#include <types.h>

/* Its bytes, on the heap; ends the program if there is no such file. */
static u8 *load(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	u8 *blob = malloc(4 << 20);

	if (!f) {
		perror(path);
		exit(2);
	}
	*size = fread(blob, 1, 4 << 20, f);
	fclose(f);
	return blob;
}

#endif
