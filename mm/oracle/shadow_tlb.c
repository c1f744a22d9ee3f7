// SPDX-License-Identifier: GPL-2.0-only
/*
 * Possible translations: axes (a) and (b) of the oracle.
 *
 * Rule. From the moment when a present entry is replaced, every CPU that has the mm loaded may still translate by the old one:
 * as a TLB entry if it was a leaf, as a walk-cache entry if it pointed to a table, and then the leaves below it too. It may not
 * any more once an invalidate that arch_tlbi_covers() it has completed on that CPU, or once that CPU left the mm (a switch of
 * root drops what the arch says it drops). While the store of the new entry sits in the writer's store buffer, memory still
 * holds the old one: CPUs that load the mm until then count as well, and an invalidate on another CPU removes nothing, because
 * the old entry can be loaded again right behind it.
 *
 * Verdicts (a table that mms shared goes for all of them but one when it becomes that one's own): a frame goes while a possible leaf leads
 * to it (stale-tlb); a table goes while a possible walk-cache entry leads to it (stale-walk-cache); a leaf is installed while a possible
 * leaf of another size translates part of it (two-sizes). On an ISA that wants break-before-make, where two entries for one address at once
 * are an error of the machine: a live entry gets another address or kind in one store, or becomes a table or a leaf while a CPU may still
 * hold what it was (bbm).
 *
 * Stale-repointed: a possible leaf leads elsewhere, or permits more, than the leaf that took its place. When must it be gone?
 *   - Another frame by way of an empty slot (munmap, then mmap): when the new leaf is stored. From there on two CPUs could take one
 *     address for two frames, and the empty slot was the time to invalidate.
 *   - Another frame in one store, or less permission, the slot emptied in between or not (mprotect): between the store and the
 *     invalidate that follows it the old one is what every kernel lives with. When the writer says that it is through with the old
 *     entry (oracle_sync_done()), or, for the one store, when the slot is pointed elsewhere once more.
 *   - The same frame, with the same or more permission: never. Who still has the old one faults at worst.
 *
 * Where translations are kept in a table beside the trees (arch_tlb_shared()), every CPU may translate by the old one, whether it has the
 * mm loaded or not, for it may load it later, unless nobody accesses anything in this run; leaving the mm ends nothing; and an entry that
 * pointed to a table is nobody's but the software walkers'.
 *
 * Where every CPU tags what it holds with an ID and a switch drops nothing (oracle_run.tagged), leaving the mm ends nothing either; and
 * what an ID has left behind is found by the next mm that is loaded under it: nobody drops the leftovers, and the CPU translates by the
 * other's tables (asid-reused). That is about every translation of the other mm, those that are still in its tables too, so it is kept as
 * one record for each CPU and ID: the mm that the CPU ran last under it, until an invalidate that covers the ID.
 *
 * A possible translation that is still in the tables needs no record: as long as it is there, that is its own matter, and when
 * what it leads to goes all the same, shadow_map.c knows. But while the store that replaced it is buffered, memory still has
 * the old entry, although nobody counts it any more: what it leads to may not go either, even where no CPU has the mm loaded
 * (freed-mapped).
 *
 * A CPU that stands still (mm/vcpu.c) keeps its possible translations and uses none. So what they lead to may go meanwhile: the verdict is
 * put off until the CPU runs again, and falls then if it still holds them. Its software walks are another matter (shadow_walk.c): they
 * go on with what they loaded, so a CPU that stands still inside one is no excuse for freeing that. The same holds of a lazy CPU
 * (mm/gen.h) and its leaves; but its hardware may walk, so a walk-cache entry is as bad there as on any other.
 *
 * NMI handlers complete invalidates (shadow_tlbi_complete()): lock-free. A record is filled before its CPU bits are set, and
 * reused only when it has no bits and no store of it is buffered.
 */
#include <console.h>
#include <cpu.h>
#include <tlbi.h>

#include "shadow.h"
#include "store_buffer.h"

#define NR_POSSIBLE 10240u /* a table of 64K pages has 8192 leaves */

