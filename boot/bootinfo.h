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
	u32 cpu_hwid[NR_CPUS]; /* [0] is the boot CPU */
	unsigned nr_cpu;
	char cmdline[BOOT_CMDLINE_MAX];
	const char *protocol; /* "pvh", "multiboot2", "host" */
	const char *board;    /* "microvm", "q35", "pc", "host", ... */
	char error[128];      /* not empty: boot found something wrong; kmain() prints it and stops */
};

/* What this kernel was booted with; set first thing in kmain(). */
extern const struct bootinfo *boot_info;

void __noreturn kmain(const struct bootinfo *bi);

/* board: one character out (polled), and leave with @status (0 = good); never returns. */
void board_putc(char c);
void __noreturn board_poweroff(unsigned status);

#endif
