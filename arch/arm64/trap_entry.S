/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the kernel after boot, and the idle loop, whose correctness depends on them.
 *
 * One stack a CPU, SP_EL1, and a frame on it for whatever interrupts. Three tables of vectors: the common one, where every
 * interrupt goes to C, and one for each GIC with short entries for the IPIs that carry no call, which the timing image uses.
 *
 * The rule of the idle loop: a wake-up is never lost. A waker first makes the word not zero, then sends an SGI. Both an
 * interrupt and the NMI are closed by PSTATE (or ALLINT) from the test of the word to the WFI, which a pending one ends all the
 * same (Arm ARM, D1.6.2); the priority mask is left open, because what it holds back does not end a WFI.
 */
#include <arch/arm64.h>

#define ICC_IAR1 s3_0_c12_c12_0
#define ICC_EOIR1 s3_0_c12_c12_1
#define ICC_NMIAR1 s3_0_c12_c9_5
#define ALLINT s3_0_c4_c3_0

/* Everything, with a frame record so that the interrupted code stands in the chain of frames. */
	.macro save_rest
	stp x2, x3, [sp, #16]
	stp x4, x5, [sp, #32]
	stp x6, x7, [sp, #48]
	stp x8, x9, [sp, #64]
	stp x10, x11, [sp, #80]
	stp x12, x13, [sp, #96]
	stp x14, x15, [sp, #112]
	stp x16, x17, [sp, #128]
	stp x18, x19, [sp, #144]
	stp x20, x21, [sp, #160]
	stp x22, x23, [sp, #176]
	stp x24, x25, [sp, #192]
	stp x26, x27, [sp, #208]
	stp x28, x29, [sp, #224]
	add x2, sp, #FRAME_SIZE
	stp x30, x2, [sp, #240]
	mrs x3, elr_el1
	mrs x4, spsr_el1
	stp x3, x4, [sp, #FRAME_PC]
	stp x29, x3, [sp, #FRAME_RECORD]
	add x29, sp, #FRAME_RECORD
	.endm

	.macro restore_all
	ldp x3, x4, [sp, #FRAME_PC]
	msr elr_el1, x3
	msr spsr_el1, x4
	ldp x2, x3, [sp, #16]
	ldp x4, x5, [sp, #32]
	ldp x6, x7, [sp, #48]
	ldp x8, x9, [sp, #64]
	ldp x10, x11, [sp, #80]
	ldp x12, x13, [sp, #96]
	ldp x14, x15, [sp, #112]
	ldp x16, x17, [sp, #128]
	ldp x18, x19, [sp, #144]
	ldp x20, x21, [sp, #160]
	ldp x22, x23, [sp, #176]
	ldp x24, x25, [sp, #192]
	ldp x26, x27, [sp, #208]
	ldp x28, x29, [sp, #224]
	ldr x30, [sp, #240]
	ldp x0, x1, [sp], #FRAME_SIZE
	.endm

	.text
/* w0: which vector. x0 and x1 are in the frame already, here and below. */
	.type trap_kind, @function
trap_kind:
	save_rest
	mov w1, w0
	mov x0, sp
	bl arm64_trap
	restore_all
	eret

	.type trap_irq, @function
trap_irq:
	mov w0, #NOT_ACKED
/* w0: what was acknowledged. */
	.type trap_irq_acked, @function
trap_irq_acked:
	save_rest
	bl arm64_irq
	restore_all
	eret

	.type trap_fiq, @function
trap_fiq:
	save_rest
	bl arm64_fiq
	restore_all
	eret

/* A vector that goes to C. @kind: its place in the table. */
	.macro vector_trap kind
	.balign 128
	stp x0, x1, [sp, #-FRAME_SIZE]!
	mov w0, #\kind
	b trap_kind
	.endm

	.macro vector_to target
	.balign 128
	stp x0, x1, [sp, #-FRAME_SIZE]!
	b \target
	.endm

/* The 16 vectors (D1.3.1.5): current EL with SP_EL0, with SP_ELx, lower EL in AArch64, in AArch32. */
	.macro vectors name, irq, fiq
	.balign 2048
	.globl \name
\name:
	.irp kind, 0, 1, 2, 3, 4
	vector_trap \kind
	.endr
	\irq
	\fiq
	.irp kind, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector_trap \kind
	.endr
	.endm

	.macro irq_c
	vector_to trap_irq
	.endm

	.macro fiq_c
	vector_to trap_fiq
	.endm

	.macro count offset
	ldr x2, [x1, #\offset]
	add x2, x2, #1
	str x2, [x1, #\offset]
	.endm

/*
 * The acknowledgement, after which the initiator may send the next one. The store-release orders all that this CPU did before
 * (the drained walk) before the initiator's load of zero.
 */
	.macro answer
	adrp x0, ipi_pending
	add x0, x0, :lo12:ipi_pending
1:	ldxr x1, [x0]
	sub x1, x1, #1
	stlxr w2, x1, [x0]
	cbnz w2, 1b
	.endm

	.macro leave
	ldr x2, [sp, #16]
	ldp x0, x1, [sp], #FRAME_SIZE
	eret
	.endm

/* One leaf is the common request; C takes the rest. Clobbers x0, x1, x2. */
	.macro flush_or_branch other
	adrp x1, tlb_req
	add x1, x1, :lo12:tlb_req
	ldr x2, [x1, #TLB_REQ_KIND]
	cbnz x2, \other
	ldr x2, [x1, #TLB_REQ_NR]
	cmp x2, #1
	b.ne \other
	ldr x2, [x1, #TLB_REQ_VA]
	ldr x1, [x1, #TLB_REQ_ASID]
	ubfx x2, x2, #12, #44
	bfi x2, x1, #48, #16
	tlbi vale1, x2
	dsb nsh
	.endm

	.macro ack_gicv3
	mrs x0, ICC_IAR1
	.endm

/* FEAT_NMI: the NMI has an acknowledge register of its own, to which the ordinary one points by INTID 1022. */
	.macro ack_nmi_gicv3
	cmp w2, #1022
	b.ne 4f
	mrs x0, ICC_NMIAR1
	mov w2, w0
4:
	.endm

	.macro ack_nmi_gicv2
	.endm

	.macro eoi_gicv3
	msr ICC_EOIR1, x0
	.endm

/* The first word of struct cpu's arch part points to the GICv2's CPU interface. */
	.macro ack_gicv2
	mrs x1, tpidr_el1
	ldr x1, [x1, #CPU_ARCH]
	ldr w0, [x1, #0xc]
	.endm

	.macro eoi_gicv2
	ldr x2, [x1, #CPU_ARCH]
	str w0, [x2, #0x10]
	.endm

	.macro irq_fast gic
	.balign 128
	stp x0, x1, [sp, #-FRAME_SIZE]!
	str x2, [sp, #16]
	ack_\gic
	and w2, w0, #0x3ff
	cmp w2, #SGI_SYNC
	b.ne other_\gic
	mrs x1, tpidr_el1
	count CPU_IPI_RECV
	count CPU_SYNC_RECV
	eoi_\gic
	answer
	leave
	.endm

	.macro fast_others gic
other_\gic:
	ack_nmi_\gic
	cmp w2, #SGI_NMI
	b.eq nmi_\gic
	cmp w2, #SGI_TLB
	b.ne slow_\gic
	flush_or_branch slow_\gic
	mrs x1, tpidr_el1
	count CPU_IPI_RECV
	count CPU_TLB_RECV
	eoi_\gic
	answer
	leave

/*
 * An NMI that wants one leaf flushed and nothing else. As in nmi_handle(), the turn is given away after the acknowledgement, so
 * that under icount no walker is moved on by a flush. Every other request is left for nmi_handle().
 */
nmi_\gic:
	mrs x1, tpidr_el1
	ldr x2, [x1, #CPU_NMI_WANT]
	cmp x2, #NMI_WANT_FLUSH
	b.ne slow_\gic
	flush_or_branch slow_\gic
	mrs x1, tpidr_el1
	add x1, x1, #CPU_NMI_WANT
	str x3, [sp, #24]
2:	ldxr x2, [x1]				/* takes what was wanted, if it is still this alone */
	cmp x2, #NMI_WANT_FLUSH
	b.ne 3f
	stxr w3, xzr, [x1]
	cbnz w3, 2b
	ldr x3, [sp, #24]
	mrs x1, tpidr_el1
	count CPU_NMI_RECV
	count CPU_TLB_RECV
	eoi_\gic
	answer
	ldr x2, [sp, #16]
	ldp x0, x1, [sp], #FRAME_SIZE
	yield
	eret
3:	ldr x3, [sp, #24]
slow_\gic:
	ldr x2, [sp, #16]
	b trap_irq_acked
	.endm

	vectors arm64_vectors, irq_c, fiq_c

	.macro irq_fast_gicv3
	irq_fast gicv3
	.endm
	.macro irq_fast_gicv2
	irq_fast gicv2
	.endm
	vectors arm64_vectors_gicv3, irq_fast_gicv3, fiq_c
	vectors arm64_vectors_gicv2, irq_fast_gicv2, fiq_c
	fast_others gicv3
	fast_others gicv2

/*
 * void arch_idle_until(const volatile u64 *word): the loop with PSTATE, and the one with ALLINT where FEAT_NMI carries the NMI.
 */
	.globl arch_idle_until
	.type arch_idle_until, @function
arch_idle_until:
	adrp x1, arm64_feat_nmi
	ldr x1, [x1, :lo12:arm64_feat_nmi]
	cbnz x1, 4f
1:	msr daifset, #DAIFBIT_IF
	ldr x1, [x0]
	cbnz x1, 2f
	wfi
2:	msr daifclr, #DAIFBIT_IF
	isb					/* what is pending is taken here */
	ldr x1, [x0]
	cbz x1, 1b
	ret
4:	mov x2, #1 << 13
5:	msr ALLINT, x2
	ldr x1, [x0]
	cbnz x1, 6f
	wfi
6:	msr ALLINT, xzr
	isb
	ldr x1, [x0]
	cbz x1, 5b
	ret

/* bool arch_probe_read(const volatile u64 *p, u64 *val): trap.c moves a fault at the first label to the second. */
	.globl arch_probe_read, probe_load, probe_fault
	.type arch_probe_read, @function
arch_probe_read:
probe_load:
	ldr x2, [x0]
	str x2, [x1]
	mov w0, #1
	ret
probe_fault:
	mov w0, #0
	ret

/*
 * bool arm64_semihost(u64 op, const void *arg): undefined where no debugger or emulator serves it; trap.c then goes on behind.
 */
	.globl arm64_semihost, semihost_hlt, semihost_fault
	.type arm64_semihost, @function
arm64_semihost:
semihost_hlt:
	hlt #0xf000
	mov w0, #1
	ret
semihost_fault:
	mov w0, #0
	ret

/* The callee of a firmware call may lose x4 to x17, as that of a C function may. */
	.globl arm64_smc, arm64_hvc
	.type arm64_smc, @function
arm64_smc:
	smc #0
	ret
	.type arm64_hvc, @function
arm64_hvc:
	hvc #0
	ret

/*
 * void arm64_mmu_load(u64 ttbr0, u64 tcr): the granule may only change with the MMU off (D8.14.1). This code and its caller are
 * mapped to themselves in both maps; nothing is loaded or stored until the MMU is on again. Interrupts closed.
 */
	.globl arm64_mmu_load
	.type arm64_mmu_load, @function
arm64_mmu_load:
	dsb sy
	mrs x2, sctlr_el1
	bic x3, x2, #SCTLR_M
	msr sctlr_el1, x3
	isb
	msr ttbr0_el1, x0
	msr tcr_el1, x1
	isb
	tlbi vmalle1
	dsb nsh
	isb
	orr x2, x2, #SCTLR_M
	msr sctlr_el1, x2
	isb
	ret

	.section .note.GNU-stack, "", @progbits