struct possible {
	struct mm *mm;
	const struct pword *slot;
	struct tlb_entry t;
	pte_t e;
	u64 pa, size;    /* where it leads */
	unsigned writer; /* who replaced it */
	u64 mark;        /* ... in whose store buffer everything up to here must go before the new entry is visible */
	struct cpumask cpus;
	struct cpumask owed; /* of these, who did not use it when it should have been gone */
	struct cpumask issued; /* who has issued a broadcast that covers it, not complete yet */
	const char *hole;    /* ... and the verdict on who still has it when they could */
};

static struct possible possible[NR_POSSIBLE];
static bool no_access, tagged; /* of the run */
static struct cpumask standing, lazy; /* CPUs that stand still; that are lazy */
static unsigned nr_possible; /* records from here on are free */

static struct {
	struct mm *mm;
} __cacheline loaded[NR_CPUS];

#define NR_TAGS (NR_CPUS + 8u) /* more than mm_tag() is asked for */

static u64 holds[NR_CPUS][NR_TAGS]; /* whose translations this CPU may hold, by ID; 0: nobody's */
static u64 runs_under[NR_CPUS];     /* the ID under which it caches now, or 0 */
static bool ids_used;               /* any of these, in this run */

/* --- the lock --- */

static u32 lock_owner; /* CPU + 1 */

