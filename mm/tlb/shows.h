/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU shows of the mm that it has loaded, for methods that choose by it whom to interrupt: cpu_tlbstate.loaded_mm of x86 Linux, with
 * LOADED_MM_SWITCHING. Written by the CPU itself, in the method's own switch (struct tlb_method, switch_mm).
 *
 *   a CPU                                        a flusher
 *   shows SWITCHING                              empties the slot
 *   full fence (the atomics of mm_switch())      full fence
 *   loads the root                               reads mm->ran, then what each CPU in it shows
 *   shows the mm (release)
 *
 * A flusher that sees no bit, or what the CPU showed before SWITCHING, is behind nothing: the CPU translates behind the emptied slot (T7).
 * One that sees another mm knows that the walks of the last one are over. From SWITCHING it can tell nothing, and assumes the worst.
 * A CPU that came by mm_switch() shows nothing: mm->loaded says whether it has the mm.
 */
#ifndef SKEET_TLB_SHOWS_H
#define SKEET_TLB_SHOWS_H

#include <mm.h>
#include <percpu.h>

#define SHOWS_NOTHING 0ULL
#define SHOWS_SWITCHING 1ULL /* higher: a context */

extern struct percpu_word mm_shows[NR_CPUS];

/* A number for @mm that no other mm has had: at one address one mm may follow another. */
u64 mm_context(struct mm *mm);

/* @cpu shows nothing: has it @mm loaded? */
static __always_inline bool mm_loaded_unshown(const struct mm *mm, unsigned cpu)
{
	return pword_load(&mm->loaded[cpu / 64]) >> (cpu % 64) & 1;
}

#endif
