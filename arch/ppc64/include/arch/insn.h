/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every inline asm of this port: one instruction each, with what it orders. Sections are those of the Power ISA 3.0B, by book.
 */
#ifndef SKEET_ARCH_INSN_H
#define SKEET_ARCH_INSN_H

#include <types.h>

/* Is there an instruction that counts zero bits, on every CPU? (cntlzd; the lowest by popcntd, three instructions) */
#define ARCH_HAS_CTZ 1

/* III 5.4.4: special-purpose registers by number. A context-altering one takes effect behind isync or rfid (III 12). */
#define insn_mfspr(n)                                                                              \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("mfspr %0, %1" : "=r"(v_) : "i"(n) : "memory");                   \
		v_;                                                                                \
	})
#define insn_mtspr(n, v) __asm__ volatile("mtspr %0, %1" ::"i"(n), "r"((u64)(v)) : "memory")

/* II 6.2: the time base. */
static __always_inline u64 insn_mftb(void)
{
	u64 v;

	__asm__ volatile("mftb %0" : "=r"(v)::"memory");
	return v;
}

/* III 5.4.3. With L = 1 mtmsrd changes EE and RI alone, and is execution synchronizing. */
static __always_inline u64 insn_mfmsr(void)
{
	u64 v;

	__asm__ volatile("mfmsr %0" : "=r"(v)::"memory");
	return v;
}

static __always_inline void insn_mtmsrd_ee(u64 v)
{
	__asm__ volatile("mtmsrd %0, 1" ::"r"(v) : "memory");
}

static __always_inline void insn_mtmsrd(u64 v)
{
	__asm__ volatile("mtmsrd %0, 0" ::"r"(v) : "memory");
}

/* r13 holds the number of this CPU: constant under a running thread, so not volatile. */
static __always_inline u64 insn_cpu_number(void)
{
	u64 v;

	__asm__("mr %0, 13" : "=r"(v));
	return v;
}

static __always_inline void insn_set_cpu_number(u64 v)
{
	__asm__ volatile("mr 13, %0" ::"r"(v) : "memory");
}

/* II 3.2, program priority: low, then medium again. An emulator takes either for giving way. */
static inline void insn_priority_low(void)
{
	__asm__ volatile("or 1, 1, 1" ::: "memory");
}

static inline void insn_priority_medium(void)
{
	__asm__ volatile("or 2, 2, 2" ::: "memory");
}

