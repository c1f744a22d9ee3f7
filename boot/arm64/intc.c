// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt controller, from the tree: what arch/arm64/ipi_*.c drive. The first of the list that is there and enabled. */
#include <bootinfo.h>
#include <fdt.h>

#include <arch/arm64.h>

#include "boot.h"

static const struct {
	const char *compatible;
	const struct arm64_ipi *ipi;
} known[] = {
	{ "arm,gic-v3", &gicv3_ipi },
	{ "arm,cortex-a15-gic", &gicv2_ipi },
	{ "arm,gic-400", &gicv2_ipi },
	{ "brcm,bcm2836-l1-intc", &bcm2836_ipi },
};

static void missing(const struct fdt *t, int node, unsigned i, const char *what)
{
	fdt_error(t, node, "no entry %u of reg: %s", i, what);
}

static void read_gicv3(const struct fdt *t, int node)
{
	u32 n = 1;

	if (!fdt_reg_physical(t, node, 0, &arm64_boot.gicd, NULL))
		missing(t, node, 0, "the distributor");
	fdt_u32(t, node, "#redistributor-regions", &n);
	if (n > ARRAY_SIZE(arm64_boot.gicr))
		fdt_error(t, node, "%u regions of redistributors; valid are 1 to %u", n, (unsigned)ARRAY_SIZE(arm64_boot.gicr));
	for (unsigned i = 0; i < n && i < ARRAY_SIZE(arm64_boot.gicr); i++, arm64_boot.nr_gicr = i)
		if (!fdt_reg_physical(t, node, 1 + i, &arm64_boot.gicr[i].start, &arm64_boot.gicr[i].size))
			missing(t, node, 1 + i, "redistributors");
}

static void read_gicv2(const struct fdt *t, int node)
{
	if (!fdt_reg_physical(t, node, 0, &arm64_boot.gicd, NULL))
		missing(t, node, 0, "the distributor");
	if (!fdt_reg_physical(t, node, 1, &arm64_boot.gicc, NULL))
		missing(t, node, 1, "the CPU interface");
}

void intc_read(struct bootinfo *bi, const struct fdt *t)
{
	(void)bi;
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
		int node = fdt_next_compatible(t, FDT_NONE, known[i].compatible);

		if (node == FDT_NONE || !fdt_is_okay(t, node))
			continue;
		arm64_boot.ipi = known[i].ipi;
		if (known[i].ipi == &gicv3_ipi)
			read_gicv3(t, node);
		else if (known[i].ipi == &gicv2_ipi)
			read_gicv2(t, node);
		else if (!fdt_reg_physical(t, node, 0, &arm64_boot.local_intc, NULL))
			missing(t, node, 0, "the registers");
		return;
	}
	fdt_error(t, t->root, "no interrupt controller is compatible with %s, %s, %s or %s", known[0].compatible, known[1].compatible,
		  known[2].compatible, known[3].compatible);
}
