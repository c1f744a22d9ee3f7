# SPDX-License-Identifier: GPL-2.0-only
# "make help" says what there is. What an ISA needs is in arch/$(ARCH)/arch.mk; every target installs what it lacks.

ARCH ?= x86_64
O ?= build
CACHE ?= .cache
ACCEL ?= icount
ARCHES := x86_64 arm64 riscv64 ppc64
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

Q := $(if $(V),,@)
say = $(if $(V),:,printf '  %-7s %s\n')

# How a target calls this file again for one architecture.
again = $(MAKE) --no-print-directory O=$(O)

# --- one architecture: the images ---
ifneq ($(ARCH),all)
# Where the code is: arch.mk may name another one.
ISA_DIR := $(ARCH)
-include arch/$(ARCH)/arch.mk
ARCH_MK := $(wildcard arch/$(ARCH)/arch.mk arch/$(ISA_DIR)/arch.mk)
TOOL := $(CROSS_COMPILE)
CC := $(TOOL)gcc
NEWLIB_TRIPLE ?= $(ARCH)-elf
NEWLIB := $(CACHE)/newlib-$(ARCH)
B := $(O)/$(ARCH)

WARN := -Wall -Wextra -Werror -Wno-error=deprecated -Wmissing-prototypes -Wundef
GENERIC_DIRS := kernel mm mm/sync mm/tlb bench tests
DIRS := $(GENERIC_DIRS) boot boot/$(ISA_DIR) arch/$(ISA_DIR)
INCLUDES := -Iinclude -Iboot -Imm -Iarch/$(ISA_DIR)/include
ORACLE_timing := -Imm/oracle/off
ORACLE_oracle := -Imm/oracle/on
sources = $(sort $(foreach d,$(1),$(wildcard $(d)/*.c $(d)/*.S)))
objects = $(addprefix $(B)/$(1)/,$(addsuffix .o,$(basename $(2))))

ifeq ($(ARCH),host)
# Two ordinary programs: safety (the oracle's shadow TLB, one thread at a time) and timing (real threads).
BUILDS := safety timing
ORACLE_safety := $(ORACLE_oracle) -Iarch/host/safety/include
ORACLE_timing += -Iarch/host/timing/include
SRC := $(filter-out kernel/newlib.c kernel/string.c,$(call sources,$(GENERIC_DIRS) arch/host))
SRC_safety := $(SRC) $(call sources,mm/oracle arch/host/safety)
SRC_timing := $(SRC) $(call sources,arch/host/timing)
BASE := -std=gnu11 -g -fno-pie -fno-omit-frame-pointer -ffunction-sections -pthread $(WARN) $(ARCH_CFLAGS)
CFLAGS_safety := $(BASE) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(ARCH_CFLAGS_safety)
CFLAGS_timing := $(BASE) -O2 $(ARCH_CFLAGS_timing)
LINK_SCRIPT := linker/host-sets.lds
LINK = $(CC) $(CFLAGS_$(1)) -no-pie -Wl,-T,$(LINK_SCRIPT)
LIBS := $(ARCH_LIBS)
IMAGE := skeet
else
BUILDS := timing oracle
SRC := $(call sources,$(DIRS)) $(BOARDS:%=boot/board/%.c)
SRC_timing := $(SRC)
SRC_oracle := $(SRC) $(call sources,mm/oracle)
BASE = -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -ffunction-sections -ffile-prefix-map=$(CURDIR)=. $(WARN) $(ARCH_CFLAGS) \
	-isystem $(NEWLIB)/$(NEWLIB_TRIPLE)/include -isystem $(GCC_INCLUDE)
# Asked once, and late: the compiler may not be installed yet.
GCC_INCLUDE = $(eval GCC_INCLUDE := $$(shell $(CC) -print-file-name=include))$(GCC_INCLUDE)
CFLAGS_timing = $(BASE)
CFLAGS_oracle = $(BASE)
LINK_SCRIPT := $(B)/kernel.lds
LINK = $(CC) -nostdlib -static -no-pie -Wl,--build-id=none,--gc-sections,-z,noexecstack \
	-Wl,-T,$(LINK_SCRIPT) $(addprefix -Xlinker ,$(ARCH_LDFLAGS))
LIBS := -L$(NEWLIB)/$(NEWLIB_TRIPLE)/lib -Wl,--start-group -lc -lm -lgcc -Wl,--end-group
NEWLIB_DONE := $(NEWLIB)/done
IMAGE := skeet.elf
endif

IMAGES := $(foreach b,$(BUILDS),$(addprefix $(B)/$(b)/,$(IMAGE) $(FLAT_IMAGE))) $(addprefix $(B)/,$(TREES))
all: $(IMAGES)

define build_rules
OBJ_$(1) := $$(call objects,$(1),$$(SRC_$(1)))
$(B)/$(1)/%.o: %.c $(ARCH_MK) | $(NEWLIB_DONE)
	@mkdir -p $$(@D) && $$(say) CC $$@
	$$(Q)$$(CC) $$(CFLAGS_$(1)) $(INCLUDES) $(ORACLE_$(1)) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/%.o: %.S $(ARCH_MK) | $(NEWLIB_DONE)
	@mkdir -p $$(@D) && $$(say) AS $$@
	$$(Q)$$(CC) $$(CFLAGS_$(1)) -D__ASSEMBLER__ $(INCLUDES) $(ORACLE_$(1)) -MMD -MP -c -o $$@ $$<
# The list of objects is a prerequisite, so that an image does not keep the code of a source that has gone.
$(B)/$(1)/objects: force
	@mkdir -p $$(@D); echo '$$(OBJ_$(1))' | cmp -s - $$@ || echo '$$(OBJ_$(1))' >$$@
$(B)/$(1)/$(IMAGE): $$(OBJ_$(1)) $(LINK_SCRIPT) $(B)/$(1)/objects $(ARCH_MK)
	@$$(say) LINK $$@
	$$(Q)$$(call LINK,$(1)) -o $$@ $$(OBJ_$(1)) $$(LIBS)
# The same link without ELF, for loaders that want it (FLAT_IMAGE of arch.mk).
$(B)/$(1)/skeet.img: $(B)/$(1)/$(IMAGE)
	@$$(say) FLAT $$@
	$$(Q)$$(TOOL)objcopy -O binary $$< $$@
-include $$(OBJ_$(1):.o=.d)
endef
$(foreach b,$(BUILDS),$(eval $(call build_rules,$(b))))

# Device trees for machines that the emulator has none for (TREES of arch.mk).
$(B)/%.dtb: boot/board/%.dts
	@mkdir -p $(@D) && $(say) DTC $@
	$(Q)dtc -q -I dts -O dtb -o $@ $<

# For the checks: the compiler and its flags, as one line.
flags-%:
	@echo '$(CC) $(CFLAGS_$*) $(INCLUDES) $(ORACLE_$*)'

$(B)/kernel.lds: linker/kernel.lds.S
	@mkdir -p $(@D) && $(say) CPP $@
	$(Q)$(CC) -E -P -x assembler-with-cpp -D__ASSEMBLER__ $(INCLUDES) -MMD -MP -MT $@ -MF $(B)/kernel.lds.d -o $@ $<
-include $(B)/kernel.lds.d

# Again when it was built with other flags.
$(CACHE)/newlib-$(ARCH)/done: tools/newlib $(if $(subst x$(strip $(NEWLIB_CFLAGS))x,,x$(strip $(file <$(NEWLIB)/flags))x),force)
	$(Q)tools/deps build $(ARCH)
	$(Q)CC='$(CC)' AR='$(TOOL)ar' RANLIB='$(TOOL)ranlib' AS='$(TOOL)as' \
		tools/newlib $(NEWLIB_TRIPLE) $(NEWLIB) $(NEWLIB_CFLAGS)
else
all:
	$(Q)set -e; for a in $(ARCHES) host; do $(again) ARCH=$$a all; done
endif

include tools/targets.mk
