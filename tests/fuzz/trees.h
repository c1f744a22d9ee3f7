/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs share that show what a kernel reads from device trees:
 *   NAME TREE...         a line a tree, by print_tree()
 *   NAME damaged TREE... each tree with single bytes changed: those that are still sound are read, and the sanitizer watches
 */
#ifndef SKEET_TESTS_FUZZ_TREES_H
#define SKEET_TESTS_FUZZ_TREES_H

#include <string.h>

#include "load.h"

typedef unsigned long long llu;

/* Of the bytes that are used: QEMU leaves room behind them. */
static size_t used(const u8 *blob, size_t size)
{
	while (size && !blob[size - 1])
		size--;
	return size;
}

/* @read: as boot code does it; was the blob sound? @places: about so many bytes of a tree are changed. */
static void damage(const char *path, const u8 *whole, size_t size, unsigned places, bool (*read)(const u8 *blob, size_t size))
{
	unsigned tried = 0, sound = 0;
	size_t end = used(whole, size), step = 1 + end / places;

	for (size_t i = 0; i < end; i += step)
		for (unsigned how = 0; how < 4; how++, tried++) {
			u8 *blob = memcpy(malloc(size), whole, size), was = blob[i];

			blob[i] = (u8)(how == 0 ? was ^ 1 : how == 1 ? was ^ 0x80 : how == 2 ? 0 : 0xff);
			sound += read(blob, size);
			free(blob);
		}
	printf("%s: %u trees, %u sound\n", path, tried, sound);
}

static int trees_main(int argc, char **argv, unsigned places, bool (*read)(const u8 *blob, size_t size),
		      void (*print_tree)(const char *path, const u8 *blob, size_t size))
{
	bool damaged = argc > 1 && !strcmp(argv[1], "damaged");

	if (argc < 2 + damaged) {
		fprintf(stderr, "usage: %s [damaged] TREE...\n", argv[0]);
		return 2;
	}
	for (int i = 1 + damaged; i < argc; i++) {
		size_t size;
		u8 *blob = load(argv[i], &size), *exact = memcpy(malloc(size ? size : 1), blob, size);

		free(blob);
		if (damaged)
			damage(argv[i], exact, size, places, read);
		else
			print_tree(argv[i], exact, size);
		free(exact);
	}
	return 0;
}

#endif
