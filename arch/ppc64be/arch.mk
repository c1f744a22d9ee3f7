# SPDX-License-Identifier: GPL-2.0-only
# ppc64 in big-endian: a cheap proof that what is big-endian on every machine (page tables, firmware) is read as such.
ISA_DIR := ppc64
include arch/ppc64/arch.mk
