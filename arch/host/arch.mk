# SPDX-License-Identifier: GPL-2.0-only
# The kernel as an ordinary process, twice: safety/ (CPUs are fibres, the oracle on) and timing/ (CPUs are threads).
ARCH_CFLAGS := -D_GNU_SOURCE
ARCH_LIBS :=

# Golden vectors: tests/host/<isa>.c sees the headers of its ISA instead of the host's. In the safety build only.
HOST_GOLDEN := $(patsubst %.c,$(O)/host/safety/%.o,$(wildcard tests/host/*.c))
$(HOST_GOLDEN): CFLAGS_safety += -Iarch/$(basename $(@F))/include
$(O)/host/safety/skeet: $(HOST_GOLDEN)
$(O)/host/safety/skeet: LIBS += $(HOST_GOLDEN)
-include $(HOST_GOLDEN:.o=.d)
