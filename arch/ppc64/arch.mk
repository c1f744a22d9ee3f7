# SPDX-License-Identifier: GPL-2.0-only
# What the build needs to know about ppc64; ARCH=ppc64be is the same code with the other byte order.
CROSS_COMPILE ?= powerpc64le-linux-gnu-
# The compiler and the linker know both byte orders. Its libgcc has one: nothing of it is linked.
ENDIAN := $(if $(filter ppc64be,$(ARCH)),big,little)
# For newlib a system of a name that it knows is a 32-bit one.
NEWLIB_TRIPLE := powerpc64$(if $(filter little,$(ENDIAN)),le)-unknown-none
# POWER8, as Linux's little-endian kernels: an older CPU than radix translation wants gets as far as the error that says so.
ISA_CFLAGS := -m$(ENDIAN)-endian -mabi=elfv2 -mcpu=power8 -mtune=power9 -mcmodel=medium -mno-altivec -mno-vsx -mlong-double-64
# printf uses floating-point registers: thread context only. Its setjmp saves 32 bits of a register: not to be used.
NEWLIB_CFLAGS := $(ISA_CFLAGS)
# No jump tables: there would be indirect jumps in timed code.
ARCH_CFLAGS := $(ISA_CFLAGS) -msoft-float -fno-jump-tables
# Position independent: boot_entry relocates the image to where the loader put it.
ARCH_LDFLAGS := $(if $(filter little,$(ENDIAN)),-EL,-EB) -pie --no-dynamic-linker -z notext -z norelro --no-warn-rwx-segments -z max-page-size=4096
BOARDS := pseries powernv powernv_opal
