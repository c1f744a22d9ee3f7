/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_VERDICT_H
#define SKEET_VERDICT_H

#include "report.h"

/* What the files of the scheme and of the method say of this cell. */
bool verdict_declared_sound(const struct cell *c);
/* Oracle image: every cell of @p under forced schedules. Prints one @v a cell; 1 if one differs from what is declared. */
int verdict_run(const struct plan *p);
/* The mutations named by mutate=; 1 if one is not caught within its bound. */
int verdict_mutants(const struct plan *p);

#endif
