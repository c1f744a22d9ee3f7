// SPDX-License-Identifier: GPL-2.0-only
/* For libFuzzer. Each input twice: as it is, and with a header that fits, so that what lies behind it is reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(const u8 *blob, size_t size)
{
	bool accepted;
	const char *wrong = compare(blob, size, true, &accepted);

	if (!wrong)
		return;
	fprintf(stderr, "%s\n", wrong);
	abort();
}

static u32 limit(u32 v, size_t most)
{
	return v < most ? v : (u32)most;
}

static void mend(u8 *blob, size_t size)
{
	fdt_set_magic(blob, FDT_MAGIC);
	fdt_set_totalsize(blob, (u32)size);
	fdt_set_version(blob, fdt_version(blob) & 1 ? 17 : 16);
	fdt_set_last_comp_version(blob, 16);
	fdt_set_off_mem_rsvmap(blob, limit(fdt_off_mem_rsvmap(blob), size) & ~7u);
	fdt_set_off_dt_struct(blob, limit(fdt_off_dt_struct(blob), size) & ~3u);
	fdt_set_off_dt_strings(blob, limit(fdt_off_dt_strings(blob), size));
	fdt_set_size_dt_struct(blob, limit(fdt_size_dt_struct(blob), size - fdt_off_dt_struct(blob)));
	fdt_set_size_dt_strings(blob, limit(fdt_size_dt_strings(blob), size - fdt_off_dt_strings(blob)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 *copy;

	one(data, size);
	if (size < sizeof(struct fdt_header))
		return 0;
	copy = memcpy(malloc(size), data, size);
	mend(copy, size);
	one(copy, size);
	free(copy);
	return 0;
}
