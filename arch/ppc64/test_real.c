// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walker in real mode, as a hypervisor's handlers are that look into their host's trees: translation is off, and so are interrupts,
 * which nobody turned off for the walk. What waits for walkers by an interrupt waits for this one, and an invalidate does not.
 */
#include <phys.h>
#include <pt.h>
#include <smp.h>
#include <sync.h>
#include <test.h>
#include <tlb.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

#define TURNS 2000         /* that it stays inside behind the invalidate */
#define BUDGET (1U << 20) /* that it waits for it */

static struct {
	struct mm mm;
	u64 va;
	pte_t seen;
	volatile u64 inside, flushed, left;
	u64 gave_up;
} real;

static void walk_in_real_mode(void *arg)
{
	u64 msr = ppc64_real_mode();

	(void)arg;
	real.seen = pt_lookup(&real.mm, real.va, NULL);
	real.inside = 1;
	for (unsigned i = 0; i < BUDGET && !real.flushed; i++)
		arch_relax();
	real.gave_up = !real.flushed;
	for (unsigned i = 0; i < TURNS; i++)
		arch_relax();
	real.left = 1;
	ppc64_mapped_mode(msr);
}

TEST_CASE(arch_ppc64, real_mode)
{
	const struct tlb_method *m = tlb_method_find(ppc64_hash.on && !ppc64_bare ? "fw" : "hw");
	u64 pa, synced;
	unsigned late = 0;
	pte_t leaf;

	if (nr_cpus < 2 || tlb_method_lacks(m)) {
		test_set(r, T_SKIP, "%s", nr_cpus < 2 ? "needs 2 CPUs" : tlb_method_lacks(m));
		return;
	}
	pa = phys_alloc_page();
	real.va = pt_user_start() + 4 * GIB;
	real.inside = real.flushed = real.left = 0;
	mm_create(&real.mm);
	pt_map(&real.mm, real.va, pa, PROT_R, 0);
	leaf = pt_lookup(&real.mm, real.va, NULL);
	smp_run(1, walk_in_real_mode, NULL);
	wait_until(real.inside, wait_late("a walker in real mode", &late));
	pt_unmap(&real.mm, real.va, 0, NULL);
	m->inval(&real.mm, &(struct tlb_range){ .va = real.va, .nr = 1, .level = 0 }, NULL);
	real.flushed = 1;
	sync_find("broadcast")->sync(&real.mm, NULL);
	synced = real.left;
	smp_join(1, "a walker in real mode");
	mm_destroy(&real.mm);
	frame_put(pa);
	T_EXPECT(r, real.seen == leaf, "it read 0x%lx, not 0x%lx", real.seen, leaf);
	T_EXPECT(r, !real.gave_up, "the invalidate waited for it");
	T_EXPECT(r, synced, "the broadcast did not wait for it");
	test_set(r, T_PASS, "an interrupt waits until it leaves, an invalidate (%s) does not", m->name);
}
