/* SPDX-License-Identifier: GPL-2.0-only */
/* All that boot may tell the kernel. Filled in by boot/<isa>/, constant afterwards. */
#ifndef SKEET_BOOTINFO_H
#define SKEET_BOOTINFO_H

#include <types.h>

#define BOOT_MEM_MAX 64
#define BOOT_CMDLINE_MAX 4096

struct boot_mem {
	u64 start, size; /* bytes; usable RAM only, page aligned, sorted, without the image and firmware tables */
};

struct bootinfo {
	struct boot_mem mem[BOOT_MEM_MAX];
	unsigned nr_mem;
	struct boot_mem ram[BOOT_MEM_MAX]; /* all of it, in use or not, as the device tree says; none where there is no tree */
	unsigned nr_ram;
	u32 cpu_hwid[NR_CPUS]; /* [0] is the boot CPU */
	unsigned nr_cpu;
	char cmdline[BOOT_CMDLINE_MAX];
	const char *protocol; /* "pvh", "multiboot2", "host" */
	const char *board;    /* "microvm", "q35", "pc", "host", ... */
	char error[320];      /* not empty: boot found something wrong; kmain() prints it and stops */
};

/* What this kernel was booted with; set first thing in kmain(). */
extern const struct bootinfo *boot_info;

/* --- for the boot code of an ISA --- */

/* Keep the first error for kmain() to print. */
void bootinfo_error(struct bootinfo *bi, const char *what);
/* RAM from @start to @end, inwards to whole 4K pages. */
void bootinfo_add(struct bootinfo *bi, u64 start, u64 end);
/* Take [start, end) out of every range, outwards to whole 4K pages. */
void bootinfo_cut(struct bootinfo *bi, u64 start, u64 end);
/* Copy at most @max bytes, or up to the NUL. */
void bootinfo_cmdline(struct bootinfo *bi, const char *s, size_t max);
/* The boot CPU first; one that is known is ignored. */
void bootinfo_add_cpu(struct bootinfo *bi, u32 hwid);

void __noreturn kmain(const struct bootinfo *bi);

/* The board (board.h): one character out, polled, and leave with @status (0 = good). */
void board_putc(char c);
void __noreturn board_poweroff(unsigned status);

#endif
