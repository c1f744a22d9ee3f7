# SPDX-License-Identifier: GPL-2.0-only
# What the build and the runner need to know about x86_64.
CROSS_COMPILE ?=
ARCH_CFLAGS := -m64 -march=x86-64 -mno-red-zone -mgeneral-regs-only -mcmodel=small
ARCH_LDFLAGS := -z max-page-size=4096
BOARDS := pc
QEMU_NAME := qemu-system-x86_64
QEMU_MACHINES := microvm q35 pc
MACHINE ?= microvm
# isa-debug-exit: QEMU leaves with 2 * status + 1.
QEMU_ARCH_FLAGS := -cpu max -m 512 -device isa-debug-exit,iobase=0xf4,iosize=4
