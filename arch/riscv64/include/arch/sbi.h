/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of the firmware (RISC-V Supervisor Binary Interface, v2.0; SSE is of v3.0). Chapter numbers are those of v2.0. */
#ifndef SKEET_ARCH_SBI_H
#define SKEET_ARCH_SBI_H

#include <cpumask.h>
#include <types.h>

#include <arch/insn.h>

enum sbi_ext {
	SBI_LEGACY_PUTCHAR = 1,
	SBI_LEGACY_SHUTDOWN = 8,
	SBI_BASE = 0x10,
	SBI_TIME = 0x54494d45,
	SBI_IPI = 0x735049,
	SBI_RFENCE = 0x52464e43,
	SBI_HSM = 0x48534d,
	SBI_SRST = 0x53525354,
	SBI_PMU = 0x504d55,
	SBI_DBCN = 0x4442434e,
	SBI_FWFT = 0x46574654,
	SBI_SSE = 0x535345,
};

/* 3.2 */
#define SBI_FAILED (-1)
#define SBI_NOT_SUPPORTED (-2)

static inline struct sbi_ret sbi_call(enum sbi_ext ext, u64 fid, u64 a, u64 b)
{
	return insn_ecall(ext, fid, a, b, 0, 0, 0);
}

/* 4.4: does this firmware have @ext? */
static inline bool sbi_has(enum sbi_ext ext)
{
	return sbi_call(SBI_BASE, 3, ext, 0).value;
}

/* 4.5 to 4.7: what machine mode reads in these registers on this hart. */
enum sbi_machine { SBI_MVENDORID = 4, SBI_MARCHID = 5, SBI_MIMPID = 6 };

static inline u64 sbi_machine(enum sbi_machine reg)
{
	return sbi_call(SBI_BASE, reg, 0, 0).value;
}

/* 9.1 to 9.4 */
enum sbi_hsm { SBI_HSM_START, SBI_HSM_STOP, SBI_HSM_STATUS, SBI_HSM_SUSPEND };

/* 9.1. Returns the SBI error, 0 if it is being started. */
static inline s64 sbi_hart_start(u64 hart, u64 pc, u64 opaque)
{
	return insn_ecall(SBI_HSM, SBI_HSM_START, hart, pc, opaque, 0, 0).error;
}

/* 7.1: a software interrupt to the harts @base + i for each bit i of @mask. */
static inline s64 sbi_send_ipi(u64 mask, u64 base)
{
	return sbi_call(SBI_IPI, 0, mask, base).error;
}

/* 8.7: SFENCE.VMA for @size bytes from @start in @asid on those harts; @size ~0: everything of it. OpenSBI: complete on return. */
static inline s64 sbi_remote_sfence_vma_asid(u64 mask, u64 base, u64 start, u64 size, u64 asid)
{
	return insn_ecall(SBI_RFENCE, 2, mask, base, start, size, asid).error;
}

/* 8.6: the same in every ASID. */
static inline s64 sbi_remote_sfence_vma(u64 mask, u64 base, u64 start, u64 size)
{
	return insn_ecall(SBI_RFENCE, 1, mask, base, start, size, 0).error;
}

/* A hart mask under construction: pure. One call of the firmware reaches the 64 harts from a base on. */
struct sbi_mask {
	u64 mask, base;
};

/**
 * sbi_mask_add - put hart @hart into @m
 * Return: false if it does not fit: then @m has to be sent, and the next one begins with this hart.
 *
 * Numbers may come in any order: the base moves down as long as no bit falls off the top.
 */
static inline bool sbi_mask_add(struct sbi_mask *m, u64 hart)
{
	if (!m->mask) {
		m->base = hart;
	} else if (hart < m->base) {
		u64 down = m->base - hart;

		if (down >= 64 || m->mask >> (64 - down))
			return false;
		m->mask <<= down;
		m->base = hart;
	} else if (hart - m->base >= 64) {
		return false;
	}
	m->mask |= 1ULL << (hart - m->base);
	return true;
}

/* What is done with each mask, for @arg. */
typedef void sbi_mask_fn(const struct sbi_mask *m, const void *arg);

/**
 * sbi_each_mask - the harts of the CPUs of @to, in as few masks as their numbers and the order of the CPUs allow
 * @hart_of: hart of a CPU
 * @call: gets each mask, in the order of the CPUs
 * Return: masks. Inlined, so that @hart_of and @call are.
 */
static __always_inline unsigned sbi_each_mask(const struct cpumask *to, u64 (*hart_of)(unsigned cpu), sbi_mask_fn *call,
					      const void *arg)
{
	struct sbi_mask m = { 0 };
	unsigned calls = 0, cpu;

	for_each_cpu(cpu, to) {
		if (sbi_mask_add(&m, hart_of(cpu)))
			continue;
		call(&m, arg);
		calls++;
		m.mask = 0;
		sbi_mask_add(&m, hart_of(cpu));
	}
	if (!m.mask)
		return calls;
	call(&m, arg);
	return calls + 1;
}

#endif