static u64 lock(void)
{
	u64 flags = arch_irq_save();
	u32 me = this_cpu() + 1, none = 0;

	if (__atomic_load_n(&lock_owner, __ATOMIC_RELAXED) == me)
		panic("oracle: entered by an NMI that interrupted it on CPU %u", this_cpu());
	/* Acquire: pairs with the release in unlock(). */
	while (!__atomic_compare_exchange_n(&lock_owner, &none, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		none = 0;
		arch_relax();
	}
	return flags;
}

static void unlock(u64 flags)
{
	__atomic_store_n(&lock_owner, 0, __ATOMIC_RELEASE);
	arch_irq_restore(flags);
}

/* --- records --- */

static bool buffered(const struct possible *p)
{
	return sb_before(p->writer, p->mark);
}

static bool is_free(const struct possible *p)
{
	return !p->mm || (cpumask_empty(&p->cpus) && !buffered(p));
}

static void trim(void)
{
	while (nr_possible && is_free(&possible[nr_possible - 1]))
		nr_possible--;
}

static bool same(const struct possible *p, const struct possible *q)
{
	return p->mm == q->mm && p->slot == q->slot && p->t.va == q->t.va && p->t.level == q->t.level && p->t.walk == q->t.walk &&
	       p->e == q->e;
}

/* A record for @want: one that says the same already, or a free one. NULL if there is none. */
static struct possible *record_for(const struct possible *want)
{
	struct possible *spare = NULL;

	trim();
	for (unsigned i = 0; i < nr_possible; i++) {
		if (is_free(&possible[i]))
			spare = spare ? spare : &possible[i];
		else if (same(&possible[i], want))
			return &possible[i];
	}
	if (!spare && nr_possible < NR_POSSIBLE)
		spare = &possible[nr_possible++];
	if (spare) {
		spare->mm = NULL; /* not to be looked at while it changes */
		cpumask_clear(&spare->cpus);
		cpumask_clear(&spare->owed);
	}
	return spare;
}

static void set_bit(struct cpumask *m, unsigned cpu)
{
	__atomic_fetch_or(&m->w[cpu / 64], 1ULL << (cpu % 64), __ATOMIC_RELEASE);
}

static void set_cpu(struct possible *p, unsigned cpu)
{
	set_bit(&p->cpus, cpu);
}

static void unset_cpu(struct possible *p, unsigned cpu)
{
	__atomic_fetch_and(&p->cpus.w[cpu / 64], ~(1ULL << (cpu % 64)), __ATOMIC_RELEASE);
	__atomic_fetch_and(&p->owed.w[cpu / 64], ~(1ULL << (cpu % 64)), __ATOMIC_RELEASE);
}

const struct mm *shadow_loaded(unsigned cpu)
{
	return loaded[cpu].mm;
}

/* Translations that outlive a switch: every CPU has them, whether it has the mm loaded or not. */
static bool kept_for_all(void)
{
	return arch_tlb_shared() && !no_access;
}

static bool anyone_loaded(const struct mm *mm)
{
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (loaded[cpu].mm == mm)
			return true;
	return false;
}

static void add(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t e)
{
	struct possible want = {
		.mm = mm,
		.slot = slot,
		.t = { .asid = mm->asid, .va = va & ~(pt_size(level) - 1), .level = level,
		       .global = arch_pte_prot(e) & PROT_G, .walk = !arch_pte_is_leaf(e, level) },
		.e = e,
		.pa = arch_pte_pa(e, level),
		.size = arch_pte_is_leaf(e, level) ? pt_size(level) : PAGE_SIZE,
	};
	struct possible *p;

	if (arch_tlb_shared() && want.t.walk)
		return;
	p = record_for(&want);
	if (!p) {
		shadow_violation("oracle-full", this_cpu(), "more than %u translations were never invalidated", NR_POSSIBLE);
		return;
	}
	cpumask_clear(&p->issued); /* what was issued covers it as it was then */
	p->slot = want.slot;
	p->t = want.t;
	p->e = want.e;
	p->pa = want.pa;
	p->size = want.size;
	p->writer = this_cpu();
	p->mark = sb_mark();
	p->mm = mm;
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (loaded[cpu].mm == mm || kept_for_all() || (tagged && holds[cpu][mm->asid] == (u64)(uintptr_t)mm))
			set_cpu(p, cpu);
}

/* The leaves of the table that @e points to went with it. */
static void add_below(struct mm *mm, u64 va, unsigned level, pte_t e)
{
	const struct pword *table = phys_to_virt(arch_pte_pa(e, level));

	va &= ~(pt_size(level) - 1);
	for (unsigned i = 0; i < 1U << arch_pt_bits(level - 1); i++)
		if (arch_pte_is_leaf(sb_peek(&table[i]), level - 1))
			add(mm, &table[i], va + i * pt_size(level - 1), level - 1, sb_peek(&table[i]));
}

static bool overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* @cpu does not use @p for now, should it have it. */
static bool rests(const struct possible *p, unsigned cpu)
{
	return cpumask_test(&standing, cpu) || (!p->t.walk && cpumask_test(&lazy, cpu));
}

/* The first CPU that may use @p now. */
static unsigned first_cpu(const struct possible *p)
{
	unsigned cpu, first = NR_CPUS;

	for_each_cpu(cpu, &p->cpus)
		if (first == NR_CPUS && !rests(p, cpu))
			first = cpu;
	return first;
}

/* May some CPU use @p now? */
static bool live(const struct possible *p)
{
	return p->mm && first_cpu(p) != NR_CPUS;
}

/* @p should be gone. True if some CPU may use it; of those that do not for now it is owed. */
static bool overdue(struct possible *p, const char *hole)
{
	unsigned cpu;

	if (!p->mm)
		return false;
	for_each_cpu(cpu, &p->cpus)
		if (rests(p, cpu)) {
			p->hole = hole;
			set_bit(&p->owed, cpu);
		}
	return live(p);
}

static void check_sizes(const struct mm *mm, u64 va, unsigned level)
{
	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (p->mm != mm || p->t.walk || p->t.level == level || !overlap(va, pt_size(level), p->t.va, pt_size(p->t.level)) ||
		    !overdue(p, "two-sizes"))
			continue;
		shadow_violation("two-sizes", first_cpu(p),
				 "CPU %u may translate VA 0x%llx by a level-%u leaf (0x%llx) while CPU %u installs one of level %u",
				 first_cpu(p), (unsigned long long)p->t.va, p->t.level, (unsigned long long)p->e, this_cpu(),
				 level);
		return;
	}
}

/* Another output address, or a leaf instead of a table: not a change of rights alone. */
static bool moved(pte_t a, pte_t b, unsigned level)
{
	return arch_pte_is_leaf(a, level) != arch_pte_is_leaf(b, level) || arch_pte_pa(a, level) != arch_pte_pa(b, level);
}

