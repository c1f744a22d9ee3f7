/* SPDX-License-Identifier: GPL-2.0-only */
/* Oracle image: instantiate @fn once more with the mutation @m. Included by tlb.h. */
#ifndef SKEET_TLB_MUTANT_H
#define SKEET_TLB_MUTANT_H

#define TLB_MUTANT(ident, m, fn, ...)                                                              \
	static void ident##_##m##_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained) \
	{                                                                                          \
		fn(mm, r, drained, m);                                                             \
	}                                                                                          \
	LSET_ENTRY(struct tlb_method, tlb, ident##_##m) = { .inval = ident##_##m##_inval, __VA_ARGS__ }

#endif
