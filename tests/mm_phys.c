// SPDX-License-Identifier: GPL-2.0-only
/* The frame allocator: order of reuse, generations, references, running out. */
#include <phys.h>
#include <smp.h>
#include <test.h>

TEST_CASE(mm_phys, lifo)
{
	u64 a = phys_alloc_huge(), b = phys_alloc_huge(), again;

	T_EXPECT(r, a && b && a != b, "no two 2M frames: 0x%llx 0x%llx", (unsigned long long)a, (unsigned long long)b);
	T_EXPECT(r, a % HUGE_SIZE == 0 && b % HUGE_SIZE == 0, "a 2M frame is not aligned");
	frame_put(b);
	frame_put(a);
	again = phys_alloc_huge();
	T_EXPECT(r, again == a, "freed 0x%llx last, got 0x%llx", (unsigned long long)a, (unsigned long long)again);
	frame_put(again);
	a = phys_alloc_page();
	frame_put(a);
	again = phys_alloc_page();
	T_EXPECT(r, again == a, "freed page 0x%llx last, got 0x%llx", (unsigned long long)a, (unsigned long long)again);
	frame_put(again);
	test_set(r, T_PASS, "what was freed last is reused first (2M and 4K)");
}

TEST_CASE(mm_phys, generation)
{
	u64 pa = phys_alloc_huge();
	u32 gen = frame_of(pa)->gen;

	T_EXPECT(r, frame_of(pa)->state == FRAME_USED && frame_of(pa)->ref.v == 1, "a new frame has state %u, %u references",
		 frame_of(pa)->state, (unsigned)frame_of(pa)->ref.v);
	*(volatile u64 *)phys_to_virt(pa) = 1;
	frame_put(pa);
	T_EXPECT(r, frame_of(pa)->state == FRAME_FREE && frame_of(pa)->gen == gen, "a free frame has state %u",
		 frame_of(pa)->state);
	T_EXPECT(r, *(volatile u64 *)phys_to_virt(pa) == POISON_WORD, "a freed frame is not poisoned");
	T_EXPECT(r, phys_alloc_huge() == pa, "the frame did not come back");
	T_EXPECT(r, frame_of(pa)->gen == gen + 1, "generation %u after %u", frame_of(pa)->gen, gen);
	frame_put(pa);
	test_set(r, T_PASS, "generation +1 an allocation, poison on free");
}

TEST_CASE(mm_phys, try_get)
{
	u64 pa = phys_alloc_huge(), table = phys_alloc_table();

	T_EXPECT(r, frame_try_get(pa), "refused a frame that has a reference");
	T_EXPECT(r, frame_try_get(pa + PAGE_SIZE), "refused an address inside a 2M frame");
	T_EXPECT(r, frame_of(pa)->ref.v == 3, "%u references, not 3", (unsigned)frame_of(pa)->ref.v);
	T_EXPECT(r, !frame_put(pa) && !frame_put(pa), "freed with references left");
	T_EXPECT(r, frame_put(pa), "the last reference did not free");
	T_EXPECT(r, !frame_try_get(pa), "took a reference on a free frame");
	T_EXPECT(r, frame_of(pa)->ref.v == 0, "a refused try_get left %u references", (unsigned)frame_of(pa)->ref.v);
	T_EXPECT(r, !frame_try_get(table), "took a reference on a page table");
	phys_free_table(table);
	test_set(r, T_PASS, "never from zero, never on a table");
}

TEST_CASE(mm_phys, table)
{
	unsigned before = phys_tables();
	u64 pa = phys_alloc_table();
	volatile u64 *word = phys_to_virt(pa);

	for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
		T_EXPECT(r, word[i] == 0, "word %u of a new table is 0x%llx", i, (unsigned long long)word[i]);
	T_EXPECT(r, phys_tables() == before + 1, "%u tables after %u", phys_tables(), before);
	phys_free_table(pa);
	for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
		T_EXPECT(r, word[i] == POISON_WORD, "word %u of a freed table is 0x%llx", i, (unsigned long long)word[i]);
	T_EXPECT(r, !arch_pte_present(POISON_WORD), "poison looks like a present entry");
	T_EXPECT(r, phys_tables() == before, "%u tables after %u", phys_tables(), before);
	test_set(r, T_PASS, "zeroed when new, all poison when freed");
}

