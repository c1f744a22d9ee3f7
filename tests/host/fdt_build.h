/* SPDX-License-Identifier: GPL-2.0-only */
/* Device trees written down token by token, in a block of exactly their size, so that the sanitizer sees every access. */
#ifndef SKEET_TESTS_HOST_FDT_BUILD_H
#define SKEET_TESTS_HOST_FDT_BUILD_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <types.h>

static inline u8 *big_endian(const u32 *words, size_t n)
{
	u8 *blob = malloc(4 * n);

	for (size_t i = 0; i < 4 * n; i++)
		blob[i] = (u8)(words[i / 4] >> (24 - 8 * (i % 4)));
	return blob;
}

struct build {
	u8 structs[8192], strings[4096];
	u32 at, names;
};

static inline void put(struct build *b, u32 v)
{
	for (int i = 0; i < 4; i++)
		b->structs[b->at++] = (u8)(v >> (24 - 8 * i));
}

static inline void put_bytes(struct build *b, const void *p, size_t n)
{
	memcpy(b->structs + b->at, p, n);
	b->at += (u32)((n + 3) & ~3UL);
}

static inline void begin(struct build *b, const char *name)
{
	put(b, 1);
	put_bytes(b, name, strlen(name) + 1);
}

static inline void end(struct build *b)
{
	put(b, 2);
}

static inline void prop(struct build *b, const char *name, const void *value, size_t n)
{
	put(b, 3);
	put(b, (u32)n);
	put(b, b->names);
	memcpy(b->strings + b->names, name, strlen(name) + 1);
	b->names += (u32)strlen(name) + 1;
	put_bytes(b, value, n);
}

/* @s with its NUL; a list has more of them inside. */
#define text(b, name, s) prop(b, name, s, sizeof(s))

static inline void cells(struct build *b, const char *name, unsigned n, ...)
{
	va_list ap;
	u32 size_at = b->at + 4;

	prop(b, name, "", 0);
	b->structs[size_at + 3] = (u8)(4 * n);
	va_start(ap, n);
	while (n--)
		put(b, va_arg(ap, u32));
	va_end(ap);
}

static inline u8 *finish(const struct build *b, size_t *size)
{
	u32 words[22] = { 0xd00dfeed, 0, 88, 88 + b->at, 40, 17, 16, 0, b->names, b->at, 0, 0x1000, 0, 0x2000, 0, 0, 0, 0 };
	u8 *head, *blob;

	words[1] = 88 + b->at + b->names;
	*size = words[1];
	blob = malloc(*size);
	head = big_endian(words, ARRAY_SIZE(words));
	memcpy(blob, head, 88);
	memcpy(blob + 88, b->structs, b->at);
	memcpy(blob + 88 + b->at, b->strings, b->names);
	free(head);
	return blob;
}

#endif
