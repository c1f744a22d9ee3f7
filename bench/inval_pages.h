/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What workloads that measure invalidates share: small pages of one mm, all of one frame, that the writer translates before each sample.
 * The other CPUs of loaded= have the mm loaded and are halted. Nothing is freed, so no scheme takes part.
 */
#ifndef SKEET_INVAL_PAGES_H
#define SKEET_INVAL_PAGES_H

#include "report.h"

#define INVAL_SAMPLES 101
#define INVAL_PAGES_MAX 512

extern struct mm inval_mm;

/* Map the pages, from pt_user_start() on, and have the CPUs load the mm. */
void inval_set_up(const struct plan *p);
void inval_tear_down(void);
/* Bring the translations of @nr pages from @va on in: read the first word of each. */
void inval_touch(u64 va, u64 nr);

/**
 * inval_pages - the numbers of pages that one invalidate covers, one after the other
 * @i: from 0 on
 * @dflt: where pages= names none: numbers of pages, 0 behind the last
 * Return: the @i-th, or 0 when there are no more.
 */
u64 inval_pages(unsigned i, const u64 *dflt);

/* The line of @metric: INVAL_SAMPLES times @v less @ovh. */
void inval_report(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 ovh, const struct totals *t);

#endif
