// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory functions that gcc may call anywhere: integer registers only, so that interrupts, NMIs and panics can use
 * them. Linked before newlib, whose own use vector registers.
 *
 * The attribute keeps gcc from turning the loop of memcpy() into a call of memcpy().
 */
#include <types.h>

#define no_idiom __attribute__((__optimize__("no-tree-loop-distribute-patterns")))

/* Any object, any alignment. */
typedef u64 word __attribute__((__may_alias__, __aligned__(1)));

void *memcpy(void *restrict d, const void *restrict s, size_t n);
void *memmove(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

no_idiom void *memcpy(void *restrict d, const void *restrict s, size_t n)
{
	const u8 *from = s;
	u8 *to = d;

	for (; n >= sizeof(word); n -= sizeof(word), to += sizeof(word), from += sizeof(word))
		*(word *)to = *(const word *)from;
	while (n--)
		*to++ = *from++;
	return d;
}

no_idiom void *memmove(void *d, const void *s, size_t n)
{
	const u8 *from = s;
	u8 *to = d;

	if (to <= from || to >= from + n)
		return memcpy(d, s, n);
	while (n--)
		to[n] = from[n];
	return d;
}

no_idiom void *memset(void *d, int c, size_t n)
{
	u64 pattern = 0x0101010101010101ULL * (u8)c;
	u8 *to = d;

	for (; n >= sizeof(word); n -= sizeof(word), to += sizeof(word))
		*(word *)to = pattern;
	while (n--)
		*to++ = (u8)c;
	return d;
}

no_idiom int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

no_idiom size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}
