# SPDX-License-Identifier: GPL-2.0-only
# What the build needs to know about x86_64; what the runner needs is in tools/machines/x86_64.py.
CROSS_COMPILE ?=
ARCH_CFLAGS := -m64 -march=x86-64 -mno-red-zone -mgeneral-regs-only -mcmodel=small
ARCH_LDFLAGS := -z max-page-size=4096
BOARDS := pc
