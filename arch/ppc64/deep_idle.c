// SPDX-License-Identifier: GPL-2.0-only
/* None: what idle CPUs do anyway is the deepest that keeps their registers. */
#include <deep_idle.h>

#include <arch/ppc64.h>

const struct deep_idle *arch_deep_idle(const char **why)
{
	*why = ppc64_bare ? "idle CPUs are in stop with PSSCR[EC] clear anyway, the deepest that keeps registers" :
			    "idle CPUs are in H_CEDE anyway; for a deeper one a partition has to register a VPA";
	return NULL;
}