/* Leaves that lead elsewhere by way of an empty slot are check_frame()'s. */
static void check_break(const struct mm *mm, u64 va, unsigned level, pte_t old, pte_t new)
{
	if (arch_pte_present(old) && moved(old, new, level)) {
		shadow_violation("bbm", this_cpu(), "CPU %u changed the live entry of VA 0x%llx (level %u) from 0x%llx to 0x%llx in one store",
				 this_cpu(), (unsigned long long)va, level, (unsigned long long)old, (unsigned long long)new);
		return;
	}
	for (unsigned i = 0; i < nr_possible; i++) {
		const struct possible *p = &possible[i];

		if (!live(p) || p->mm != mm || p->t.va != va || p->t.level != level || !moved(p->e, new, level))
			continue;
		if (!p->t.walk && arch_pte_is_leaf(new, level))
			continue;
		shadow_violation("bbm", first_cpu(p),
				 "CPU %u stored 0x%llx for VA 0x%llx (level %u) while CPU %u may still hold 0x%llx, broken but not invalidated",
				 this_cpu(), (unsigned long long)new, (unsigned long long)va, level, first_cpu(p),
				 (unsigned long long)p->e);
		return;
	}
}

static void repointed(const struct possible *p, pte_t now)
{
	shadow_violation("stale-repointed", first_cpu(p),
			 "CPU %u may translate VA 0x%llx by the old level-%u leaf 0x%llx while CPU %u relies on 0x%llx there",
			 first_cpu(p), (unsigned long long)p->t.va, p->t.level, (unsigned long long)p->e, this_cpu(),
			 (unsigned long long)now);
}

/* A leaf is installed. What @mm's slot held until this very store has no record yet: it may be stale for a while. */
static void check_frame(const struct mm *mm, u64 va, unsigned level, pte_t new)
{
	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (p->mm != mm || p->t.walk || p->t.level != level || p->t.va != va || p->pa == arch_pte_pa(new, level) ||
		    !overdue(p, "stale-repointed"))
			continue;
		repointed(p, new);
		return;
	}
}

/* Does @p permit what @now does not? */
static bool permits_more(const struct possible *p, pte_t now)
{
	return arch_pte_prot(p->e) & ~arch_pte_prot(now) & (PROT_R | PROT_W | PROT_X);
}

/* --- hooks --- */

void shadow_pte_changed(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t old, pte_t new)
{
	u64 flags;

	if (old == new)
		return;
	shadow_event(EV_PTE, va, old);
	shadow_map_changed(level, old, new);
	if (arch_pte_present(new))
		shadow_walk_mapped(slot, new, level);
	if (!anyone_loaded(mm) && !sb_pending(this_cpu()) && !kept_for_all() && !tagged)
		return;
	flags = lock();
	if (ARCH_BREAK_BEFORE_MAKE && arch_pte_present(new))
		check_break(mm, va & ~(pt_size(level) - 1), level, old, new);
	if (arch_pte_is_leaf(new, level))
		check_frame(mm, va & ~(pt_size(level) - 1), level, new);
	if (arch_pte_present(old)) {
		add(mm, slot, va, level, old);
		if (!arch_pte_is_leaf(old, level))
			add_below(mm, va, level, old);
	}
	if (arch_pte_is_leaf(new, level))
		check_sizes(mm, va & ~(pt_size(level) - 1), level);
	unlock(flags);
}

/* Lock held. */
static void id_load(unsigned cpu, u64 owner, u64 id)
{
	u64 before;

	if (id >= NR_TAGS)
		panic("oracle: address-space ID %llu, where they are below %u", (unsigned long long)id, NR_TAGS);
	ids_used = true;
	before = holds[cpu][id];
	holds[cpu][id] = owner;
	runs_under[cpu] = id;
	if (before && before != owner)
		shadow_violation("asid-reused", cpu, "CPU %u runs mm 0x%llx under ID %llu, and may hold translations of mm 0x%llx with that ID", cpu,
				 (unsigned long long)owner, (unsigned long long)id, (unsigned long long)before);
}

void shadow_id_load(u64 owner, u64 id)
{
	u64 flags = lock();

	id_load(this_cpu(), owner, id);
	unlock(flags);
}

