// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what the loader left in memory to struct bootinfo.
 *
 * Two protocols say the same things in different words: the PVH start_info (Xen's "x86/HVM direct boot ABI") and the
 * multiboot2 information (multiboot2 specification, 3.6). Each is reduced to a memory map, a command line and an RSDP; the
 * rest is common. Everything is copied: the loader's structures lie in RAM that the map gives away.
 */
#include <board.h>
#include <bootinfo.h>
#include <smp.h>

#include <arch/insn.h>
#include <arch/x86.h>

#include "boot.h"

#define PVH_MAGIC 0x336ec578
#define MB2_MAGIC 0x36d76289
#define E820_RAM 1

struct pvh_start_info {
	u32 magic, version, flags, nr_modules;
	u64 modlist, cmdline, rsdp;
	u64 memmap; /* version 1 on */
	u32 memmap_entries, reserved;
};

struct pvh_mem {
	u64 addr, size;
	u32 type, reserved;
};

struct mb2_info {
	u32 total_size, reserved;
};

struct mb2_tag {
	u32 type, size;
};

enum mb2_tag_type {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_MMAP = 6,
	MB2_RSDP1 = 14,
	MB2_RSDP2 = 15,
};

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
};

struct mb2_mem {
	u64 addr, len;
	u32 type, reserved;
};

static struct bootinfo info;

u64 x86_ram_top;
u64 x86_trampoline_pa;
unsigned x86_nr_present;
u32 x86_max_hwid;

extern char _image_start[], _image_end[];

void boot_error(const char *what)
{
	bootinfo_error(&info, what);
}

/* --- memory map --- */

bool x86_is_ram(u64 start, u64 end)
{
	for (unsigned i = 0; i < info.nr_mem; i++)
		if (info.mem[i].start < end && info.mem[i].start + info.mem[i].size > start)
			return true;
	return false;
}

/* The highest free page that a start-up IPI can name and that no BIOS data area uses. */
static u64 find_trampoline(void)
{
	for (unsigned i = info.nr_mem; i-- > 0;) {
		u64 end = info.mem[i].start + info.mem[i].size;

		if (info.mem[i].start >= 0xa0000)
			continue;
		if (end > 0x9f000)
			end = 0x9f000;
		if (end >= info.mem[i].start + 0x1000 && end >= 0x2000)
			return end - 0x1000;
	}
	return 0;
}

static bool has_1g_pages(void)
{
	u32 r[4];

	insn_cpuid(0x80000000, 0, r);
	if (r[0] < 0x80000001)
		return false;
	insn_cpuid(0x80000001, 0, r);
	return r[3] >> 26 & 1;
}

static void mem_finish(void)
{
	x86_trampoline_pa = find_trampoline();
	bootinfo_cut(&info, 0, MIB);
	bootinfo_cut(&info, (u64)_image_start, (u64)_image_end);
	/* The kernel's map is the first top-level slot. */
	bootinfo_cut(&info, has_1g_pages() ? 512 * GIB : 4 * GIB, ~0xfffULL);
	if (!info.nr_mem) {
		boot_error("memory map: no usable RAM above 1 MiB");
		return;
	}
	x86_ram_top = info.mem[info.nr_mem - 1].start + info.mem[info.nr_mem - 1].size;
}

/* --- PVH --- */

static const void *read_pvh(const struct pvh_start_info *si)
{
	const struct pvh_mem *m = (const struct pvh_mem *)si->memmap;

	info.protocol = "pvh";
	if (si->version < 1 || !si->memmap) {
		boot_error("PVH: start_info has no memory map (version 0)");
		return NULL;
	}
	for (u32 i = 0; i < si->memmap_entries; i++)
		if (m[i].type == E820_RAM)
			bootinfo_add(&info, m[i].addr, m[i].addr + m[i].size);
	for (u32 i = 0; i < si->memmap_entries; i++)
		if (m[i].type != E820_RAM)
			bootinfo_cut(&info, m[i].addr, m[i].addr + m[i].size);
	if (si->cmdline)
		bootinfo_cmdline(&info, (const char *)si->cmdline, ~(size_t)0);
	return (const void *)si->rsdp;
}

/* --- multiboot2 --- */

static void mb2_read_mmap(const struct mb2_mmap *map)
{
	const char *first = (const char *)(map + 1), *end = (const char *)map + map->tag.size;

	if (map->entry_size < sizeof(struct mb2_mem)) {
		boot_error("multiboot2: memory map entries too small");
		return;
	}
	for (unsigned cut = 0; cut < 2; cut++)
		for (const char *p = first; p + sizeof(struct mb2_mem) <= end; p += map->entry_size) {
			const struct mb2_mem *m = (const struct mb2_mem *)p;

			if (cut && m->type != E820_RAM)
				bootinfo_cut(&info, m->addr, m->addr + m->len);
			else if (!cut && m->type == E820_RAM)
				bootinfo_add(&info, m->addr, m->addr + m->len);
		}
}

static const void *read_mb2(const struct mb2_info *mi)
{
	const char *p = (const char *)(mi + 1), *end = (const char *)mi + mi->total_size;
	const void *rsdp = NULL;

	info.protocol = "multiboot2";
	while (p + sizeof(struct mb2_tag) <= end) {
		const struct mb2_tag *t = (const struct mb2_tag *)p;

		if (t->type == MB2_END || t->size < sizeof(*t))
			break;
		if (t->type == MB2_CMDLINE)
			bootinfo_cmdline(&info, (const char *)(t + 1), t->size - sizeof(*t));
		else if (t->type == MB2_MMAP)
			mb2_read_mmap((const struct mb2_mmap *)t);
		else if (t->type == MB2_RSDP2 || (t->type == MB2_RSDP1 && !rsdp))
			rsdp = t + 1;
		p += (t->size + 7) & ~7U;
	}
	return rsdp;
}

/* --- CPUs --- */

void boot_add_cpu(u32 hwid)
{
	bootinfo_add_cpu(&info, hwid);
	if (hwid > x86_max_hwid)
		x86_max_hwid = hwid;
}

void __noreturn boot_main(u32 magic, u64 addr);

/**
 * boot_main - the first C code
 * @magic: EAX as the loader left it
 * @addr: EBX as the loader left it
 */
void __noreturn boot_main(u32 magic, u64 addr)
{
	const u32 *first = (const u32 *)addr;
	const void *rsdp = NULL;

	board_choose(NULL);
	arch_trap_init_cpu(0); /* a fault on damaged tables is then a report, not a reset */

	info.protocol = "none";
	info.board = "pc";
	boot_add_cpu(x86_apic_id());
	if (addr && *first == PVH_MAGIC)
		rsdp = read_pvh((const struct pvh_start_info *)addr);
	else if (addr && magic == MB2_MAGIC)
		rsdp = read_mb2((const struct mb2_info *)addr);
	else
		boot_error("boot: entered without PVH start_info or multiboot2 information");

	if (!info.error[0])
		info.board = acpi_read(rsdp);
	x86_nr_present = info.nr_cpu;
	mem_finish();
	kmain(&info);
}
