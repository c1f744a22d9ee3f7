# SPDX-License-Identifier: GPL-2.0-only
# The kernel as an ordinary process, twice: safety/ (CPUs are fibres, the oracle on) and timing/ (CPUs are threads).
ARCH_CFLAGS := -D_GNU_SOURCE
ARCH_LIBS :=

# In the safety build only: golden vectors, tests/host/<isa>.c, which see the headers of their ISA instead of the host's,
# and tests of the parts of boot/ that only read device trees, with those parts.
HOST_TESTS := $(wildcard tests/host/*.c) boot/fdt.c boot/fdt_tree.c $(addprefix boot/riscv64/,devices.c harts.c ipi_tree.c isa.c) \
	$(addprefix boot/ppc64/,of.c tree.c)
HOST_TEST_OBJ := $(patsubst %.c,$(O)/host/safety/%.o,$(HOST_TESTS))
$(HOST_TEST_OBJ): CFLAGS_safety += $(addprefix -I,$(wildcard arch/$(basename $(@F))/include))
$(O)/host/safety/skeet: $(HOST_TEST_OBJ)
$(O)/host/safety/skeet: LIBS += $(HOST_TEST_OBJ)
-include $(HOST_TEST_OBJ:.o=.d)
