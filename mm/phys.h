/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory: 4K pages and 2M frames, with a reference count, a generation and a state each. LIFO, so what was freed
 * last is reused first: the worst case for a stale user.
 */
#ifndef SKEET_PHYS_H
#define SKEET_PHYS_H

#include <bootinfo.h>
#include <pword.h>

enum frame_state { FRAME_FREE, FRAME_USED, FRAME_TABLE };

struct frame {
	struct pword ref; /* references; 0 = free. try_get never raises it from 0 */
	u32 gen;          /* raised at each allocation */
	u8 state;         /* enum frame_state */
	u8 order;         /* 0 = 4K, 9 = 2M */
	u16 pad;
};

#define HUGE_ORDER 9
#define HUGE_SIZE (2 * MIB)
#define POISON_WORD 0xdeadf4eedeadf4eeULL

void phys_init(const struct bootinfo *bi);
/* A zeroed 4K page for a page table (state FRAME_TABLE); panics with the amount of memory if there is none. */
u64 phys_alloc_table(void);
void phys_free_table(u64 pa); /* poisons it */
/* @n contiguous 4K pages for the kernel's own use, never freed. */
u64 phys_alloc_pages(unsigned n);
/* A 2M frame with one reference, or 0 if there is none. Does not clear it. */
u64 phys_alloc_huge(void);
/* How many 2M frames are free now. */
unsigned phys_huge_free(void);

struct frame *frame_of(u64 pa);
/* Take a reference if the frame has one; false if it is free (get_page_unless_zero(), try_grab_folio()). Full fence on success. */
bool frame_try_get(u64 pa);
/* Drop a reference; at zero the frame is poisoned (first word), freed and reusable at once. Returns true if it was the last. */
bool frame_put(u64 pa);

static inline void *phys_to_virt(u64 pa);

#include <pte.h>
static inline void *phys_to_virt(u64 pa)
{
	return arch_phys_to_virt(pa);
}

#endif
