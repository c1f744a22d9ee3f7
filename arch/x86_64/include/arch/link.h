/* SPDX-License-Identifier: GPL-2.0-only */
/* What linker/kernel.lds.S needs to know about this ISA. 48 MiB: free in every firmware met (SeaBIOS, OVMF, U-Boot). */
#define LINK_FORMAT "elf64-x86-64"
#define LINK_ARCH i386:x86-64
#define LINK_ENTRY boot_entry64
#define LINK_BASE 0x3000000
