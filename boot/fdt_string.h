/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings of a device tree: only up to the NUL, so that a name at the end of its block is not read past. */
#ifndef SKEET_BOOT_FDT_STRING_H
#define SKEET_BOOT_FDT_STRING_H

#include <types.h>

static inline size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* Does @s begin with the @n characters at @part? Stops at the end of @s. */
static inline bool begins(const char *s, const char *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!s[i] || s[i] != part[i])
			return false;
	return true;
}

static inline bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

#endif