/* What the CPU runs under is cached again at once. */
static void id_drop(unsigned cpu, const struct tlbi_op *op)
{
	for (unsigned id = 1; id < NR_TAGS; id++)
		if ((op->scope >= TLBI_ALL || (tagged && op->scope == TLBI_ASID && op->asid == id)) && runs_under[cpu] != id)
			holds[cpu][id] = 0;
}

void shadow_mm_load(struct mm *mm)
{
	unsigned cpu = this_cpu();
	u64 flags = lock();

	loaded[cpu].mm = mm;
	if (tagged)
		id_load(cpu, (u64)(uintptr_t)mm, mm->asid);
	for (unsigned i = 0; i < nr_possible; i++)
		if (possible[i].mm == mm && buffered(&possible[i]))
			set_cpu(&possible[i], cpu);
	unlock(flags);
}

void shadow_mm_unload(struct mm *mm)
{
	unsigned cpu = this_cpu();
	u64 flags = lock();

	if (loaded[cpu].mm == mm) {
		loaded[cpu].mm = NULL;
		runs_under[cpu] = 0;
	}
	for (unsigned i = 0; i < nr_possible && !arch_tlb_shared() && !tagged; i++)
		if (possible[i].mm == mm && !(possible[i].t.global && !possible[i].t.walk))
			unset_cpu(&possible[i], cpu);
	trim();
	unlock(flags);
}

/* @p cannot be used any more on the CPUs of @on. NMI handlers do this at the same time for others. */
static void unset_cpus(struct possible *p, const struct cpumask *on)
{
	for (unsigned w = 0; w < nr_cpu_words; w++) {
		if (!(p->cpus.w[w] & on->w[w]))
			continue;
		__atomic_fetch_and(&p->cpus.w[w], ~on->w[w], __ATOMIC_RELEASE);
		__atomic_fetch_and(&p->owed.w[w], ~on->w[w], __ATOMIC_RELEASE);
	}
}

/* What another CPU has in its store buffer still hides the new entry from every walker, so such a record stays. */
void shadow_tlbi_complete(const struct cpumask *on, const struct tlbi_op *op)
{
	shadow_event(EV_TLBI_LEAF + op->scope, op->va, op->asid);
	/* Completing one here serialises (x86: SDM Vol. 3, 9.3; arm64: the DSB): this CPU's own stores are visible behind it. */
	if (cpumask_test(on, this_cpu()))
		sb_drain();
	for (unsigned cpu = 0; ids_used && cpu < nr_cpus; cpu++)
		if (cpumask_test(on, cpu))
			id_drop(cpu, op);
	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (p->mm && arch_tlbi_covers(op, &p->t) && !buffered(p))
			unset_cpus(p, on);
	}
}

/* A completion covers what its own CPU issued, as it was then: an entry that is replaced again behind the issue is not among it. */
void shadow_tlbi_issued(const struct tlbi_op *op)
{
	shadow_event(EV_TLBI_ISSUED, op->va, op->asid);
	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (p->mm && arch_tlbi_covers(op, &p->t) && !buffered(p))
			set_bit(&p->issued, this_cpu());
	}
}

void shadow_tlbi_own_complete(void)
{
	unsigned cpu = this_cpu();
	u64 flags = lock();

	shadow_event(EV_TLBI_OWN, 0, 0);
	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (!p->mm || !cpumask_test(&p->issued, cpu))
			continue;
		cpumask_unset(&p->issued, cpu);
		unset_cpus(p, &cpu_online_mask);
	}
	unlock(flags);
}

void shadow_tlb_done(const struct mm *mm, const struct pword *slot)
{
	pte_t now = sb_peek(slot);
	u64 flags = lock();

	for (unsigned i = 0; i < nr_possible; i++) {
		struct possible *p = &possible[i];

		if (p->mm != mm || p->slot != slot || p->t.walk || !arch_pte_is_leaf(now, p->t.level) ||
		    (p->pa == arch_pte_pa(now, p->t.level) && !permits_more(p, now)) || !overdue(p, "stale-repointed"))
			continue;
		repointed(p, now);
		break;
	}
	unlock(flags);
}

