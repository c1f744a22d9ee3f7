// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical memory.
 *
 * RAM is taken in whole 2M blocks (2M and 4K stand for what the arch's levels 1 and 0 map). A block is either one 2M frame or,
 * once somebody needed less, 512 pages of 4K or as many runs of pages as a root table wants; it never goes back. Each kind has a
 * free list that is a stack: the frame freed last is the first to be handed out, with new contents, so that a TLB entry or a
 * walker that still uses it meets its new owner at once.
 *
 * A frame says who may use it by its reference count alone. The count of a free frame and of a page table is 0, and
 * frame_try_get() never raises it from 0: a lockless walker that comes too late gets nothing instead of somebody else's
 * frame. The generation tells a frame from the same frame after its next allocation.
 *
 * Anything freed or handed out may be seen by other CPUs at once, by ways that the modelled store buffer does not know
 * (plain stores to its contents). In a real machine no such store overtakes an earlier one of the same CPU that the next
 * owner could miss, because the lock in between orders them: hence oracle_drain() before each.
 */
#include <console.h>
#include <oracle.h>
#include <phys.h>
#include <smp.h>

#define HUGE_PAGES (1U << HUGE_ORDER)
#define PFN(pa) ((pa) >> ARCH_PAGE_SHIFT)
#define ORDERS 16 /* HUGE_ORDER is at most 13 */

struct free_list {
	u32 top; /* index + 1; 0 = empty */
	unsigned n;
};

static struct {
	struct spinlock lock; /* the lists, and every field of struct frame but ref */
	struct frame *frame;
	u64 base;             /* address of frame[0]; multiple of 2M */
	u32 nr;               /* frames in the array, holes included */
	struct free_list free[ORDERS]; /* by struct frame's order */
	unsigned total_huge;  /* 2M blocks of RAM */
	unsigned tables;
	u64 kern_next;        /* rest of the block that phys_alloc_pages() cuts up */
	unsigned kern_left;
} phys;

static u64 pa_of(const struct frame *f)
{
	return phys.base + ((u64)(f - phys.frame) << ARCH_PAGE_SHIFT);
}

static struct frame *raw_frame(u64 pa)
{
	return &phys.frame[PFN(pa - phys.base)];
}

static u64 frame_bytes(const struct frame *f)
{
	return PAGE_SIZE << f->order;
}

/* Onto the list of its order. */
static void push(struct frame *f)
{
	struct free_list *l = &phys.free[f->order];

	f->state = FRAME_FREE;
	f->next = l->top;
	l->top = (u32)(f - phys.frame) + 1;
	l->n++;
}

static struct frame *pop(struct free_list *l)
{
	struct frame *f;

	if (!l->top)
		return NULL;
	f = &phys.frame[l->top - 1];
	l->top = f->next;
	l->n--;
	return f;
}

static void unlink_frame(struct free_list *l, const struct frame *f)
{
	u32 *at = &l->top;

	while (*at != (u32)(f - phys.frame) + 1)
		at = &phys.frame[*at - 1].next;
	*at = f->next;
	l->n--;
}

static u64 round_up(u64 x, u64 to)
{
	return (x + to - 1) / to * to;
}

/* The whole 2M blocks of one range; false if it has none. */
static bool whole_blocks(const struct boot_mem *m, u64 *start, u64 *end)
{
	*start = round_up(m->start, HUGE_SIZE);
	*end = (m->start + m->size) / HUGE_SIZE * HUGE_SIZE;
	return *start < *end;
}

/* Put the frame array into the first range that can hold it. Returns its address; the blocks up to *end are gone. */
static u64 place_array(const struct bootinfo *bi, u64 bytes, u64 *taken_end)
{
	u64 start, end;

	for (unsigned i = 0; i < bi->nr_mem; i++) {
		if (!whole_blocks(&bi->mem[i], &start, &end) || end - start < round_up(bytes, HUGE_SIZE))
			continue;
		*taken_end = start + round_up(bytes, HUGE_SIZE);
		return start;
	}
	panic("phys: no range of memory can hold the frame array of %llu KiB", (unsigned long long)(bytes / KIB));
}

static void add_blocks(u64 start, u64 end)
{
	for (u64 pa = end; pa > start; pa -= HUGE_SIZE) {
		struct frame *f = raw_frame(pa - HUGE_SIZE);

		f->order = HUGE_ORDER;
		push(f);
	}
}

void phys_init(const struct bootinfo *bi)
{
	u64 start, end, array, array_end, lo = ~0ULL, hi = 0;

	for (unsigned i = 0; i < bi->nr_mem; i++) {
		if (!whole_blocks(&bi->mem[i], &start, &end))
			continue;
		lo = start < lo ? start : lo;
		hi = end > hi ? end : hi;
		phys.total_huge += (unsigned)((end - start) / HUGE_SIZE);
	}
	if (!phys.total_huge)
		panic("phys: boot named %u ranges of memory, none with a whole block of %llu MiB", bi->nr_mem,
		      (unsigned long long)(HUGE_SIZE / MIB));
	if (PFN(hi - lo) >= UINT32_MAX)
		panic("phys: memory spans %llu GiB, too much for 32-bit frame numbers",
		      (unsigned long long)((hi - lo) / GIB));
	phys.base = lo;
	phys.nr = (u32)PFN(hi - lo);
	array = place_array(bi, phys.nr * sizeof(struct frame), &array_end);
	phys.frame = phys_to_virt(array);
	__builtin_memset(phys.frame, 0, phys.nr * sizeof(struct frame));
	for (u64 pa = array; pa < array_end; pa += PAGE_SIZE)
		raw_frame(pa)->state = FRAME_USED;

	/* From the top down, so that the lowest block is handed out first. */
	for (unsigned i = bi->nr_mem; i-- > 0;) {
		if (!whole_blocks(&bi->mem[i], &start, &end))
			continue;
		add_blocks(array >= start && array < end ? array_end : start, end);
	}
}

static void __noreturn exhausted(const char *what)
{
	u64 mib = HUGE_SIZE / MIB;

	panic("phys: no memory for %s: %llu MiB in all, %llu MiB in free 2M frames, %u free 4K pages, %u page tables", what,
	      (unsigned long long)(phys.total_huge * mib), (unsigned long long)(phys.free[HUGE_ORDER].n * mib), phys.free[0].n, phys.tables);
}

/* Make @n frames of @order from @pa on free ones, the lowest on top. Lock held. */
static void free_cut(u64 pa, unsigned n, unsigned order)
{
	while (n-- > 0) {
		struct frame *f = raw_frame(pa + n * (PAGE_SIZE << order));

		f->order = (u8)order;
		push(f);
	}
}

static struct frame *pop_order(unsigned order)
{
	struct free_list *l = &phys.free[order];

	if (!l->top && order != HUGE_ORDER) {
		struct frame *block = pop(&phys.free[HUGE_ORDER]);

		if (!block)
			return NULL;
		free_cut(pa_of(block), HUGE_PAGES >> order, order);
	}
	return pop(l);
}

/* Take one frame off its list and make it @state, or return NULL. */
static struct frame *take(unsigned order, enum frame_state state)
{
	struct frame *f;

	oracle_drain();
	spin_lock(&phys.lock);
	f = pop_order(order);
	if (f) {
		f->state = (u8)state;
		f->gen++;
		phys.tables += state == FRAME_TABLE;
	}
	spin_unlock(&phys.lock);
	return f;
}

static u64 take_used(unsigned order)
{
	struct frame *f = take(order, FRAME_USED);

	if (!f)
		return 0;
	oracle_frame_alloc(pa_of(f), frame_bytes(f));
	/* The exchange is a full fence: the count is seen before any entry that will point here. Pairs with try_get. */
	pword_xchg(&f->ref, 1);
	return pa_of(f);
}

/**
 * phys_alloc_huge - take the 2M frame that was freed last
 * Return: its physical address, with one reference, contents as they are; 0 if none is free.
 */
u64 phys_alloc_huge(void)
{
	return take_used(HUGE_ORDER);
}

/**
 * phys_alloc_page - take the 4K page that was freed last
 * Return: its physical address, with one reference, contents as they are; 0 if none is free.
 */
u64 phys_alloc_page(void)
{
	return take_used(0);
}

/**
 * phys_alloc_tables - a run of pages for one table that is larger than a page
 * @order: 2^@order pages, aligned to their size; less than HUGE_ORDER
 * Return: physical address of zeroes. Panics if there is no such run. It counts as one table; phys_free_table() frees it.
 */
u64 phys_alloc_tables(unsigned order)
{
	struct frame *f = take(order, FRAME_TABLE);

	if (!f)
		exhausted("a page table");
	__builtin_memset(phys_to_virt(pa_of(f)), 0, frame_bytes(f)); /* [fault.zero] */
	oracle_table_alloc(pa_of(f), frame_bytes(f));
	return pa_of(f);
}

/**
 * phys_alloc_table - a page for a page table
 * Return: physical address of 4K of zeroes. Panics if there is none.
 */
u64 phys_alloc_table(void)
{
	return phys_alloc_tables(0);
}

/* Index bits of a page's worth of entries. */
#define PAGE_ENTRY_BITS (ARCH_PAGE_SHIFT - 3)

u64 phys_alloc_root(void)
{
	unsigned bits = arch_pt_bits(ARCH_PT_LEVELS - 1);

	return phys_alloc_tables(bits > PAGE_ENTRY_BITS ? bits - PAGE_ENTRY_BITS : 0);
}

/*
 * A frame that is free already stays where it is: pushed twice, its list would be a ring. Only a walk that gained a reference
 * on a free frame gets here, and the oracle has seen that first.
 */
static __timed void give_back(struct frame *f)
{
	bool twice;

	oracle_drain();
	spin_lock(&phys.lock);
	twice = f->state == FRAME_FREE;
	phys.tables -= f->state == FRAME_TABLE;
	if (!twice)
		push(f);
	spin_unlock(&phys.lock);
	if (!twice)
		return;
	/* Where the count came down to zero twice at once, the frame was in use yet when the oracle was told of the second time. */
	oracle_frame_free(pa_of(f), frame_bytes(f));
	if (!oracle_verdict())
		panic("phys: 0x%llx freed twice (generation %u)", (unsigned long long)pa_of(f), f->gen);
}

/**
 * phys_free_table - free a page table that no entry points to and that nobody walks
 * @pa: what phys_alloc_table() returned, or phys_alloc_tables(), phys_alloc_root()
 */
void phys_free_table(u64 pa)
{
	struct frame *f = frame_of(pa);
	u64 *word = phys_to_virt(pa);

	if (f->state != FRAME_TABLE)
		panic("phys: 0x%llx freed as a table, but its state is %u", (unsigned long long)pa, f->state);
	oracle_table_free(pa, frame_bytes(f));
	for (unsigned i = 0; i < frame_bytes(f) / sizeof(*word); i++)
		word[i] = POISON_WORD;
	give_back(f);
}

static bool block_is_free(u64 pa)
{
	const struct frame *f = raw_frame(pa);

	return f->state == FRAME_FREE && f->order == HUGE_ORDER;
}

/* The lowest @n free 2M blocks in a row, taken off the list; 0 if there are none. Lock held. */
static u64 take_run(unsigned n)
{
	unsigned run = 0;

	for (u64 pa = phys.base; PFN(pa - phys.base) < phys.nr; pa += HUGE_SIZE) {
		run = block_is_free(pa) ? run + 1 : 0;
		if (run < n)
			continue;
		for (; run > 0; run--, pa -= HUGE_SIZE) {
			unlink_frame(&phys.free[HUGE_ORDER], raw_frame(pa));
			raw_frame(pa)->order = 0;
		}
		return pa + HUGE_SIZE;
	}
	return 0;
}

/**
 * phys_alloc_pages - memory for the kernel itself, for good
 * @n: number of 4K pages, contiguous
 * Return: physical address. Panics with the amounts if there is no such run.
 */
u64 phys_alloc_pages(unsigned n)
{
	unsigned blocks = (n + HUGE_PAGES - 1) / HUGE_PAGES;
	u64 pa;

	oracle_drain();
	spin_lock(&phys.lock);
	if (phys.kern_left < n) {
		pa = take_run(blocks);
		if (!pa) {
			spin_unlock(&phys.lock);
			exhausted("the kernel's own pages");
		}
		free_cut(phys.kern_next, phys.kern_left, 0);
		phys.kern_next = pa;
		phys.kern_left = blocks * HUGE_PAGES;
	}
	pa = phys.kern_next;
	phys.kern_next += n * PAGE_SIZE;
	phys.kern_left -= n;
	for (unsigned i = 0; i < n; i++) {
		struct frame *f = raw_frame(pa + i * PAGE_SIZE);

		f->state = FRAME_USED;
		f->gen++;
		f->ref.v = 1; /* nobody else knows the page yet */
	}
	spin_unlock(&phys.lock);
	return pa;
}

unsigned phys_huge_free(void)
{
	return phys.free[HUGE_ORDER].n;
}

unsigned phys_tables(void)
{
	return phys.tables;
}

struct frame *frame_find(u64 pa)
{
	struct frame *head;

	if (unlikely(pa < phys.base || PFN(pa - phys.base) >= phys.nr))
		return NULL;
	head = raw_frame(pa & ~(HUGE_SIZE - 1));
	return head->order == HUGE_ORDER ? head : raw_frame(pa);
}

struct frame *frame_of(u64 pa)
{
	struct frame *f = frame_find(pa);

	if (unlikely(!f))
		panic("phys: 0x%llx is outside memory (0x%llx, %u pages)", (unsigned long long)pa,
		      (unsigned long long)phys.base, phys.nr);
	return f;
}

/**
 * frame_try_grab - take references on a frame that may be free already
 * @pa: any address in it
 * @n: how many: 1, or FRAME_PIN for a pin
 * Return: true with the references and a full fence; false if the frame had none to share.
 *
 * The fence orders the raised count before the caller's second look at the slot. Partner: the writer empties the slot
 * (an atomic exchange) before it drops the mapping's reference, so either the second look sees the empty slot or the
 * writer's drop sees this reference.
 */
bool frame_try_grab(u64 pa, u64 n)
{
	struct frame *f = frame_of(pa);
	u64 had;

	do {
		had = pword_load(&f->ref);
		if (!had)
			return false;
	} while (!pword_cmpxchg(&f->ref, had, had + n));
	return true;
}

void frame_get(u64 pa, unsigned n)
{
	pword_add(&frame_of(pa)->ref, n);
}

/**
 * frame_drop - give references back
 * @pa: any address in the frame
 * @n: how many
 * Return: true if they were the last: the frame is free, and the next allocation of its size returns it.
 */
__timed bool frame_drop(u64 pa, u64 n)
{
	struct frame *f = frame_of(pa);
	u64 left = pword_add(&f->ref, -(s64)n);

	if ((s64)left < 0) {
		/* To the oracle it is a free of what is free: a mutation that comes here has been caught, and the run ends there. */
		oracle_frame_free(pa_of(f), frame_bytes(f));
		if (!oracle_verdict())
			panic("phys: reference of 0x%llx dropped below zero (generation %u)", (unsigned long long)pa, f->gen);
		pword_store(&f->ref, 0);
		return false;
	}
	if (left)
		return false;
	pa = pa_of(f);
	oracle_frame_free(pa, frame_bytes(f));
	*(volatile u64 *)phys_to_virt(pa) = POISON_WORD;
	give_back(f);
	return true;
}

/**
 * phys_huge_reset - every 2M frame free again, the lowest on top
 *
 * For a run that must not depend on what ran before it: the next allocations are those of a fresh boot, also after a mutation
 * that lost or doubled references. Context: thread, nobody holds or maps a 2M frame.
 */
void phys_huge_reset(void)
{
	spin_lock(&phys.lock);
	phys.free[HUGE_ORDER] = (struct free_list){ 0 };
	for (u32 i = phys.nr / HUGE_PAGES; i-- > 0;) {
		struct frame *f = &phys.frame[i * HUGE_PAGES];

		if (f->order != HUGE_ORDER)
			continue;
		f->ref.v = 0; /* nobody else knows the frame */
		f->hooks = 0;
		push(f);
	}
	spin_unlock(&phys.lock);
}
