// SPDX-License-Identifier: GPL-2.0-only
#include <deep_idle.h>

const struct deep_idle *arch_deep_idle(const char **why)
{
	*why = "a thread that waits leaves its CPU to the system, which decides how deep that sleeps";
	return NULL;
}
