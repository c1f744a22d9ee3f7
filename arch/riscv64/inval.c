// SPDX-License-Identifier: GPL-2.0-only
/*
 * SFENCE.VMA orders by itself what came before and what comes after (Privileged, 12.2.1). Svinval's SINVAL.VMA does not: SFENCE.W.INVAL in
 * front of it, once for all, is part of the operation here, and SFENCE.INVAL.IR behind it is its barrier (Privileged, 13). RFENCE is the
 * firmware's SFENCE.VMA on other harts (SBI v2.0, 8), complete when it returns; the full fence in front of it stands for what the call does
 * not order.
 */
#include <barrier.h>
#include <cpumask.h>
#include <inval.h>
#include <percpu.h>
#include <tlbi.h>

#include <arch/insn.h>
#include <arch/riscv.h>

static const char *lacks_operands(void)
{
	return riscv_tlbi.inval == INVAL_FULL ? "inval=full: of fences of these CPUs only that of everything is to be trusted" : NULL;
}

static const char *lacks_svinval(void)
{
	if (lacks_operands())
		return lacks_operands();
	return riscv_tree.isa >> RISCV_EXT_SVINVAL & 1 ? NULL : "this CPU has no Svinval";
}

static const char *lacks_rfence(void)
{
	return nr_cpus > 1 ? riscv_lacks_fw() : "there is no other hart";
}

static __timed u64 sfence_page(u64 asid, u64 va, u64 nr)
{
	for (u64 left = nr; left; left--, va += PAGE_SIZE)
		insn_sfence_vma(va, asid & riscv_tlbi.asid_mask);
	return nr;
}

static __timed u64 sfence_page_any(u64 asid, u64 va, u64 nr)
{
	(void)asid;
	for (u64 left = nr; left; left--, va += PAGE_SIZE)
		insn_sfence_vma_va(va);
	return nr;
}

static __timed u64 sfence_asid(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	insn_sfence_vma_asid(asid & riscv_tlbi.asid_mask);
	return 1;
}

static __timed u64 sfence_all(u64 asid, u64 va, u64 nr)
{
	(void)asid, (void)va, (void)nr;
	insn_sfence_vma_all();
	return 1;
}

static __timed u64 sinval_page(u64 asid, u64 va, u64 nr)
{
	insn_sfence_w_inval();
	for (u64 left = nr; left; left--, va += PAGE_SIZE)
		insn_sinval_vma(va, asid & riscv_tlbi.asid_mask);
	return nr;
}

static __timed u64 sinval_asid(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	insn_sfence_w_inval();
	insn_sinval_vma_asid(asid & riscv_tlbi.asid_mask);
	return 1;
}

static __timed u64 rfence(u64 asid, u64 va, u64 size)
{
	struct cpumask others;

	cpumask_copy(&others, &cpu_online_mask);
	cpumask_unset(&others, this_cpu());
	arch_fence_full(); /* the entries before whatever the firmware asks of the others */
	return riscv_rfence(&others, va, size, asid);
}

static __timed u64 rfence_pages(u64 asid, u64 va, u64 nr)
{
	return rfence(asid, va, nr * PAGE_SIZE);
}

static __timed u64 rfence_asid(u64 asid, u64 va, u64 nr)
{
	(void)va, (void)nr;
	return rfence(asid, 0, ~0ULL);
}

static __timed void nothing(void)
{
}

static __timed void inval_ir(void)
{
	insn_sfence_inval_ir();
}

enum { NOTHING, INVAL_IR };
const struct inval_barrier arch_inval_barriers[] = {
	[NOTHING] = { "", nothing },
	[INVAL_IR] = { "sfence.inval.ir", inval_ir },
	{ 0 },
};

const struct inval_op arch_inval_ops[] = {
	{ .name = "sfence.vma-page", .lacks = lacks_operands, .issue = sfence_page },
	{ .name = "sfence.vma-page-any-ASID", .lacks = lacks_operands, .issue = sfence_page_any },
	{ .name = "sfence.vma-ASID", .whole = true, .lacks = lacks_operands, .issue = sfence_asid },
	{ .name = "sfence.vma-all", .whole = true, .issue = sfence_all },
	{ .name = "sinval.vma-page", .last = INVAL_IR, .needs = INVAL_IR, .lacks = lacks_svinval, .issue = sinval_page },
	{ .name = "sinval.vma-ASID", .whole = true, .last = INVAL_IR, .needs = INVAL_IR, .lacks = lacks_svinval, .issue = sinval_asid },
	{ .name = "RFENCE-pages", .reach = INVAL_OTHERS, .lacks = lacks_rfence, .issue = rfence_pages },
	{ .name = "RFENCE-ASID", .reach = INVAL_OTHERS, .whole = true, .lacks = lacks_rfence, .issue = rfence_asid },
	{ 0 },
};
