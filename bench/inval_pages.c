// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <phys.h>
#include <pt.h>

#include "inval_pages.h"

struct mm inval_mm;
static u64 frame;

static void pages_print(void)
{
	kprintf("numbers from 1 to %u", INVAL_PAGES_MAX);
}

static bool pages_valid(const char *value, size_t len)
{
	u64 n;

	return cmd_parse_u64(value, len, &n) && n >= 1 && n <= INVAL_PAGES_MAX;
}

CMD_KEY(pages) = { "pages", "small pages that one invalidate of inval-cost, inval-parts, inval-grid covers (1,2,8,32,64,512; 1,8,64)",
		   pages_print, pages_valid, false };

u64 inval_pages(unsigned i, const u64 *dflt)
{
	char v[16];
	u64 n;

	if (!cmdline_has("pages"))
		return dflt[i];
	if (!cmdline_value("pages", i, v, sizeof(v)))
		return 0;
	cmd_parse_u64(v, strlen(v), &n);
	return n;
}

void inval_set_up(const struct plan *p)
{
	mm_create(&inval_mm);
	frame = phys_alloc_page();
	for (unsigned i = 0; i < INVAL_PAGES_MAX; i++)
		if (pt_map(&inval_mm, pt_user_start() + i * PAGE_SIZE, frame, PROT_R, 0))
			panic("page %u of those to invalidate was not mapped", i);
	crew_load(&inval_mm, p->loaded, mm_switch);
}

void inval_tear_down(void)
{
	crew_unload(&inval_mm);
	mm_destroy(&inval_mm);
	frame_put(frame);
}

__timed void inval_touch(u64 va, u64 nr)
{
	for (u64 i = 0; ARCH_HAS_TLB && i < nr && i < INVAL_PAGES_MAX; i++)
		(void)*(volatile u64 *)(va + i * PAGE_SIZE);
}

void inval_report(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 ovh, const struct totals *t)
{
	for (unsigned i = 0; i < INVAL_SAMPLES; i++)
		v[i] = stats_less(v[i], ovh);
	report_samples(p, c, metric, v, ovh, t);
}
