/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linker sets: an array that every file can add to, sorted by name by the linker script (linker/kernel.lds.S).
 *
 *   LSET_ENTRY(struct sync_scheme, sync, broadcast) = { ... };
 *   LSET_FOR_EACH(struct sync_scheme, s, sync) ...
 */
#ifndef SKEET_LSET_H
#define SKEET_LSET_H

#define LSET_ENTRY(type, set, name)                                                                \
	static const type lset_##set##_##name                                                      \
		__attribute__((__used__, __aligned__(8), __section__(".lset." #set "." #name)))

#define LSET_DECLARE(type, set) extern const type __start_lset_##set[], __stop_lset_##set[]
#define LSET_FOR_EACH(type, it, set)                                                               \
	for (const type *it = __start_lset_##set; it < __stop_lset_##set; it++)

#endif
