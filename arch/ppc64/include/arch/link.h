/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What linker/kernel.lds.S needs to know about this ISA. The kernel's addresses begin at quadrant 3; it relocates itself to where it was
 * loaded.
 */
/* ld takes the third with -EL, the second with -EB. */
#define LINK_FORMAT "elf64-powerpcle", "elf64-powerpc", "elf64-powerpcle"
#define LINK_ARCH powerpc:common64
#define LINK_ENTRY boot_entry
#define LINK_BASE 0xc000000000000000
/* skiboot runs the ELF file in place, kexec-tools moves its first segment alone. */
#define LINK_ONE_SEGMENT
