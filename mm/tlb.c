// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fenced layer of invalidation, composed once: publish -> raw x n -> complete.
 *
 * publish: the store that cleared the entry is visible to every hardware walker before an invalidate is issued, or a walker could
 * load the old entry again right behind it. complete: on return no access of this CPU uses an entry that was invalidated. The
 * broadcast has the same three steps, and its completion covers every CPU; interrupts are not involved. A call of the firmware is
 * issue and completion in one; it orders nothing, so what publishes there is a full fence, and that alone empties the modelled
 * store buffer. The request block carries a shootdown to other CPUs: it is filled under ipi_lock() and the IPI or NMI only says
 * "look".
 */
#include <string.h>

#include <asm_offsets.h>
#include <barrier.h>
#include <cpu.h>
#include <oracle.h>
#include <tlb.h>
#include <tlbi.h>

_Static_assert(offsetof(struct tlb_request, va) == TLB_REQ_VA, "TLB_REQ_VA");
_Static_assert(offsetof(struct tlb_request, nr) == TLB_REQ_NR, "TLB_REQ_NR");
_Static_assert(offsetof(struct tlb_request, kind) == TLB_REQ_KIND, "TLB_REQ_KIND");
_Static_assert(offsetof(struct tlb_request, asid) == TLB_REQ_ASID, "TLB_REQ_ASID");
_Static_assert(offsetof(struct tlb_request, level) == TLB_REQ_LEVEL, "TLB_REQ_LEVEL");
_Static_assert(TLB_LEAVES == 0, "what the entry code tests TLB_REQ_KIND for");

struct tlb_request tlb_req;
struct tlb_count tlb_count;
u64 tlb_ceiling = 33;
bool tlb_flush_implies_ipi;

static struct tlbi_op tlb_op(const struct tlb_request *rq)
{
	static const enum tlbi_scope scope[] = { [TLB_LEAVES] = TLBI_LEAF, [TLB_TABLES] = TLBI_PAGE, [TLB_WHOLE] = TLBI_ASID };

	return (struct tlbi_op){ .scope = scope[rq->kind], .asid = rq->asid, .level = (unsigned)rq->level };
}

/* What the request has done, once complete on the CPUs of @on. */
static void tlb_done(const struct tlb_request *rq, const struct cpumask *on)
{
	struct tlbi_op op = tlb_op(rq);

	for (u64 i = 0; i < (rq->kind == TLB_WHOLE ? 1 : rq->nr); i++) {
		op.va = rq->va + i * rq->stride;
		oracle_tlbi_complete(on, &op);
	}
}

static void tlb_done_here(const struct tlb_request *rq)
{
	struct cpumask here;

	cpumask_clear(&here);
	cpumask_set(&here, this_cpu());
	tlb_done(rq, arch_tlb_shared() ? &cpu_online_mask : &here);
}

/* --- the steps timed apart; @parts is a constant, and without it there is no clock in the code --- */

static __always_inline u64 parts_begin(const struct tlb_parts *parts)
{
	return parts ? arch_cycles_start() : 0;
}

/* @part took from @since to now. Returns now. */
static __always_inline u64 part_end(struct tlb_parts *parts, enum tlb_part part, u64 since)
{
	u64 now;

	if (!parts)
		return 0;
	now = arch_cycles_stop();
	parts->ticks[part] += now - since;
	return now;
}

__timed void tlb_no_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts)
{
	u64 t = parts_begin(parts);

	(void)mm, (void)r;
	t = part_end(parts, TLB_PUBLISH, t);
	t = part_end(parts, TLB_ISSUE, t);
	part_end(parts, TLB_COMPLETE, t);
}

/* --- this CPU --- */

/* Returns the instructions issued. */
static __always_inline u64 issue_local(const struct tlb_request *rq)
{
	if (rq->kind != TLB_WHOLE)
		return arch_tlbi_run_local(rq->asid, rq->va, rq->nr, (unsigned)rq->level, rq->kind == TLB_TABLES);
	arch_tlbi_asid_local(rq->asid);
	return arch_tlbi_asid_local_ops();
}

/* The same. */
static __always_inline u64 run_local(const struct tlb_request *rq, struct tlb_parts *parts)
{
	u64 ops, t = parts_begin(parts);

	oracle_drain(); /* what publish does to the modelled store buffer */
	arch_tlbi_publish(); /* [local.publish] */
	t = part_end(parts, TLB_PUBLISH, t);
	ops = issue_local(rq);
	t = part_end(parts, TLB_ISSUE, t);
	arch_tlbi_complete_local();
	part_end(parts, TLB_COMPLETE, t);
	if (oracle_build)
		tlb_done_here(rq);
	return ops;
}

static __always_inline struct tlb_request tlb_request_upto(const struct mm *mm, const struct tlb_range *r, u64 ceiling)
{
	return (struct tlb_request){
		.va = r->va,
		.nr = r->nr,
		.stride = pt_size(r->level),
		.kind = r->nr > ceiling || (ARCH_TLBI_TABLES_WHOLE && r->tables) ? TLB_WHOLE :
			r->tables ? TLB_TABLES : TLB_LEAVES,
		.asid = mm->asid,
		.level = r->level,
	};
}

static __always_inline struct tlb_request tlb_request_of(const struct mm *mm, const struct tlb_range *r)
{
	return tlb_request_upto(mm, r, tlb_ceiling);
}

__timed void tlb_inval_local(struct mm *mm, const struct tlb_range *r)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	tlb_count.tlbi += run_local(&rq, NULL);
}

u64 tlb_inval_here(const struct mm *mm, const struct tlb_range *r)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	return run_local(&rq, NULL);
}