/* Does memory that goes still have a possible user in @p? Then the verdict. */
static bool check_freed(struct possible *p, u64 pa, u64 size, bool table)
{
	const char *hole = table ? "stale-walk-cache" : "stale-tlb";

	if (is_free(p) || p->t.walk != table || !overlap(pa, size, p->pa, p->size))
		return false;
	if (!overdue(p, hole) && !buffered(p))
		return false;
	if (live(p))
		shadow_violation(hole, first_cpu(p),
				 "CPU %u frees 0x%llx while CPU %u may still translate VA 0x%llx by the old %s (level %u, 0x%llx)",
				 this_cpu(), (unsigned long long)pa, first_cpu(p), (unsigned long long)p->t.va,
				 table ? "table pointer" : "leaf", p->t.level, (unsigned long long)p->e);
	else
		shadow_violation("freed-mapped", p->writer,
				 "CPU %u frees 0x%llx while CPU %u's store over the %s of VA 0x%llx (level %u, 0x%llx) is not visible yet",
				 this_cpu(), (unsigned long long)pa, p->writer, table ? "table pointer" : "leaf",
				 (unsigned long long)p->t.va, p->t.level, (unsigned long long)p->e);
	return true;
}

void shadow_tlb_freed(u64 pa, u64 size, bool table)
{
	u64 flags = lock();

	for (unsigned i = 0; i < nr_possible; i++)
		if (check_freed(&possible[i], pa, size, table))
			break;
	unlock(flags);
}

/* This CPU may use what it has again: what is owed must be gone. Lock held. */
static void collect(unsigned cpu)
{
	for (unsigned i = 0; i < nr_possible; i++) {
		const struct possible *p = &possible[i];

		if (p->mm && cpumask_test(&p->owed, cpu))
			shadow_violation(p->hole, cpu, "CPU %u goes on and may translate VA 0x%llx by the old %s (level %u, 0x%llx), which "
					 "should have gone while it did not use it", cpu, (unsigned long long)p->t.va,
					 p->t.walk ? "table pointer" : "leaf", p->t.level, (unsigned long long)p->e);
	}
}

void shadow_cpu_stands(void)
{
	u64 flags = lock();

	shadow_event(EV_STANDS, 0, 0);
	cpumask_set(&standing, this_cpu());
	unlock(flags);
}

void shadow_cpu_runs(void)
{
	u64 flags = lock();

	shadow_event(EV_RUNS, 0, 0);
	cpumask_unset(&standing, this_cpu());
	collect(this_cpu());
	unlock(flags);
}

void shadow_lazy_enter(void)
{
	u64 flags = lock();

	shadow_event(EV_LAZY, 0, 0);
	cpumask_set(&lazy, this_cpu());
	unlock(flags);
}

void shadow_lazy_leave(void)
{
	u64 flags = lock();

	shadow_event(EV_NOT_LAZY, 0, 0);
	cpumask_unset(&lazy, this_cpu());
	collect(this_cpu());
	unlock(flags);
}

void shadow_tlb_owned(const struct mm *mm, u64 pa)
{
	u64 flags = lock();

	for (unsigned i = 0; i < nr_possible; i++) {
		const struct possible *p = &possible[i];

		if (!live(p) || p->mm == mm || !p->t.walk || p->pa != pa)
			continue;
		shadow_violation("stale-walk-cache", first_cpu(p),
				 "CPU %u takes table 0x%llx for the own of one mm while CPU %u may still get there from VA 0x%llx of another",
				 this_cpu(), (unsigned long long)pa, first_cpu(p), (unsigned long long)p->t.va);
		break;
	}
	unlock(flags);
}

void shadow_tlb_start(const struct oracle_run *run)
{
	u64 flags = lock();

	for (unsigned i = 0; i < nr_possible; i++)
		possible[i].mm = NULL;
	nr_possible = 0;
	no_access = run->no_access;
	tagged = run->tagged;
	for (unsigned cpu = 0; ids_used && cpu < nr_cpus; cpu++)
		for (unsigned id = 0; id < NR_TAGS; id++)
			holds[cpu][id] = 0;
	ids_used = false;
	unlock(flags);
}
