# SPDX-License-Identifier: GPL-2.0-only
# What the build needs to know about riscv64.
CROSS_COMPILE ?= riscv64-linux-gnu-
NEWLIB_TRIPLE := riscv64-unknown-elf
# The compiler has a libgcc for one ABI only, and no way to forbid floating point: a check looks that ours has none.
ISA_CFLAGS := -march=rv64gc -mabi=lp64d -mcmodel=medany
NEWLIB_CFLAGS := $(ISA_CFLAGS)
# No jump tables: their addresses would be relocated, and there would be indirect jumps in timed code.
ARCH_CFLAGS := $(ISA_CFLAGS) -mstrict-align -fno-jump-tables
# Position independent: boot_entry relocates the image to where the loader put it.
ARCH_LDFLAGS := -pie --no-dynamic-linker -z notext -z norelro -z max-page-size=4096
FLAT_IMAGE := skeet.img
BOARDS := riscv-virtio sbi sifive_u spike unmatched visionfive2