__timed void tlb_inval_local_upto(struct mm *mm, const struct tlb_range *r, u64 ceiling)
{
	struct tlb_request rq = tlb_request_upto(mm, r, ceiling);

	tlb_count.tlbi += run_local(&rq, NULL);
}

void tlb_inval_asid_here(const struct mm *mm)
{
	const struct tlb_request rq = { .kind = TLB_WHOLE, .asid = mm->asid };

	run_local(&rq, NULL);
}

void tlb_inval_all_here(void)
{
	const struct tlbi_op op = { .scope = TLBI_ALL };
	struct cpumask here;

	oracle_drain();
	arch_tlbi_publish();
	arch_tlbi_all_local();
	arch_tlbi_complete_local();
	cpumask_clear(&here);
	cpumask_set(&here, this_cpu());
	if (oracle_build)
		oracle_tlbi_complete(&here, &op);
}

__timed void tlb_inval_local_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	tlb_count.tlbi += run_local(&rq, parts);
}

/* --- every CPU --- */

/* Returns the instructions issued. */
static __always_inline u64 issue_bcast(const struct tlb_request *rq)
{
	if (rq->kind != TLB_WHOLE)
		return arch_tlbi_run_bcast(rq->asid, rq->va, rq->nr, (unsigned)rq->level, rq->kind == TLB_TABLES);
	arch_tlbi_asid_bcast(rq->asid);
	return arch_tlbi_asid_bcast_ops();
}

static __always_inline void run_bcast(const struct tlb_request *rq, struct tlb_parts *parts)
{
	u64 t = parts_begin(parts);

	pword_delay(); /* what came before may stay invisible up to here */
	oracle_drain(); /* what publish does to the modelled store buffer */
	arch_tlbi_publish();
	t = part_end(parts, TLB_PUBLISH, t);
	for (unsigned rounds = arch_tlbi_rounds(); rounds; rounds--) {
		tlb_count.tlbi += issue_bcast(rq);
		t = part_end(parts, TLB_ISSUE, t);
		arch_tlbi_complete_bcast();
		t = part_end(parts, TLB_COMPLETE, t);
	}
	if (oracle_build)
		tlb_done(rq, &cpu_online_mask);
}

__timed void tlb_inval_bcast(struct mm *mm, const struct tlb_range *r)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	run_bcast(&rq, NULL);
}

/* Not counted as complete here, nor anywhere else. */
static void tlb_issued(const struct tlb_request *rq)
{
	struct tlbi_op op = tlb_op(rq);

	for (u64 i = 0; i < (rq->kind == TLB_WHOLE ? 1 : rq->nr); i++) {
		op.va = rq->va + i * rq->stride;
		oracle_tlbi_issued(&op);
	}
}

void tlb_issue_bcast(struct mm *mm, const struct tlb_range *r)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	pword_delay(); /* as in run_bcast() */
	oracle_drain();
	arch_tlbi_publish();
	for (unsigned rounds = arch_tlbi_rounds(); rounds; rounds--) {
		tlb_count.tlbi += issue_bcast(&rq);
		if (rounds > 1) /* a CPU that gets the first one wrong: only the last stays open */
			arch_tlbi_complete_bcast();
	}
	if (oracle_build)
		tlb_issued(&rq);
}

void tlb_complete_bcast(void)
{
	arch_tlbi_complete_bcast();
	oracle_drain();
	oracle_tlbi_own_complete();
}

__timed void tlb_inval_bcast_parts(struct mm *mm, const struct tlb_range *r, struct tlb_parts *parts)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	run_bcast(&rq, parts);
}

/* --- by the firmware --- */

__timed void tlb_inval_fw(struct mm *mm, const struct tlb_range *r, const struct cpumask *to)
{
	struct tlb_request rq = tlb_request_of(mm, r);
	unsigned n = cpumask_weight(to);

	pword_delay(); /* as above */
	oracle_drain();
	/*
	 * The store that emptied the slot before whatever the firmware does to ask the others. arch_tlbi_publish() would order it for
	 * this CPU's walker only. Pairs with the invalidate there.
	 */
	arch_fence_full();
	if (rq.kind == TLB_WHOLE)
		tlb_count.msg += arch_tlbi_asid_fw(to, rq.asid);
	else
		tlb_count.msg += arch_tlbi_run_fw(to, rq.asid, rq.va, rq.nr, (unsigned)rq.level, rq.kind == TLB_TABLES);
	tlb_count.ipi += arch_tlb_shared() ? 0 : n;
	tlb_count.tlbi += (arch_tlb_shared() ? 1 : n) * tlb_raw_ops(&rq);
	if (oracle_build)
		tlb_done(&rq, to);
}

void tlb_retire(u64 asid)
{
	const struct tlbi_op op = { .scope = TLBI_ASID, .asid = asid };

	oracle_drain();
	arch_fence_full(); /* the empty slots before the look for entries; pairs with the fence of who enters them */
	arch_asid_retire(asid);
	if (oracle_build)
		oracle_tlbi_complete(&cpu_online_mask, &op);
}

__timed void tlb_request_fill(struct mm *mm, const struct tlb_range *r)
{
	tlb_req = tlb_request_of(mm, r);
}

__timed void tlb_request_make(struct tlb_request *rq, struct mm *mm, const struct tlb_range *r)
{
	*rq = tlb_request_of(mm, r);
}

void tlb_request_run_one(const struct tlb_request *rq)
{
	run_local(rq, NULL);
}

void tlb_request_run(void)
{
	run_local(&tlb_req, NULL);
}

const struct tlb_method *tlb_method_find(const char *name)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!m->mutation && !strcmp(m->name, name))
			return m;
	return NULL;
}

u64 tlb_method_bound(const struct tlb_method *m)
{
	return tlb_method_here(m)->reach == TLB_REACH_FW ? arch_tlbi_fw_bound() : 0;
}
