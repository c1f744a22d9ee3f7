# SPDX-License-Identifier: GPL-2.0-only
# The kernel as an ordinary process, twice: safety/ (CPUs are fibres, the oracle on) and timing/ (CPUs are threads).
ARCH_CFLAGS := -D_GNU_SOURCE
ARCH_LIBS :=
