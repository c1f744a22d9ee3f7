/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the kernel after boot, and the idle loop, whose correctness depends on them.
 *
 * There is no other privilege below this one, so one stack a CPU is enough, and every entry puts its frame on it. stvec points to a
 * table of jumps, one a cause of interrupt (Privileged, 12.1.2); in the timing image another table has short entries for the
 * IPIs that carry no call. sscratch always holds the address of this CPU's struct cpu.
 *
 * The NMI is an event of the firmware (SBI SSE): it enters at riscv_sse_entry with sstatus.SIE clear, whatever it was, with sepc
 * at the interrupted instruction; the interrupted code's own sepc is with the firmware meanwhile. scause and stval are not, so
 * they are kept here: the event may come between a trap and the reading of its cause.
 *
 * The rule of the idle loop: a wake-up is never lost. A waker first makes the word not zero, then interrupts. An IPI is closed by
 * SIE from the test of the word to the WFI, which a pending one ends all the same. The NMI is not: if it interrupts there,
 * riscv_nmi() moves its return back to the test.
 */
#include <arch/riscv.h>

	.macro each_reg op
	.irp n, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op x\n, 8 * \n(sp)
	.endr
	.endm

/* x1 and x5 (t0) are in the frame already, here and below. A frame record makes the interrupted code stand in the chain of frames. */
	.macro save_rest
	each_reg sd
	sd x3, 24(sp)
	sd x4, 32(sp)
	sd x8, 64(sp)
	addi t0, sp, FRAME_SIZE
	sd t0, 16(sp)
	csrr t0, sepc
	csrr t1, sstatus
	sd t0, FRAME_PC(sp)
	sd t1, FRAME_STATUS(sp)
	sd s0, FRAME_SIZE - 16(sp)
	sd t0, FRAME_SIZE - 8(sp)
	addi s0, sp, FRAME_SIZE
	.endm

	.macro restore_rest
	ld t0, FRAME_PC(sp)
	ld t1, FRAME_STATUS(sp)
	csrw sepc, t0
	csrw sstatus, t1
	each_reg ld
	ld x1, 8(sp)
	ld x5, 40(sp)
	ld x8, 64(sp)
	.endm

	.macro enter
	addi sp, sp, -FRAME_SIZE
	sd x1, 8(sp)
	sd x5, 40(sp)
	.endm

	.macro leave
	addi sp, sp, FRAME_SIZE
	sret
	.endm

	.text
	.balign 4
	.globl riscv_exceptions
	.type trap_any, @function
riscv_exceptions:
trap_any:
	enter
	save_rest
	mv a0, sp
	call riscv_trap
	restore_rest
	leave

	.type trap_ssi, @function
trap_ssi:
	enter
	save_rest
	call riscv_ssi
	restore_rest
	leave

	.type trap_sei, @function
trap_sei:
	enter
	save_rest
	call riscv_sei
	restore_rest
	leave

	.macro vectors name, ssi, sei
	.balign 256
	.globl \name
\name:
	.option push
	.option norvc
	.irp cause, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.if \cause == CAUSE_SSI
	j \ssi
	.elseif \cause == CAUSE_SEI
	j \sei
	.else
	j trap_any
	.endif
	.endr
	.option pop
	.endm

	vectors riscv_vectors, trap_ssi, trap_sei
	vectors riscv_vectors_ssi, fast_ssi, trap_sei
	vectors riscv_vectors_imsic, trap_ssi, fast_sei

/* --- short entries. t0, t1 and x1 are in the frame. --- */

/* t0: struct cpu. */
	.macro count offset
	ld t1, \offset(t0)
	addi t1, t1, 1
	sd t1, \offset(t0)
	.endm

/*
 * The acknowledgement, after which the initiator may send the next one. The release orders all that this CPU did before (the
 * drained walk) before the initiator's load of zero.
 */
	.macro answer
	la t0, ipi_pending
	li t1, -1
	amoadd.d.rl zero, t1, (t0)
	.endm

	.macro enter_fast
	addi sp, sp, -FRAME_SIZE
	sd x1, 8(sp)
	sd t0, 40(sp)
	sd t1, 48(sp)
	.endm

	.macro leave_fast
	ld t0, 40(sp)
	ld t1, 48(sp)
	leave
	.endm

/* x1: what is taken, which C is told. save_rest wants t1 as it was. */
	.macro to_c take
	sd ra, FRAME_TAKEN(sp)
	ld t1, 48(sp)
	save_rest
	ld a0, FRAME_TAKEN(sp)
	call \take
	restore_rest
	leave
	.endm

/* One leaf is the common request, by SFENCE.VMA with address and ASID; C takes the rest. Clobbers t0, t1. */
	.macro flush_or_branch other
	la t0, tlb_req
	ld t1, TLB_REQ_KIND(t0)
	bnez t1, \other
	ld t1, TLB_REQ_NR(t0)
	addi t1, t1, -1
	bnez t1, \other
	lla t1, riscv_tlbi
	ld t1, 0(t1)			/* inval: INVAL_SFENCE is 0 */
	bnez t1, \other
	lla t1, riscv_tlbi
	ld t1, 8(t1)			/* asid_mask */
	sd a0, 80(sp)
	ld a0, TLB_REQ_ASID(t0)
	and t1, t1, a0
	ld t0, TLB_REQ_VA(t0)
	ld a0, 80(sp)
	sfence.vma t0, t1
	.endm

	.macro fast_rest take
	li t0, WANT_TLB
	bne ra, t0, 2f
	flush_or_branch 2f
	csrr t0, sscratch
	count CPU_IPI_RECV
	count CPU_TLB_RECV
	answer
	ld ra, 8(sp)
	leave_fast
