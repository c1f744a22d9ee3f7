/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What linker/kernel.lds.S needs to know about this ISA. 2 MiB above the start of RAM of QEMU's virt: only an ELF loader cares.
 */
#define LINK_FORMAT "elf64-littleaarch64"
#define LINK_ARCH aarch64
#define LINK_ENTRY boot_entry
#define LINK_BASE 0x40200000