/* A table of several pages, as the root of some ISAs is: aligned to its size, one table, whole when it is cleared and poisoned. */
TEST_CASE(mm_phys, large_table)
{
	const unsigned order = HUGE_ORDER > 4 ? 4 : HUGE_ORDER - 1;
	const u64 size = PAGE_SIZE << order;
	unsigned before = phys_tables();
	u64 pa = phys_alloc_tables(order), next = phys_alloc_tables(order);
	u64 *word = phys_to_virt(pa);

	T_EXPECT(r, pa % size == 0 && next % size == 0, "0x%llx or 0x%llx is not aligned to %llu KiB", (unsigned long long)pa,
		 (unsigned long long)next, (unsigned long long)(size / KIB));
	T_EXPECT(r, pa + size <= next || next + size <= pa, "0x%llx and 0x%llx overlap", (unsigned long long)pa,
		 (unsigned long long)next);
	T_EXPECT(r, phys_tables() == before + 2, "%u tables after %u", phys_tables(), before);
	for (unsigned i = 0; i < size / 8; i++)
		T_EXPECT(r, word[i] == 0, "word %u of a new table is 0x%llx", i, (unsigned long long)word[i]);
	T_EXPECT(r, !frame_try_get(pa) && !frame_try_get(pa + size - PAGE_SIZE), "took a reference on a page table");
	phys_free_table(pa);
	for (unsigned i = 0; i < size / 8; i++)
		T_EXPECT(r, word[i] == POISON_WORD, "word %u of a freed table is 0x%llx", i, (unsigned long long)word[i]);
	T_EXPECT(r, ((u64 *)phys_to_virt(next))[0] == 0, "freeing one table changed another");
	T_EXPECT(r, phys_alloc_tables(order) == pa, "the table freed last did not come back first");
	for (unsigned i = 0; i < size / 8; i++)
		T_EXPECT(r, word[i] == 0, "word %u of a table that came back is 0x%llx", i, (unsigned long long)word[i]);
	phys_free_table(pa);
	phys_free_table(next);
	T_EXPECT(r, phys_tables() == before, "%u tables after %u", phys_tables(), before);
	test_set(r, T_PASS, "%llu KiB, aligned; zeroed when new, all poison when freed", (unsigned long long)(size / KIB));
}

/* Take every 2M frame, keeping them in a list that is made of the frames themselves. */
static u64 take_all(unsigned *n)
{
	u64 pa, list = 0;

	for (*n = 0; (pa = phys_alloc_huge()) != 0; ++*n) {
		*(volatile u64 *)phys_to_virt(pa) = list;
		list = pa;
	}
	return list;
}

TEST_CASE(mm_phys, exhaustion)
{
	unsigned free = phys_huge_free(), n;
	u64 list = take_all(&n), top;

	T_EXPECT(r, n == free, "took %u frames of %u", n, free);
	T_EXPECT(r, phys_huge_free() == 0, "%u frames are left of none", phys_huge_free());
	T_EXPECT(r, phys_alloc_huge() == 0, "got a frame from an empty list");
	for (top = list; list; n--) {
		u64 next = *(volatile u64 *)phys_to_virt(list);

		top = list;
		frame_put(list);
		list = next;
	}
	T_EXPECT(r, n == 0 && phys_huge_free() == free, "%u frames are free, not %u", phys_huge_free(), free);
	n = phys_alloc_huge() == top;
	frame_put(top);
	T_EXPECT(r, n, "the frame freed last did not come first");
	test_set(r, T_PASS, "%u frames of 2M taken and given back", free);
}

/* --- several CPUs on one frame --- */

#define RACE_TURNS 200

static volatile u64 race_pa; /* 0: stop */

/* Take references on whatever frame is in use now, and keep some past the owner's: any of them may be the last one. */
static void race_grab(void *arg)
{
	u64 pa;

	(void)arg;
	for (unsigned i = 0; (pa = race_pa) != 0; i++) {
		if (!frame_try_get(pa))
			continue;
		for (unsigned hold = i % 5; hold > 0; hold--)
			arch_relax();
		frame_put(pa);
		arch_relax();
	}
}

TEST_CASE(mm_phys, race)
{
	unsigned free = phys_huge_free(), others = 0;
	u64 last;

	race_pa = phys_alloc_huge();
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		smp_run(cpu, race_grab, NULL);
	for (unsigned i = 0; i < RACE_TURNS; i++) {
		u64 old = race_pa;

		race_pa = phys_alloc_huge();
		arch_relax();
		others += !frame_put(old);
		arch_relax();
	}
	last = race_pa;
	race_pa = 0;
	for (unsigned cpu = 1; cpu < nr_cpus; cpu++)
		smp_join(cpu, "grabs of a frame that is freed");
	T_EXPECT(r, frame_of(last)->ref.v == 1, "%u references are left, not 1", (unsigned)frame_of(last)->ref.v);
	frame_put(last);
	T_EXPECT(r, phys_huge_free() == free, "%u frames are free, not %u", phys_huge_free(), free);
	test_set(r, T_PASS, "%u CPUs, %u frames given up, %u of them while others held a reference", nr_cpus, RACE_TURNS, others);
}
