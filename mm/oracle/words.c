// SPDX-License-Identifier: GPL-2.0-only
/* What a protocol word is called: for events in plain words. */
#include <console.h>
#include <mm.h>
#include <percpu.h>
#include <phys.h>
#include <stddef.h>

#include "shadow.h"

LSET_DECLARE(struct percpu_word_name, words);

/* Masks of struct mm, one bit a CPU. */
static const struct {
	const char *name;
	size_t at;
} masks[] = {
	{ "mm->loaded", offsetof(struct mm, loaded) },
	{ "mm->ran", offsetof(struct mm, ran) },
};

static bool name_percpu(char *buf, size_t size, const void *p)
{
	LSET_FOR_EACH(struct percpu_word_name, n, words) {
		u64 offset = (u64)(uintptr_t)p - (u64)(uintptr_t)n->base;

		if (offset >= NR_CPUS * sizeof(struct percpu_word))
			continue;
		ksnprintf(buf, size, "%s of CPU %u", n->name, (unsigned)(offset / sizeof(struct percpu_word)));
		return true;
	}
	return false;
}

static bool name_mask(char *buf, size_t size, const void *p)
{
	const struct mm *mm = shadow_mm_around(p);
	size_t offset = mm ? (size_t)((const char *)p - (const char *)mm) : 0;

	for (unsigned i = 0; mm && i < ARRAY_SIZE(masks); i++) {
		if (offset - masks[i].at >= CPUMASK_WORDS * sizeof(struct pword))
			continue;
		ksnprintf(buf, size, "%s[%u]", masks[i].name, (unsigned)((offset - masks[i].at) / sizeof(struct pword)));
		return true;
	}
	return false;
}

static bool name_entry(char *buf, size_t size, const void *p)
{
	const struct frame *f = frame_find(arch_virt_to_phys(p));

	if (!f || f->state != FRAME_TABLE)
		return false;
	ksnprintf(buf, size, "the page-table entry at 0x%llx", (unsigned long long)(uintptr_t)p);
	return true;
}

void shadow_word_name(char *buf, size_t size, const void *p)
{
	if (!name_percpu(buf, size, p) && !name_mask(buf, size, p) && !name_entry(buf, size, p))
		ksnprintf(buf, size, "word 0x%llx", (unsigned long long)(uintptr_t)p);
}
