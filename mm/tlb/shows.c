// SPDX-License-Identifier: GPL-2.0-only
#include "shows.h"

struct percpu_word mm_shows[NR_CPUS];

static struct pword last_context = { SHOWS_SWITCHING };

u64 mm_context(struct mm *mm)
{
	if (!pword_load(&mm->context))
		pword_cmpxchg(&mm->context, 0, pword_add(&last_context, 1));
	return pword_load(&mm->context);
}
