/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory: 4K pages and 2M frames, with a reference count, a generation and a state each. LIFO, so what was freed
 * last is reused first: the worst case for a stale user.
 */
#ifndef SKEET_PHYS_H
#define SKEET_PHYS_H

#include <bootinfo.h>
#include <pte.h>
#include <pword.h>

enum frame_state { FRAME_FREE, FRAME_USED, FRAME_TABLE };

struct frame {
	struct pword ref; /* references; 0 = free or a table. try_get never raises it from 0 */
	u32 gen;          /* raised at each allocation */
	u32 next;         /* on a free list: index of the next one + 1, 0 = last */
	u32 hooks;        /* entries of page tables that lead here: counted by the oracle, 0 in the timing image */
	u8 state;         /* enum frame_state */
	u8 order;         /* log2 of its pages; HUGE_ORDER = 2M. Of them only the first page's counts */
	u8 counted;       /* see oracle_frame_counted(); 0 in the timing image */
};

/* A 2M frame is as large as a leaf of level 1: larger where the page is larger than 4K, but it keeps its name. */
#define HUGE_ORDER ((u8)arch_pt_bits(0))
#define HUGE_SIZE pt_size(1)
/* No present entry of any ISA in either byte order: bits 0 and 7 of the first and the last byte are clear. */
#define POISON_WORD 0x5eadf4eedeadf46eULL

/*
 * Context of everything below: threads only, interrupts on or off. No interrupt or NMI handler allocates or frees.
 */

/* Take over the whole 2M blocks of @bi's memory (the rest is left alone). Once, before any other call. */
void phys_init(const struct bootinfo *bi);
/* A zeroed 4K page for a page table (state FRAME_TABLE); panics with the amount of memory if there is none. */
u64 phys_alloc_table(void);
/* The same of 2^@order pages, aligned to their size; counts as one table. */
u64 phys_alloc_tables(unsigned order);
/* A zeroed table for the top level, which may be larger than a page. */
u64 phys_alloc_root(void);
void phys_free_table(u64 pa); /* poisons it, whatever its size */
/* How many tables are allocated now. */
unsigned phys_tables(void);
/* @n contiguous 4K pages for the kernel's own use, never freed; panics with the amounts if there are none. Not cleared. */
u64 phys_alloc_pages(unsigned n);
/* A 4K page with one reference, or 0 if there is none. Does not clear it. */
u64 phys_alloc_page(void);
/* A 2M frame with one reference, or 0 if there is none. Does not clear it. */
u64 phys_alloc_huge(void);
/* Every 2M frame free again, as after boot; nobody holds one. */
void phys_huge_reset(void);
/* How many 2M frames are free now. */
unsigned phys_huge_free(void);

/* The frame that counts references for @pa: of the whole 2M frame if @pa lies in one. Panics outside RAM. */
struct frame *frame_of(u64 pa);
/* The same, or NULL outside RAM. */
struct frame *frame_find(u64 pa);
/* How many references a pin takes (GUP_PIN_COUNTING_BIAS), so that who reads the count can tell that there are some. */
#define FRAME_PIN 1024
/* Take @n references if the frame has one; false if it is free (try_grab_folio()). Full fence on success. */
bool frame_try_grab(u64 pa, u64 n);
/* @n more references for one who holds one already. */
void frame_get(u64 pa, unsigned n);
/* Give @n references back; at zero the frame is poisoned (first word), freed and reusable at once. Returns true if they were the last. */
bool frame_drop(u64 pa, u64 n);

/* One reference, if the frame has one (get_page_unless_zero()). */
static inline bool frame_try_get(u64 pa)
{
	return frame_try_grab(pa, 1);
}

static inline bool frame_put(u64 pa)
{
	return frame_drop(pa, 1);
}

static inline void *phys_to_virt(u64 pa)
{
	return arch_phys_to_virt(pa);
}

#endif
