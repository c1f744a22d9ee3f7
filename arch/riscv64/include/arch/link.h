/* SPDX-License-Identifier: GPL-2.0-only */
/* What linker/kernel.lds.S needs to know about this ISA. Where OpenSBI's fw_jump goes on a machine whose RAM starts at 2 GiB. */
#define LINK_FORMAT "elf64-littleriscv"
#define LINK_ARCH riscv
#define LINK_ENTRY boot_entry
#define LINK_BASE 0x80200000
