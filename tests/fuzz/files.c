// SPDX-License-Identifier: GPL-2.0-only
/*
 * files same TREE...     each tree, whole, against libfdt
 * files damaged TREE...  each tree without the room at its end: then every shorter one and many with a byte changed, against libfdt
 *
 * A line a tree, with the number of variants and of those that were sound; the exit status is 1 if a reader differs. Every
 * shorter blob is tried as it is (the header then asks for more than there is); PLACES evenly spread lengths also with a
 * header that fits, and as many bytes with each of four changes. Fewer in large trees, so that all cost about the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "compare.h"
#include "load.h"

#define PLACES 120
#define WORK (1 << 20) /* bytes read, about */

static const char *wrong; /* the first difference of this tree */
static unsigned tried, sound;

/* From one damaged place to the next. */
static size_t step(size_t size)
{
	size_t places = WORK / size < PLACES ? WORK / size : PLACES;

	return 1 + size / (places + 1);
}

static void try(const u8 *blob, size_t size, bool deep)
{
	bool accepted = false;
	const char *differ = compare(blob, size, deep, &accepted);

	tried++;
	sound += accepted;
	if (differ && !wrong)
		wrong = strdup(differ);
}

/* What @n bytes leave of a block of @size bytes at @at. */
static u32 left(size_t n, u32 at, u32 size)
{
	if (n < at)
		return 0;
	return n - at < size ? (u32)n - at : size;
}

/* Shorter blobs whose header says so. Dtc and QEMU put the structure block before the strings or behind them. */
static void shorten(const u8 *blob, size_t size)
{
	u8 *part = memcpy(malloc(size), blob, size);
	u32 structs = fdt_off_dt_struct(blob), strings = fdt_off_dt_strings(blob);

	for (size_t n = sizeof(struct fdt_header); n < size; n += step(size)) {
		fdt_set_totalsize(part, (u32)n);
		fdt_set_size_dt_struct(part, left(n, structs, fdt_size_dt_struct(blob)));
		fdt_set_off_dt_strings(part, n < strings ? (u32)n : strings);
		fdt_set_size_dt_strings(part, left(n, strings, fdt_size_dt_strings(blob)));
		try(part, n, false);
	}
	free(part);
}

static void corrupt(u8 *blob, size_t size)
{
	for (size_t i = 0; i < size; i += step(size)) {
		u8 was = blob[i], values[] = { was ^ 1, was ^ 0x80, 0, 0xff };

		for (unsigned v = 0; v < sizeof(values); v++) {
			blob[i] = values[v];
			try(blob, size, false);
		}
		blob[i] = was;
	}
}

static void damage(u8 *blob)
{
	size_t size;

	/* Before version 17 nothing can be packed, and dtc leaves no room. */
	if (fdt_version(blob) >= 17 && fdt_pack(blob)) {
		wrong = "libfdt cannot pack it";
		return;
	}
	size = fdt_totalsize(blob);
	for (size_t n = 0; n < size; n++)
		try(blob, n, false);
	if (sound)
		wrong = "accepted although bytes are missing";
	shorten(blob, size);
	corrupt(blob, size);
}

int main(int argc, char **argv)
{
	bool whole = argc > 2 && !strcmp(argv[1], "same"), bad = argc < 3 || (!whole && strcmp(argv[1], "damaged"));
	int status = 0;

	if (bad) {
		fprintf(stderr, "usage: files same|damaged TREE...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		size_t size;
		u8 *blob = load(argv[i], &size);

		wrong = NULL;
		tried = sound = 0;
		if (whole)
			try(blob, size, true);
		else
			damage(blob);
		if (whole && !sound && !wrong)
			wrong = "both refuse it";
		printf("%s %s: %u trees, %u sound%s%s\n", wrong ? "FAIL" : "ok", argv[i], tried, sound, wrong ? ": " : "", wrong ? wrong : "");
		status |= wrong != NULL;
		free(blob);
	}
	return status;
}
