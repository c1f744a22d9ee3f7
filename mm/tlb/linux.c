// SPDX-License-Identifier: GPL-2.0-only
/*
 * linux: what Linux does on this ISA, by one of the other methods. That of the hardware if it broadcasts; else a call of the
 * firmware where Linux would make it; else interrupts. Whom it drains depends on which it is, and with that the verdict "covered
 * by the flush".
 *
 *   x86_64    native_flush_tlb_multi(): interrupts (INVLPGB of some AMD CPUs, for processes on many of them, is not used here)
 *   arm64     flush_tlb_range(): TLBI IS, always
 *   riscv64   flush_tlb_range(): an RFENCE while interrupts between harts go by way of the SBI themselves; interrupts once S mode
 *             can send them (riscv_use_sbi_for_rfence())
 *   ppc64     radix__flush_tlb_range(): tlbie, or tlbiel where no other CPU ran the mm (flush_type_needed(), below); without GTSE
 *             H_RPT_INVALIDATE, where it is offered
 *
 * An mm that only this CPU has loaded: the methods that ask each CPU find nobody to ask, and flush here, as Linux does. A
 * broadcast is made all the same on arm64.
 *
 * On ppc64 mm->ran decides (mm_cpumask of Linux), which is not only the CPUs that have the mm loaded: it grows when one loads it, and
 * nobody leaves it by itself. So it is trimmed: each CPU in it is interrupted, flushes the whole ASID, and leaves the mask if it has not
 * loaded the mm. What is left to do is a flush here. That is tried when no other CPU has the mm loaded (a process of one thread), and else
 * once in trim= flushes of a CPU; trim=0: never.
 *
 * Invariant: behind the fence, a CPU that is not in mm->ran holds no translation of the mm made before. It had left the mm (which
 * drops them) when its bit was cleared, on that CPU itself and with interrupts off, so no mm_switch() was under way there; loading the
 * mm again sets the bit first and fences (T7), and what is translated then comes behind the emptied slot.
 * Walkers: the cpumask scheme reads mm->ran, too. The trimming interrupt is taken with interrupts on, so no walk is going on where a bit is
 * cleared; the next walk there is behind a mm_switch(). That interrupt drains, and is said to.
 *
 * Mutations: a CPU that has the mm loaded leaves the mask; one flushes nothing when it is asked to trim; no fence.
 */
#include <cpu.h>
#include <ipi.h>
#include <tlb.h>
#include <tlbi.h>
#include <walk.h>

#include "ways.h"

enum { M_LINUX_TRIM_LOADED = 1, M_LINUX_TRIM_ONLY, M_LINUX_NO_FENCE };

u64 tlb_trim = 1073;
u64 tlb_ceiling_local;

/* Methods that this one can be. */
enum way { WAY_IPI, WAY_HW, WAY_FW };

static __always_inline enum way linux_way(void)
{
	if (!arch_tlbi_lacks_bcast())
		return WAY_HW;
	return arch_tlbi_prefers_fw() ? WAY_FW : WAY_IPI;
}

static const struct tlb_method *linux_is(void)
{
	static const char *const name[] = { [WAY_IPI] = "ipi", [WAY_HW] = "hw", [WAY_FW] = "fw" };

	return tlb_method_find(name[linux_way()]);
}

const char *tlb_lacks_trim(void)
{
	if (!arch_linux_ceiling_local())
		return "Linux keeps no mask of CPUs that it could trim for this MMU";
	return arch_tlbi_lacks_bcast();
}

/* --- the mask and its trimming --- */

/* Flushes of each CPU that could have trimmed. */
static struct {
	u64 n;
} __cacheline clocks[NR_CPUS];

struct trim {
	struct mm *mm;
	unsigned mut;
};

/* Interrupts off. */
static void trim_cpu(void *arg)
{
	const struct trim *t = arg;
	unsigned cpu = this_cpu();

	if (mm_current() != t->mm || t->mut == M_LINUX_TRIM_LOADED)
		pword_and(&t->mm->ran[cpu / 64], ~(1ULL << (cpu % 64)));
	if (t->mut != M_LINUX_TRIM_ONLY)
		tlb_inval_asid_here(t->mm);
}

