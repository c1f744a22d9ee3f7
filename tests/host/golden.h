/* SPDX-License-Identifier: GPL-2.0-only */
/* What the golden vectors of all ISAs share. Each file that includes it is compiled with the headers of its ISA. */
#ifndef SKEET_GOLDEN_H
#define SKEET_GOLDEN_H

#include <pte.h>
#include <test.h>
#include <tlbi.h>

#define RW (PROT_R | PROT_W)
#define RX (PROT_R | PROT_X)
#define RWX (PROT_R | PROT_W | PROT_X)

typedef unsigned long long llu;

/* A word as it may stand in a table, and what the decoders must say. */
struct golden_word {
	u64 bits;
	unsigned level;
	bool present, leaf;
	u64 pa;
	unsigned prot;
};

static inline void golden_decode(struct test_result *r, const struct golden_word *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		pte_t e = words[i].bits;
		unsigned level = words[i].level;

		T_EXPECT(r, arch_pte_present(e) == words[i].present && arch_pte_is_leaf(e, level) == words[i].leaf,
			 "0x%llx at level %u: present %d, leaf %d", (llu)e, level, arch_pte_present(e), arch_pte_is_leaf(e, level));
		T_EXPECT(r, !words[i].present || arch_pte_pa(e, level) == words[i].pa, "0x%llx at level %u: address 0x%llx", (llu)e,
			 level, (llu)arch_pte_pa(e, level));
		T_EXPECT(r, arch_pte_prot(e) == words[i].prot, "0x%llx: rights %u", (llu)e, arch_pte_prot(e));
	}
	test_set(r, T_PASS, "%u words", n);
}

/* An invalidate, an entry, and whether the first removes the second. */
struct golden_cover {
	struct tlbi_op op;
	struct tlb_entry e;
	bool covered;
};
#define PAGE(asid_, va_) { .scope = TLBI_PAGE, .asid = asid_, .va = va_ }
#define ASID(asid_) { .scope = TLBI_ASID, .asid = asid_ }
#define ALL { .scope = TLBI_ALL }
#define ALL_GLOBAL { .scope = TLBI_ALL_GLOBAL }
#define LEAF(asid_, va_, level_) { .asid = asid_, .va = va_, .level = level_ }
#define GLOBAL(asid_, va_) { .asid = asid_, .va = va_, .global = true }

static inline void golden_covers(struct test_result *r, const struct golden_cover *covers, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		T_EXPECT(r, arch_tlbi_covers(&covers[i].op, &covers[i].e) == covers[i].covered, "vector %u: expected %d", i,
			 covers[i].covered);
	test_set(r, T_PASS, "%u invalidates and entries", n);
}

#endif
