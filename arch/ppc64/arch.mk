# SPDX-License-Identifier: GPL-2.0-only
# What the build needs to know about ppc64.
CROSS_COMPILE ?= powerpc64le-linux-gnu-
# newlib knows "elf" and "linux" as 32-bit systems with options of their own.
NEWLIB_TRIPLE := powerpc64le-unknown-none
ISA_CFLAGS := -mcpu=power9 -mabi=elfv2 -mcmodel=medium -mno-altivec -mno-vsx -mlong-double-64
NEWLIB_CFLAGS := $(ISA_CFLAGS)
ARCH_CFLAGS := $(ISA_CFLAGS) -msoft-float -fno-jump-tables
ARCH_LDFLAGS := -pie --no-dynamic-linker -z notext -z norelro -z max-page-size=4096
BOARDS := pseries
