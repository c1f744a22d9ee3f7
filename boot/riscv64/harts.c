// SPDX-License-Identifier: GPL-2.0-only
/*
 * Harts that can run this kernel. Boards have others: a monitor core without S-mode, which some trees leave enabled, so the MMU
 * decides. Firmware's lists count those too.
 */
#include "../fdt_string.h"
#include "tree.h"

/* Of a parameter of SBI's suspend: registers are lost (SBI v2.0, 9.4). */
#define SUSPEND_LOSES (1U << 31)

/* Which modes it has is asked of the hart itself: QEMU's trees claim Sv48 for cores that only have Sv39. */
static bool has_mmu(const struct fdt *t, int cpu)
{
	const char *mmu = fdt_text(t, cpu, "mmu-type");

	return mmu && !same(mmu, "riscv,none");
}

static u32 intc_of(const struct fdt *t, int cpu)
{
	fdt_for_each_child(t, child, cpu)
		if (fdt_has(t, child, "interrupt-controller"))
			return fdt_phandle(t, child);
	return 0;
}

static void add_hart(struct riscv_tree *m, const struct fdt *t, int cpus, int cpu)
{
	u64 id;

	if (!fdt_is_okay(t, cpu) || !has_mmu(t, cpu))
		return;
	if (!fdt_reg(t, cpus, cpu, 0, &id, NULL) || id > 0xffffffff) {
		fdt_error(t, cpu, "reg holds no hart ID of 32 bits");
		return;
	}
	if (m->nr_harts == NR_CPUS) {
		fdt_error(t, cpus, "more than %u harts, the most that this kernel has room for", NR_CPUS);
		return;
	}
	m->hart[m->nr_harts++] = (struct riscv_hart){ .id = (u32)id, .intc = intc_of(t, cpu) };
	m->isa &= riscv_read_isa(t, cpu);
}

void riscv_read_harts(struct riscv_tree *m, const struct fdt *t)
{
	int cpus = fdt_find(t, "/cpus"), last = FDT_NONE;

	m->nr_harts = 0;
	m->isa = (1U << RISCV_NR_EXT) - 1;
	for (int cpu = fdt_next_cpu(t, FDT_NONE); cpu != FDT_NONE; last = cpu, cpu = fdt_next_cpu(t, cpu))
		add_hart(m, t, cpus, cpu);
	if (!m->nr_harts) {
		m->isa = 0;
		fdt_error(t, cpus, "no hart that is enabled has an MMU (mmu-type other than riscv,none)");
	}
	m->idle_state = 0;
	fdt_idle_state(t, "riscv,idle-state", "riscv,sbi-suspend-param", SUSPEND_LOSES, &m->idle_state);
	m->timebase_hz = 0;
	/* Once for all in /cpus; older trees repeat it in each CPU. */
	if (!fdt_u64(t, fdt_has(t, cpus, "timebase-frequency") ? cpus : last, "timebase-frequency", &m->timebase_hz) ||
	    !m->timebase_hz)
		fdt_error(t, cpus, "no timebase-frequency, or one of 0 Hz");
}
