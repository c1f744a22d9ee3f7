# SPDX-License-Identifier: GPL-2.0-only
# What the build needs to know about arm64.
CROSS_COMPILE ?= aarch64-linux-gnu-
NEWLIB_TRIPLE := aarch64-none-elf
# Outline atomics ask for __getauxval(). newlib's string functions use vector registers and unaligned words: thread context only.
NEWLIB_CFLAGS := -mno-outline-atomics -mstrict-align
# Every ARMv8.0 CPU runs the image. Strict alignment and no jump tables: some of the code runs with the MMU off.
ARCH_CFLAGS := -march=armv8-a -mgeneral-regs-only -mstrict-align -mno-outline-atomics -mcmodel=small -fno-jump-tables
# Position independent: boot_entry relocates the image to where the loader put it.
ARCH_LDFLAGS := -pie --no-dynamic-linker -z notext -z norelro -z max-page-size=4096
FLAT_IMAGE := skeet.img
TREES := raspi3b.dtb raspi4b.dtb
BOARDS := virt raspi3b raspi4b semihost
