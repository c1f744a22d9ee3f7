# SPDX-License-Identifier: GPL-2.0-only
# What can be asked of the images: included by the Makefile.

export CACHE VIA CPUS ACCEL
RUN_WHAT = --arch $(ARCH) --build $(O) --cache $(CACHE) --accel $(ACCEL) $(if $(MACHINE),--machine $(MACHINE)) $(if $(VIA),--via $(VIA)) \
	$(if $(TIMEOUT),--timeout $(TIMEOUT)) --qemuflags='$(QEMUFLAGS)' --cross '$(CROSS_COMPILE)'
RUN = tools/run $(RUN_WHAT) $(if $(CPUS),--cpus $(CPUS)) $(if $(OUT),--out '$(OUT)')

# As many jobs as CPUs, unless this make was told how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

.PHONY: all force deps run raw list figures ipi-ways readers goal sweep crossovers cells verdict verdicts mutants model report full-report \
	board board-run check iso help clean distclean
force:

EVERY_ARCH := $(ARCHES) host
empty :=
space := $(empty) $(empty)
deps:
	$(Q)tools/deps run $(if $(filter all,$(ARCH)),$(EVERY_ARCH),$(ARCH))

ifeq ($(ARCH),all)
run raw list figures ipi-ways cells verdict verdicts mutants:
	$(Q)status=0; for a in $(EVERY_ARCH); do \
		$(again) ARCH=$$a $(if $(OUT),OUT='$(OUT)'/$$a) $@ || status=1; done; exit $$status
else
# The tree of a machine that the emulator has none for.
DTB = $(patsubst boot/board/%.dts,$(O)/$(ARCH)/%.dtb,$(wildcard boot/board/$(MACHINE).dts))
# The deps come first, not beside the images.
ready:
	$(Q)tools/deps run $(ARCH)
	$(Q)$(again) $(JOBS) ARCH=$(ARCH) all $(DTB)
.PHONY: ready

run: ready
	$(Q)$(RUN) --args='$(ARGS)'
figures: ready
	$(Q)$(RUN) --plan timing --args='$(ARGS)'
raw: ready
	$(Q)$(RUN) --raw $(if $(PLAN),--plan $(PLAN)) --args='$(ARGS)'
list: ready
	$(Q)$(RUN) --raw --plan timing --args='list'
cells: ready
	$(Q)$(RUN) --plan cells --args='$(ARGS)'
verdict: ready
	$(Q)$(RUN) --plan verdict --args='series=$(or $(SERIES),$(error make verdict: SERIES= is missing; "make list" names what series= takes)) $(ARGS)'
verdicts: ready
	$(Q)$(RUN) --plan verdict --args='series=all $(ARGS)'
sweep: ready
	$(Q)tools/sweep --ncpus '$(or $(NCPUS),2 4 8 16 32 64)' --out '$(or $(OUT),out/sweep-$(shell date +%Y%m%d-%H%M%S))' \
		$(if $(VERDICTS),--verdicts '$(VERDICTS)') --args='$(ARGS)' -- $(RUN_WHAT)
# By pages, targets, initiators, CPUs and walkers; what a sweep ends with.
crossovers:
	$(Q)$(again) ARCH=$(ARCH) NCPUS='$(or $(NCPUS),2 4 8)' ARGS='bench=munmap-thp,inval-cost,madvise n=100 tlb=all $(ARGS)' sweep
ipi-ways: ready
	$(Q)tools/ipi-ways --arch $(ARCH) $(if $(CPUS),--cpus $(CPUS)) --out '$(or $(OUT),out/ipi-ways-$(shell date +%Y%m%d-%H%M%S))' -- $(RUN_WHAT)
mutants: ready
	$(Q)$(RUN) --plan mutants --args='$(if $(findstring mutate=,$(ARGS)),,mutate=all) $(if $(findstring silent=,$(ARGS)),,silent=10) $(ARGS)'
endif

