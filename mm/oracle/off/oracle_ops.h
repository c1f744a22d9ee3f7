/* SPDX-License-Identifier: GPL-2.0-only */
/* The timing image has no oracle: every hook is nothing. */
#ifndef SKEET_ORACLE_OPS_H
#define SKEET_ORACLE_OPS_H

static const bool oracle_build __attribute__((__unused__)) = false;

static inline void oracle_trap_enter(void)
{
}

static inline void oracle_trap_leave(void)
{
}

static inline void oracle_park(void)
{
}

static inline bool oracle_nmi_held(void)
{
	return false;
}

static inline void oracle_drain(void)
{
}

static inline void oracle_ipi_ack(void)
{
}

static inline u64 oracle_acks(void)
{
	return 0;
}

static inline void oracle_drained(const struct cpumask *on, u64 since)
{
	(void)on, (void)since;
}

static inline void oracle_mm_load(struct mm *mm)
{
	(void)mm;
}

static inline void oracle_mm_unload(struct mm *mm)
{
	(void)mm;
}

static inline void oracle_cpu_stands(void)
{
}

static inline void oracle_cpu_runs(void)
{
}

static inline void oracle_lazy_enter(void)
{
}

static inline void oracle_lazy_leave(void)
{
}

static inline void oracle_id_load(u64 owner, u64 id)
{
	(void)owner, (void)id;
}

static inline u64 oracle_peek(const struct pword *p)
{
	return p->v;
}

static inline void oracle_pte_changed(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t old, pte_t new)
{
	(void)mm, (void)slot, (void)va, (void)level, (void)old, (void)new;
}

static inline void oracle_tlbi_complete(const struct cpumask *on, const struct tlbi_op *op)
{
	(void)on, (void)op;
}

static inline void oracle_tlbi_issued(const struct tlbi_op *op)
{
	(void)op;
}

static inline void oracle_tlbi_own_complete(void)
{
}

static inline void oracle_frame_alloc(u64 pa, u64 size)
{
	(void)pa, (void)size;
}

static inline void oracle_frame_free(u64 pa, u64 size)
{
	(void)pa, (void)size;
}

static inline void oracle_table_alloc(u64 pa, u64 size)
{
	(void)pa, (void)size;
}

static inline void oracle_table_free(u64 pa, u64 size)
{
	(void)pa, (void)size;
}

static inline void oracle_walk_begin(struct mm *mm, enum walk_kind kind)
{
	(void)mm, (void)kind;
}

static inline void oracle_walk_loaded(const struct pword *slot, pte_t e, u64 va, unsigned level)
{
	(void)slot, (void)e, (void)va, (void)level;
}

static inline void oracle_walk_ref(u64 pa)
{
	(void)pa;
}

static inline void oracle_walk_unref(u64 pa)
{
	(void)pa;
}

static inline void oracle_walk_deref(u64 pa)
{
	(void)pa;
}

static inline void oracle_walk_interpret(const struct pword *slot, pte_t e, unsigned level)
{
	(void)slot, (void)e, (void)level;
}

static inline void oracle_walk_level(struct mm *mm, u64 va, unsigned level)
{
	(void)mm, (void)va, (void)level;
}

static inline void oracle_walk_end(void)
{
}

static inline void oracle_sync_done(struct mm *mm, const struct pword *slot, pte_t old)
{
	(void)mm, (void)slot, (void)old;
}

static inline void oracle_table_owned(struct mm *mm, u64 pa)
{
	(void)mm, (void)pa;
}

static inline void oracle_entry_taken(const struct pword *slot, pte_t taken, pte_t was)
{
	(void)slot, (void)taken, (void)was;
}

static inline void oracle_frame_counted(u64 pa, bool counted)
{
	(void)pa, (void)counted;
}

static inline unsigned oracle_walkers(const struct mm *mm)
{
	(void)mm;
	return 0;
}

static inline void oracle_start(const struct oracle_run *run)
{
	(void)run;
}

static inline void oracle_iteration(u64 i)
{
	(void)i;
}

static inline void oracle_stop(void)
{
}

static inline const struct oracle_violation *oracle_verdict(void)
{
	return NULL;
}

static inline void oracle_print_events(void)
{
}

#endif
