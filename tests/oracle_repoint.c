// SPDX-License-Identifier: GPL-2.0-only
/* The oracle judged: an entry leads elsewhere, or permits less, while a CPU may still translate by the old one. */
#include <mm.h>
#include <phys.h>

#include "oracle_verdict.h"

#define RW (PROT_R | PROT_W)

/* In one store: not yet a hole where a live entry may be replaced; on an ISA that wants break-before-make one by itself. */
#define IN_ONE_STORE(hole) (ARCH_BREAK_BEFORE_MAKE ? "bbm" : (hole))

static struct mm mm;

enum { LOAD = 1, BREAK = 2, FLUSH = 4, LEAVE = 8, OTHER_FRAME = 16, LESS = 32, MORE = 64, DONE = 128, TWICE = 256 };

/* One page is mapped; do @steps; map it again as they say; DONE: the writer says that it is through with the old entry. */
static bool repoint_case(unsigned steps, const char *hole)
{
	u64 va = pt_user_start(), a = phys_alloc_page(), b = phys_alloc_page(), c = phys_alloc_page();
	unsigned prot = steps & MORE ? PROT_R : RW;
	struct pword *slot;
	pte_t old;
	bool ok;

	mm_create(&mm);
	pt_map(&mm, va, a, prot, 0);
	slot = pt_slot(&mm, va, 0, false);
	old = slot->v;
	if (steps & LOAD)
		mm_switch(&mm);
	begin();
	if (steps & BREAK)
		put_entry(&mm, slot, va, 0, PTE_NONE);
	if ((steps & BREAK) && (steps & FLUSH))
		flush_here(&mm, va, 0, false);
	if (steps & LEAVE)
		mm_switch(NULL);
	put_entry(&mm, slot, va, 0, arch_pte_leaf(steps & OTHER_FRAME ? b : a, steps & LESS ? PROT_R : RW, 0));
	if (!(steps & BREAK) && (steps & FLUSH))
		flush_here(&mm, va, 0, false);
	if (steps & TWICE)
		put_entry(&mm, slot, va, 0, arch_pte_leaf(c, RW, 0));
	if (steps & DONE)
		oracle_sync_done(&mm, slot, old);
	ok = verdict_is(hole);
	mm_switch(NULL);
	mm_destroy(&mm);
	frame_put(a);
	frame_put(b);
	frame_put(c);
	return ok;
}

TEST_CASE(oracle_repoint, other_frame)
{
	const unsigned again = BREAK | OTHER_FRAME;

	ORACLE_CASE(r, 1);
	ORACLE_OWN_TLBS(r);
	EXPECT_VERDICT(r, repoint_case(again | LOAD, "stale-repointed"), "unmapped and mapped again, no flush");
	EXPECT_VERDICT(r, repoint_case(again | LOAD | FLUSH | DONE, NULL), "unmapped, flushed, mapped again");
	EXPECT_VERDICT(r, repoint_case(again | LOAD | LEAVE | DONE, NULL), "unmapped, left, mapped again");
	EXPECT_VERDICT(r, repoint_case(again | DONE, NULL), "loaded nowhere");
	EXPECT_VERDICT(r, repoint_case(OTHER_FRAME | LOAD | DONE, IN_ONE_STORE("stale-repointed")), "in one store, no flush");
	EXPECT_VERDICT(r, repoint_case(OTHER_FRAME | LOAD | FLUSH | DONE, IN_ONE_STORE(NULL)), "in one store, flushed");
	EXPECT_VERDICT(r, repoint_case(OTHER_FRAME | LOAD, IN_ONE_STORE(NULL)), "in one store, the flush is yet to come");
	EXPECT_VERDICT(r, repoint_case(OTHER_FRAME | LOAD | TWICE, IN_ONE_STORE("stale-repointed")), "in two stores, no flush");
	EXPECT_VERDICT(r, repoint_case(OTHER_FRAME | LOAD | FLUSH | TWICE, IN_ONE_STORE(NULL)), "in two stores, flushed in between");
}

TEST_CASE(oracle_repoint, rights)
{
	ORACLE_CASE(r, 1);
	EXPECT_VERDICT(r, repoint_case(LESS | LOAD | DONE, "stale-repointed"), "less, no flush");
	EXPECT_VERDICT(r, repoint_case(LESS | LOAD | BREAK | DONE, "stale-repointed"), "less, by way of an empty slot, no flush");
	EXPECT_VERDICT(r, repoint_case(LESS | LOAD, NULL), "less, the flush is yet to come");
	EXPECT_VERDICT(r, repoint_case(LESS | LOAD | BREAK, NULL), "less, by way of an empty slot, the flush is yet to come");
	EXPECT_VERDICT(r, repoint_case(LESS | LOAD | FLUSH | DONE, NULL), "less, flushed");
	EXPECT_VERDICT(r, repoint_case(MORE | LOAD | DONE, NULL), "more needs no flush");
	EXPECT_VERDICT(r, repoint_case(LOAD | BREAK | DONE, NULL), "the same again");
}