/* II 4.6.3, memory barriers. sync: everything. lwsync: all but an earlier store and a later load. */
static __always_inline void insn_sync(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static __always_inline void insn_lwsync(void)
{
	__asm__ volatile("lwsync" ::: "memory");
}

/* ptesync: earlier stores before later implicit accesses of every CPU's walker, and earlier invalidates complete (III 5.9.2). */
static __always_inline void insn_ptesync(void)
{
	__asm__ volatile("ptesync" ::: "memory");
}

/* eieio between tlbie and tlbsync: keeps their order (III 5.10.1). */
static __always_inline void insn_eieio(void)
{
	__asm__ volatile("eieio" ::: "memory");
}

/* III 5.9.3.3: earlier tlbie of this CPU are complete on every CPU before a later ptesync of it is. */
static __always_inline void insn_tlbsync(void)
{
	__asm__ volatile("tlbsync" ::: "memory");
}

/* II 4.6.1: later instructions behind every change of context that is complete. */
static __always_inline void insn_isync(void)
{
	__asm__ volatile("isync" ::: "memory");
}

#define INSN_POWER9_(text) ".machine push\n\t.machine power9\n\t" text "\n\t.machine pop"

/*
 * III 5.9.3.3, TLB invalidate entry: on every CPU of the partition, complete behind eieio, tlbsync, ptesync. @ric, @prs, @r are part of
 * the instruction. Orders nothing by itself.
 */
#define insn_tlbie(rb, rs, ric, prs, r)                                                            \
	__asm__ volatile(INSN_POWER9_("tlbie %0,%1,%2,%3,%4") ::"r"((u64)(rb)), "r"((u64)(rs)), "i"(ric), "i"(prs), "i"(r)       \
			 : "memory")
/* The same on this CPU alone; complete behind ptesync. */
#define insn_tlbiel(rb, rs, ric, prs, r)                                                           \
	__asm__ volatile(INSN_POWER9_("tlbiel %0,%1,%2,%3,%4") ::"r"((u64)(rb)), "r"((u64)(rs)), "i"(ric), "i"(prs), "i"(r)      \
			 : "memory")

/* III 5.9.3.1: segments. slbmte and slbia take effect behind isync; slbia leaves entry 0. */
static inline void insn_slbmte(u64 rs, u64 rb)
{
	__asm__ volatile("slbmte %0, %1" ::"r"(rs), "r"(rb) : "memory");
}

static inline void insn_slbia(void)
{
	__asm__ volatile("slbia" ::: "memory");
}

/*
 * III 5.9.2: a doorbell to the thread whose PIR is in @rb. Behind a sync: earlier stores are visible before it. msgsync: what the sender
 * stored before is visible behind it.
 */
static __always_inline void insn_msgsnd(u64 rb)
{
	__asm__ volatile("msgsnd %0" ::"r"(rb) : "memory");
}

static __always_inline void insn_msgclr(u64 rb)
{
	__asm__ volatile("msgclr %0" ::"r"(rb) : "memory");
}

/* The same in a partition, to the thread of this core whose number is in @rb (III 5.9.2). */
static __always_inline void insn_msgsndp(u64 rb)
{
	__asm__ volatile("msgsndp %0" ::"r"(rb) : "memory");
}

static __always_inline void insn_msgclrp(u64 rb)
{
	__asm__ volatile("msgclrp %0" ::"r"(rb) : "memory");
}

static __always_inline void insn_msgsync(void)
{
	__asm__ volatile(INSN_POWER9_("msgsync") ::: "memory");
}

/* A call of the hypervisor (PAPR): keeps the non-volatile registers alone, and may take SRR0 and SRR1 (III 4.3). */
static __always_inline s64 insn_hcall(u64 op, u64 a, u64 b)
{
	register u64 r3 __asm__("r3") = op;
	register u64 r4 __asm__("r4") = a;
	register u64 r5 __asm__("r5") = b;

	__asm__ volatile("sc 1"
			 : "+r"(r3), "+r"(r4), "+r"(r5)
			 :
			 : "r0", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", "cr1", "cr5", "cr6", "cr7", "memory");
	return (s64)r3;
}

/* III 4.4.1: caching-inhibited bytes, in real mode of a hypervisor. */
static inline u8 insn_lbzcix(u64 pa)
{
	u64 v;

	__asm__ volatile("lbzcix %0, 0, %1" : "=r"(v) : "r"(pa) : "memory");
	return (u8)v;
}

static inline void insn_stbcix(u64 pa, u8 v)
{
	__asm__ volatile("stbcix %0, 0, %1" ::"r"((u64)v), "r"(pa) : "memory");
}

static inline void insn_stdcix(u64 pa, u64 v)
{
	__asm__ volatile("stdcix %0, 0, %1" ::"r"(v), "r"(pa) : "memory");
}

/* Of the processors' manuals: stops this CPU for a service processor, where HID0 lets it. */
static inline void insn_attn(void)
{
	__asm__ volatile(".long 0x200" ::: "memory");
}

/* II 3.2: caches. */
static inline void insn_dcbst(const void *p)
{
	__asm__ volatile("dcbst 0, %0" ::"r"(p) : "memory");
}

static inline void insn_icbi(const void *p)
{
	__asm__ volatile("icbi 0, %0" ::"r"(p) : "memory");
}

#endif
