/* SPDX-License-Identifier: GPL-2.0-only */
/* The methods that another one may come to: what it calls, directly as all timed code does. */
#ifndef SKEET_TLB_WAYS_H
#define SKEET_TLB_WAYS_H

#include <tlb.h>

void fw_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void hw_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void ipi_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void nmi_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void rar_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);
void pv_inval(struct mm *mm, const struct tlb_range *r, struct cpumask *drained);

#endif
