// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the boot code of every ISA does to fill in struct bootinfo. Copies: the loader's own lies in RAM that the map gives
 * away.
 */
#include <bootinfo.h>

void bootinfo_error(struct bootinfo *bi, const char *what)
{
	size_t i;

	if (bi->error[0])
		return;
	for (i = 0; what[i] && i < sizeof(bi->error) - 1; i++)
		bi->error[i] = what[i];
	bi->error[i] = 0;
}

void bootinfo_add(struct bootinfo *bi, u64 start, u64 end)
{
	unsigned i = bi->nr_mem;

	start = (start + 0xfff) & ~0xfffULL;
	end &= ~0xfffULL;
	if (start >= end)
		return;
	if (i == BOOT_MEM_MAX) {
		bootinfo_error(bi, "memory map: more ranges than BOOT_MEM_MAX");
		return;
	}
	for (; i > 0 && bi->mem[i - 1].start > start; i--)
		bi->mem[i] = bi->mem[i - 1];
	bi->mem[i].start = start;
	bi->mem[i].size = end - start;
	bi->nr_mem++;
}

static void remove_range(struct bootinfo *bi, unsigned i)
{
	bi->nr_mem--;
	for (; i < bi->nr_mem; i++)
		bi->mem[i] = bi->mem[i + 1];
}

void bootinfo_cut(struct bootinfo *bi, u64 start, u64 end)
{
	start &= ~0xfffULL;
	end = (end + 0xfff) & ~0xfffULL;
	for (unsigned i = 0; i < bi->nr_mem;) {
		u64 s = bi->mem[i].start, e = s + bi->mem[i].size;

		if (e <= start || s >= end) {
			i++;
			continue;
		}
		remove_range(bi, i);
		bootinfo_add(bi, s, start < s ? s : start);
		bootinfo_add(bi, end > e ? e : end, e);
	}
}

void bootinfo_cmdline(struct bootinfo *bi, const char *s, size_t max)
{
	size_t i;

	for (i = 0; i < max && s[i]; i++) {
		if (i == BOOT_CMDLINE_MAX - 1) {
			bootinfo_error(bi, "command line: longer than BOOT_CMDLINE_MAX");
			break;
		}
		bi->cmdline[i] = s[i];
	}
	bi->cmdline[i] = 0;
}

void bootinfo_add_cpu(struct bootinfo *bi, u32 hwid)
{
	for (unsigned i = 0; i < bi->nr_cpu; i++)
		if (bi->cpu_hwid[i] == hwid)
			return;
	if (bi->nr_cpu == NR_CPUS) {
		bootinfo_error(bi, "more CPUs than NR_CPUS");
		return;
	}
	bi->cpu_hwid[bi->nr_cpu++] = hwid;
}
