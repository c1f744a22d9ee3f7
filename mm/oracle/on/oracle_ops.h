/* SPDX-License-Identifier: GPL-2.0-only */
/* The oracle image: every hook is a call into mm/oracle/. */
#ifndef SKEET_ORACLE_OPS_H
#define SKEET_ORACLE_OPS_H

#include <pword.h>

static const bool oracle_build __attribute__((__unused__)) = true;

u64 sb_peek(const struct pword *p);
void script_trap(int deeper);
void script_park(void);
bool sb_nmi_held(void);
void shadow_release(void); /* what this CPU did is ordered before what anybody does from here on */
void shadow_ipi_ack(void);
u64 shadow_acks(void);
void shadow_drained(const struct cpumask *on, u64 since);
void shadow_mm_load(struct mm *mm);
void shadow_mm_unload(struct mm *mm);
void shadow_cpu_stands(void);
void shadow_cpu_runs(void);
void shadow_lazy_enter(void);
void shadow_lazy_leave(void);
void shadow_id_load(u64 owner, u64 id);
void shadow_pte_changed(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t old, pte_t new);
void shadow_tlbi_complete(const struct cpumask *on, const struct tlbi_op *op);
void shadow_tlbi_issued(const struct tlbi_op *op);
void shadow_tlbi_own_complete(void);
void shadow_frame_alloc(u64 pa, u64 size);
void shadow_frame_free(u64 pa, u64 size);
void shadow_table_free(u64 pa, u64 size);
void shadow_walk_begin(struct mm *mm, enum walk_kind kind);
void shadow_walk_loaded(const struct pword *slot, pte_t e, u64 va, unsigned level);
void shadow_walk_ref(u64 pa);
void shadow_walk_unref(u64 pa);
void shadow_walk_deref(u64 pa);
void shadow_walk_interpret(const struct pword *slot, pte_t e, unsigned level);
void shadow_walk_level(struct mm *mm, u64 va, unsigned level);
void shadow_walk_end(void);
void shadow_sync_done(struct mm *mm, const struct pword *slot, pte_t old);
void shadow_frame_counted(u64 pa, bool counted);
void shadow_entry_taken(const struct pword *slot, pte_t taken, pte_t was);
void shadow_table_owned(const struct mm *mm, u64 pa);
unsigned shadow_walkers(const struct mm *mm);
void shadow_start(const struct oracle_run *run);
void shadow_iteration(u64 i);
void shadow_stop(void);
const struct oracle_violation *shadow_verdict(void);
void shadow_print_events(void);

static inline void oracle_trap_enter(void)
{
	script_trap(1);
	sb_drain();
	shadow_release();
}

static inline void oracle_trap_leave(void)
{
	sb_drain();
	script_trap(-1);
}

static inline void oracle_park(void)
{
	script_park();
}

static inline bool oracle_nmi_held(void)
{
	return sb_nmi_held();
}

static inline void oracle_drain(void)
{
	sb_drain();
	shadow_release();
}

static inline void oracle_ipi_ack(void)
{
	shadow_ipi_ack();
}

static inline u64 oracle_acks(void)
{
	return shadow_acks();
}

static inline void oracle_drained(const struct cpumask *on, u64 since)
{
	shadow_drained(on, since);
}

static inline void oracle_mm_load(struct mm *mm)
{
	shadow_mm_load(mm);
}

static inline void oracle_mm_unload(struct mm *mm)
{
	shadow_mm_unload(mm);
}

static inline void oracle_cpu_stands(void)
{
	shadow_cpu_stands();
}

static inline void oracle_cpu_runs(void)
{
	shadow_cpu_runs();
}

static inline void oracle_lazy_enter(void)
{
	shadow_lazy_enter();
}

static inline void oracle_lazy_leave(void)
{
	shadow_lazy_leave();
}

static inline void oracle_id_load(u64 owner, u64 id)
{
	shadow_id_load(owner, id);
}

static inline u64 oracle_peek(const struct pword *p)
{
	return sb_peek(p);
}

static inline void oracle_pte_changed(struct mm *mm, const struct pword *slot, u64 va, unsigned level, pte_t old, pte_t new)
{
	shadow_pte_changed(mm, slot, va, level, old, new);
}

static inline void oracle_tlbi_complete(const struct cpumask *on, const struct tlbi_op *op)
{
	shadow_tlbi_complete(on, op);
}

static inline void oracle_tlbi_issued(const struct tlbi_op *op)
{
	shadow_tlbi_issued(op);
}

static inline void oracle_tlbi_own_complete(void)
{
	shadow_tlbi_own_complete();
}

static inline void oracle_frame_alloc(u64 pa, u64 size)
{
	shadow_frame_alloc(pa, size);
}

static inline void oracle_frame_free(u64 pa, u64 size)
{
	shadow_frame_free(pa, size);
}

static inline void oracle_table_alloc(u64 pa, u64 size)
{
	shadow_frame_alloc(pa, size);
}

static inline void oracle_table_free(u64 pa, u64 size)
{
	shadow_table_free(pa, size);
}

static inline void oracle_walk_begin(struct mm *mm, enum walk_kind kind)
{
	shadow_walk_begin(mm, kind);
}

static inline void oracle_walk_loaded(const struct pword *slot, pte_t e, u64 va, unsigned level)
{
	shadow_walk_loaded(slot, e, va, level);
}

static inline void oracle_walk_ref(u64 pa)
{
	shadow_walk_ref(pa);
}

static inline void oracle_walk_unref(u64 pa)
{
	shadow_walk_unref(pa);
}

static inline void oracle_walk_deref(u64 pa)
{
	shadow_walk_deref(pa);
}

static inline void oracle_walk_interpret(const struct pword *slot, pte_t e, unsigned level)
{
	shadow_walk_interpret(slot, e, level);
}

static inline void oracle_walk_level(struct mm *mm, u64 va, unsigned level)
{
	shadow_walk_level(mm, va, level);
}

static inline void oracle_walk_end(void)
{
	shadow_walk_end();
}

static inline void oracle_sync_done(struct mm *mm, const struct pword *slot, pte_t old)
{
	shadow_sync_done(mm, slot, old);
}

static inline void oracle_table_owned(struct mm *mm, u64 pa)
{
	shadow_table_owned(mm, pa);
}

static inline void oracle_entry_taken(const struct pword *slot, pte_t taken, pte_t was)
{
	shadow_entry_taken(slot, taken, was);
}

static inline void oracle_frame_counted(u64 pa, bool counted)
{
	shadow_frame_counted(pa, counted);
}

static inline unsigned oracle_walkers(const struct mm *mm)
{
	return shadow_walkers(mm);
}

static inline void oracle_start(const struct oracle_run *run)
{
	shadow_start(run);
}

static inline void oracle_iteration(u64 i)
{
	shadow_iteration(i);
}

static inline void oracle_stop(void)
{
	shadow_stop();
}

static inline const struct oracle_violation *oracle_verdict(void)
{
	return shadow_verdict();
}

static inline void oracle_print_events(void)
{
	shadow_print_events();
}

#endif