static void trim(struct mm *mm, const struct cpumask *others, const unsigned mut)
{
	struct trim t = { mm, mut };
	unsigned n = cpumask_weight(others);
	u64 flags;

	tlb_count.msg += call_on_mask(others, trim_cpu, &t);
	tlb_count.ipi += n;
	tlb_count.tlbi += n * arch_tlbi_asid_local_ops();
	if (mm_current() == mm)
		return;
	flags = arch_irq_save();
	trim_cpu(&t);
	arch_irq_restore(flags);
	tlb_count.tlbi += arch_tlbi_asid_local_ops();
}

static __always_inline bool trim_is_due(struct mm *mm, const unsigned mut)
{
	struct cpumask loaded;

	if (mut) /* there is something to catch each time */
		return true;
	if (!tlb_trim)
		return false;
	mm_mask_others(&loaded, mm->loaded);
	if (mm_current() == mm && cpumask_empty(&loaded))
		return true;
	if (++clocks[this_cpu()].n < tlb_trim)
		return false;
	clocks[this_cpu()].n = 0;
	return true;
}

/* Is a flush on this CPU enough, or made to be? @drained: who was interrupted for it. */
static __always_inline bool local_will_do(struct mm *mm, struct cpumask *drained, const unsigned mut)
{
	struct cpumask others;

	/* Orders the store to the slot before the loads of the masks; pairs with the fence in mm_switch() (T7). */
	if (mut != M_LINUX_NO_FENCE)
		fence_full();
	mm_mask_others(&others, mm->ran);
	if (!cpumask_empty(&others) && !trim_is_due(mm, mut))
		return false;
	if (!cpumask_empty(&others))
		trim(mm, &others, mut);
	if (drained)
		cpumask_copy(drained, &others);
	return true;
}

static __always_inline void flush_where_it_ran(struct mm *mm, const struct tlb_range *r, struct cpumask *drained, const unsigned mut)
{
	if (!local_will_do(mm, drained, mut))
		hw_inval(mm, r, drained);
	else if (mm_current() == mm)
		tlb_inval_local_upto(mm, r, tlb_ceiling_local ? tlb_ceiling_local : arch_linux_ceiling_local());
}

static __timed void linux_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained)
{
	switch (linux_way()) {
	case WAY_IPI:
		ipi_inval(mm, r, drained);
		break;
	case WAY_HW:
		if (arch_linux_ceiling_local())
			flush_where_it_ran(mm, r, drained, MUT_NONE);
		else
			hw_inval(mm, r, drained);
		break;
	case WAY_FW:
		fw_inval(mm, r, drained);
		break;
	}
}

/* Not "linux" alone: compilers for it define that as a macro. */
TLB_METHOD(linux_isa) = {
	.name = "linux",
	.doc = "what Linux does on this ISA: hw (ppc64: with trim=, ceiling-local=), fw or ipi",
	.is = linux_is,
	.inval = linux_inval,
};

#define LINUX_MUTANT(m, what, ...)                                                                 \
	TLB_MUTANT(linux_isa, m, flush_where_it_ran, .name = "linux", .mutation = "linux." what, .reach = TLB_REACH_HW, \
		   .lacks = tlb_lacks_trim, .catcher = "stale-tlb", __VA_ARGS__)
LINUX_MUTANT(M_LINUX_TRIM_LOADED, "trim-loaded", .bound = 5, .cpus = 2);
LINUX_MUTANT(M_LINUX_TRIM_ONLY, "trim-no-flush", .bound = 5, .cpus = 2);
LINUX_MUTANT(M_LINUX_NO_FENCE, "no-fence", .workload = "mm-switch", .sync = "none", .walk = WALK_T_GUP, .bound = 4000, .cpus = 2);