2:	to_c \take
	.endm

/*
 * All IPIs are one interrupt; what is wanted is in a word. FENCE: the bit goes before the look, so that what is wanted behind the look
 * raises it again. The acquire keeps what a request is about behind the look.
 */
	.balign 4
	.type fast_ssi, @function
fast_ssi:
	enter_fast
	csrr t0, sscratch
	csrci sip, IP_SSI
	fence o, rw
	ld t1, CPU_WANT(t0)
	amoswap.d.aq ra, zero, (t1)
	li t1, WANT_SYNC
	bne ra, t1, 1f
	count CPU_IPI_RECV
	count CPU_SYNC_RECV
	answer
	ld ra, 8(sp)
	leave_fast
1:	fast_rest riscv_take

/* The claim says which kind it is (AIA 1.0, 3.9): no word. FENCE: it is device input, before what the request is about. */
	.balign 4
	.type fast_sei, @function
fast_sei:
	enter_fast
	csrrw t1, CSR_STOPEI, zero
	fence i, rw
	srli t1, t1, 16
	beqz t1, 3f
	addi t1, t1, -1
	li ra, 1
	sll ra, ra, t1
	li t1, WANT_SYNC
	bne ra, t1, 1f
	csrr t0, sscratch
	count CPU_IPI_RECV
	count CPU_SYNC_RECV
	answer
3:	ld ra, 8(sp)
	leave_fast
1:	fast_rest riscv_take

/*
 * The NMI. a6 and a7 are the firmware's and come back with the call that ends the event; everything else is as it was interrupted.
 */
	.globl riscv_sse_entry
	.type riscv_sse_entry, @function
	.balign 4
riscv_sse_entry:
	enter
	save_rest
	csrr s1, scause
	csrr s2, stval
	mv a0, sp
	call riscv_nmi
	csrw scause, s1
	csrw stval, s2
	restore_rest
	addi sp, sp, FRAME_SIZE
	li a7, SBI_EXT_SSE
	li a6, SBI_SSE_COMPLETE
	ecall
	ebreak				/* the firmware does not come back */

/* void arch_idle_until(const volatile u64 *word) */
	.globl arch_idle_until, idle_test, idle_end
	.type arch_idle_until, @function
arch_idle_until:
1:	csrci sstatus, SSTATUS_SIE
idle_test:
	ld t0, (a0)
	bnez t0, idle_end
	wfi
idle_end:
	csrsi sstatus, SSTATUS_SIE	/* what is pending is taken here */
	ld t0, (a0)
	beqz t0, 1b
	ret

/*
 * void riscv_yield(void): QEMU runs another CPU when this one waits in WFI, which ends at once because an interrupt is pending: one
 * that is raised here and goes again before anybody could take it. If a true one came meanwhile, its bit went too: but then its word
 * is set, before that bit was, and is seen here. FENCE: the clearing before the look.
 */
	.globl riscv_yield
	.type riscv_yield, @function
riscv_yield:
	csrrci t0, sstatus, SSTATUS_SIE
	csrsi sip, IP_SSI
	wfi
	csrci sip, IP_SSI
	fence o, r
	csrr t1, sscratch
	ld t1, CPU_WANT(t1)
	ld t1, (t1)
	beqz t1, 1f
	csrsi sip, IP_SSI
1:	andi t0, t0, SSTATUS_SIE
	csrs sstatus, t0
	ret

/* bool arch_probe_read(const volatile u64 *p, u64 *val): trap.c moves a fault at the first label to the second. */
	.globl arch_probe_read, probe_load, probe_fault
	.type arch_probe_read, @function
arch_probe_read:
	.option push
	.option norvc
probe_load:
	ld t0, (a0)
	.option pop
	sd t0, (a1)
	li a0, 1
	ret
probe_fault:
	li a0, 0
	ret

/* bool riscv_probe_cycle(void), bool riscv_probe_stimecmp(void): an illegal instruction where S-mode may not read it. */
	.globl riscv_probe_cycle, probe_cycle
	.type riscv_probe_cycle, @function
riscv_probe_cycle:
probe_cycle:
	csrr t0, cycle
	li a0, 1
	ret

	.globl riscv_probe_stimecmp, probe_stimecmp
	.type riscv_probe_stimecmp, @function
riscv_probe_stimecmp:
probe_stimecmp:
	csrr t0, CSR_STIMECMP
	li a0, 1
	ret

/*
 * bool riscv_semihost(u64 op, const void *arg): a breakpoint between two marks (RISC-V Semihosting 0.4, 2); where no debugger or
 * emulator serves it trap.c goes on behind. The three may not lie across a page.
 */
	.globl riscv_semihost, semihost_break
	.type riscv_semihost, @function
	.balign 16
riscv_semihost:
	.option push
	.option norvc
	slli zero, zero, 0x1f
semihost_break:
	ebreak
	srai zero, zero, 7
	.option pop
	li a0, 1
	ret

	.section .note.GNU-stack, "", @progbits