# Every scheme on every architecture, side by side; and what decides whether one meets the goals (tools/goal).
GOAL := $(or $(OUT),out/goal-$(shell date +%Y%m%d-%H%M%S))
GOAL_CELLS := munmap-thp,slot-store,mm-switch,unshare,unshare-each,collapse,collapse-free,exit-mm
readers:
	$(Q)$(again) ARCH=all OUT='$(GOAL)/readers' ARGS='bench=walk-cost sync=all' figures
	$(Q)tools/goal '$(GOAL)'/readers/*
goal: readers
	$(Q)$(again) ARCH=host CPUS=4 OUT='$(GOAL)/cells' ARGS='sync=all bench=$(GOAL_CELLS) walk=bare,bare+nmi,gup tlb=nmi,ipi,pv' cells || \
		echo 'goal: not every verdict is as declared (above)'
	$(Q)$(again) ARCH=x86_64 CPUS=8 OUT='$(GOAL)/bystander' ARGS='sync=all tlb=nmi walkers=3 bystander=yes n=300' figures
	$(Q)$(again) ARCH=x86_64 OUT='$(GOAL)/sweep' NCPUS='8 64' VERDICTS='$(GOAL)/cells' ARGS='sync=all tlb=nmi walkers=0 n=100' sweep
	$(Q)tools/goal '$(GOAL)'/readers/* '$(GOAL)/cells' '$(GOAL)/bystander' '$(GOAL)/sweep'

# ONLY: part of the name of a case, as the first column of the table and the next two make it, and then with its counter-example.
model:
	$(Q)tools/deps model
	$(Q)tests/model/run $(if $(ONLY),--trail '$(ONLY)')

# RUNS: folders of results; the page lies in the first.
report:
	$(Q)tools/deps report
	$(Q)tools/report $(or $(RUNS),$(if $(OUT),'$(OUT)'))
# Raw costs of every ISA, verdicts, a sweep, and the page of them.
full-report:
	$(Q)tools/deps report
	$(Q)tools/full-report --out '$(or $(OUT),out/full-$(shell date +%Y%m%d-%H%M%S))' $(if $(ONLY),--only '$(ONLY)') -- O='$(O)' CACHE='$(CACHE)'

# BOARD: what it is, SERIAL: its line, or LOG: what a terminal recorded of it (- for a pipe); ARGS: words for the figures, VERDICTS: for the
# verdicts; CPU: what its firmware does not tell.
board:
	$(Q)arch=$$(tools/board --arch-of '$(BOARD)') && $(again) ARCH=$$arch board-run
board-run: $(if $(LOG),,board-images)
	$(Q)tools/board --board '$(BOARD)' --out '$(or $(OUT),out/board-$(shell date +%Y%m%d-%H%M%S))' --build '$(O)' --cache '$(CACHE)' \
		--cross '$(CROSS_COMPILE)' $(if $(SERIAL),--serial '$(SERIAL)') $(foreach f,$(LOG),--log '$(f)') $(if $(ARGS),--args '$(ARGS)') \
		$(if $(VERDICTS),--verdicts '$(VERDICTS)') $(if $(CPU),--cpu '$(CPU)') $(if $(TIMEOUT),--timeout $(TIMEOUT))
board-images:
	$(Q)$(if $(filter x86_64,$(ARCH)),tools/deps iso x86_64)
	$(Q)$(again) $(JOBS) ARCH=$(ARCH) all
.PHONY: board-images

# Without ARCH: every ISA ported so far and the host.
CHECK_ARCHES = $(or $(if $(filter command environment,$(firstword $(origin ARCH))),$(filter-out all,$(ARCH))),$(EVERY_ARCH))
# Beside each other: most of such a build is configure, which keeps one CPU busy. ppc64 is checked in both byte orders.
NEWLIBS = $(patsubst %,newlib-%,$(filter-out host,$(CHECK_ARCHES)) $(if $(filter ppc64,$(CHECK_ARCHES)),ppc64be))
newlib-%: force
	+$(Q)$(again) ARCH=$* $(CACHE)/newlib-$*/done
check:
	$(Q)tools/deps check $(CHECK_ARCHES)
	$(Q)$(if $(NEWLIBS),$(again) $(JOBS) $(NEWLIBS))
	$(Q)tests/checks/run --build $(O) --cache $(CACHE) $(if $(ONLY),--only $(ONLY)) $(CHECK_ARCHES)

iso: $(O)/skeet.iso
	@echo 'wrote $<: a hybrid image for BIOS, UEFI, CD and USB stick'
$(O)/skeet.iso: force
	$(Q)tools/deps iso x86_64
	$(Q)$(again) $(JOBS) ARCH=x86_64 all
	$(Q)tools/iso $(O) $@

clean:
	$(Q)rm -rf $(O)
distclean: clean
	$(Q)rm -rf $(CACHE) tools/__pycache__

help:
	@sed 's/@ARCHES@/$(subst $(space),|,$(EVERY_ARCH))/' tools/help.txt
	@tools/run --machines $(ARCHES)
