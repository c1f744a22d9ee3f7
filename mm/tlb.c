/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fenced layer of invalidation, composed once: publish -> raw x n -> complete.
 *
 * publish: the store that cleared the entry is visible to every hardware walker before an invalidate is issued, or a walker could
 * load the old entry again right behind it. complete: on return no access of this CPU uses an entry that was invalidated. The
 * request block carries a shootdown to other CPUs: it is filled under ipi_lock() and the IPI or NMI only says "look".
 */
#include <string.h>

#include <oracle.h>
#include <tlb.h>
#include <tlbi.h>

struct tlb_request tlb_req;
struct tlb_count tlb_count;
u64 tlb_ceiling = 33;

static void tlb_run(const struct tlb_request *rq)
{
	struct tlbi_op op = { .scope = TLBI_PAGE, .asid = rq->asid };

	oracle_drain(); /* what publish does to the modelled store buffer */
	arch_tlbi_publish();
	if (rq->kind != 0) {
		arch_tlbi_asid_local(rq->asid);
		op.scope = TLBI_ASID;
		arch_tlbi_complete_local();
		oracle_tlbi_complete(&op);
		return;
	}
	for (u64 i = 0; i < rq->nr; i++)
		arch_tlbi_page_local(rq->asid, rq->va + i * rq->stride);
	arch_tlbi_complete_local();
	for (u64 i = 0; oracle_build && i < rq->nr; i++) {
		op.va = rq->va + i * rq->stride;
		oracle_tlbi_complete(&op);
	}
}

static u64 tlb_raw_ops(const struct tlb_request *rq)
{
	return rq->kind ? 1 : rq->nr;
}

static struct tlb_request tlb_request_of(const struct mm *mm, const struct tlb_range *r)
{
	return (struct tlb_request){
		.va = r->va,
		.nr = r->nr,
		.stride = pt_size(r->level),
		.kind = r->nr > tlb_ceiling,
		.asid = mm->asid,
	};
}

__timed void tlb_inval_local(struct mm *mm, const struct tlb_range *r)
{
	struct tlb_request rq = tlb_request_of(mm, r);

	tlb_run(&rq);
	tlb_count.tlbi += tlb_raw_ops(&rq);
}

__timed void tlb_request_fill(struct mm *mm, const struct tlb_range *r)
{
	tlb_req = tlb_request_of(mm, r);
}

void tlb_request_run(void)
{
	tlb_run(&tlb_req);
}

const struct tlb_method *tlb_method_find(const char *name)
{
	LSET_FOR_EACH(struct tlb_method, m, tlb)
		if (!m->mutation && !strcmp(m->name, name))
			return m;
	return NULL;
}
