/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the kernel after boot, the idle loop, and calls of the hypervisor.
 *
 * The vectors are at fixed real addresses, so a template is copied to each (trap.c): it saves what it needs in struct cpu, SRR0 and
 * SRR1 with it, and goes to the common code. Nothing between is interruptible but by system reset and machine check, which have a
 * template and words of their own; what they come in the middle of goes on behind them because SRR0 and SRR1 are saved by then, but
 * for the first instructions of a vector and the last before its rfid (MSR.RI is clear there): an NMI there is the end (trap.c).
 *
 * One stack a CPU; a frame lies below the ABI's protected zone of the interrupted code. Translation is on in every handler: where a
 * vector is entered with it off, the common code turns it on.
 */
#include <arch/ppc64.h>

	.macro vector sprg, save, srr0, srr1, end
	mtspr \sprg, 13
	mfspr 13, SPR_SPRG0
	std 12, \save + SAVE_R12(13)
	mflr 12
	std 12, \save + SAVE_LR(13)
	mfspr 12, \srr0
	std 12, \save + SAVE_NIP(13)
	mfspr 12, \srr1
	std 12, \save + SAVE_MSR(13)
	bcl 20, 31, 1f
1:	mflr 12
	ld 13, \end - VECTOR_TARGET - 1b(12)
	mtlr 13
	lwz 12, \end - VECTOR_NUMBER - 1b(12)
	mfspr 13, SPR_SPRG0
	blr
	.endm

/* The last two words are filled in where this is copied to. */
	.macro vector_end end
	.org \end - VECTOR_NUMBER
	.skip VECTOR_NUMBER
	.endm

	.macro vector_template name, sprg, save, srr0=SPR_SRR0, srr1=SPR_SRR1
	.globl \name
\name:
	vector \sprg, \save, \srr0, \srr1, \name + VECTOR_STRIDE
	vector_end \name + VECTOR_STRIDE
	.endm

/*
 * The short entries, of the timing image: IPI_SYNC alone, or IPI_TLB for one leaf, is served with the registers that it needs,
 * everything else goes the long way. They begin a frame at once: interrupts were open, so there is a stack. r13 stays the number of
 * this CPU. r11: struct cpu; r11, r12 and CR are in the frame.
 */
	.macro short_begin
	stdu 1, -(RED_ZONE + FRAME_SIZE)(1)
	std 12, FRAME_GPR + 8 * 12(1)
	std 11, FRAME_GPR + 8 * 11(1)
	mfcr 12
	std 12, FRAME_CR(1)
	.endm

	.macro short_end
	ld 12, FRAME_CR(1)
	mtcr 12
	ld 11, FRAME_GPR + 8 * 11(1)
	ld 12, FRAME_GPR + 8 * 12(1)
	addi 1, 1, RED_ZONE + FRAME_SIZE
	.endm

/* To @other unless IPI_SYNC is all that is wanted (CR7 says equal then), or IPI_TLB for one leaf. */
	.macro branch_unless_short other
	mfspr 11, SPR_SPRG0
	ld 12, CPU_IPI_WANT(11)
	cmpldi 7, 12, WANT_SYNC
	beq 7, .Lshort\@
	xoris 12, 12, WANT_TLB >> 16
	cmpldi 12, 0
	bne \other
	addis 11, 2, tlb_req@toc@ha
	addi 11, 11, tlb_req@toc@l
	ld 12, TLB_REQ_KIND(11)
	cmpldi 12, 0
	bne \other
	ld 12, TLB_REQ_NR(11)
	cmpldi 12, 1
	bne \other
	mfspr 11, SPR_SPRG0
.Lshort\@:
	.endm

	.macro count offset
	ld 12, \offset(11)
	addi 12, 12, 1
	std 12, \offset(11)
	.endm

/* tlb_request_run() of one leaf: arch_tlbi_publish(), arch_tlbi_leaf_local(), arch_tlbi_complete_local(), whose isync is the rfid. */
	.macro flush_leaf
	std 9, FRAME_GPR + 8 * 14(1)	/* where no other part of a short entry keeps anything */
	std 10, FRAME_GPR + 8 * 15(1)
	addis 9, 2, tlb_req@toc@ha
	addi 9, 9, tlb_req@toc@l
	addis 10, 2, ppc64_radix@toc@ha
	addi 10, 10, ppc64_radix@toc@l
	ld 12, TLB_REQ_LEVEL(9)
	sldi 12, 12, 2
	add 12, 12, 10
	lwz 10, RADIX_AP(12)
	ld 12, TLB_REQ_VA(9)
	clrrdi 12, 12, 12
	sldi 10, 10, 5
	or 12, 12, 10			/* RB: ppc64_rb_page() */
	ld 10, TLB_REQ_ASID(9)
	sldi 10, 10, 32			/* RS: ppc64_rs() */
	ptesync
	.machine push
	.machine power9
	tlbiel 12, 10, 0, 1, 1
	.machine pop
	ptesync
	ld 9, FRAME_GPR + 8 * 14(1)
	ld 10, FRAME_GPR + 8 * 15(1)
	.endm

/*
 * ipi_handle(). No exchange: nobody wants the next one before this is acknowledged. lwsync: all that this CPU did before, and that
 * nothing is wanted any more, before the initiator's load of zero.
 */
	.macro serve
	bne 7, .Lflush\@
	li 12, 0
	stb 12, CPU_WANT_SYNC(11)
	count CPU_SYNC_RECV
	b .Lanswer\@
.Lflush\@:
	li 12, 0
	stb 12, CPU_WANT_TLB(11)
	flush_leaf
	count CPU_TLB_RECV
.Lanswer\@:
	count CPU_IPI_RECV
	addis 11, 2, ipi_pending@toc@ha
	addi 11, 11, ipi_pending@toc@l
	lwsync
1:	ldarx 12, 0, 11
	addi 12, 12, -1
	stdcx. 12, 0, 11
	bne 1b
	.endm

	.text
	.balign 128
	vector_template vector_irq, SPR_SPRG1, CPU_SAVE
	vector_template vector_nmi, SPR_SPRG2, CPU_SAVE_NMI
	vector_template vector_hv, SPR_SPRG1, CPU_SAVE, SPR_HSRR0, SPR_HSRR1

/* A doorbell: HSRR0 and HSRR1, which no NMI touches, stay where they are. msgsync: what the sender stored before is visible behind it. */
	.globl short_doorbell
short_doorbell:
	short_begin
	.machine push
	.machine power9
	msgsync
	.machine pop
	branch_unless_short 2f
	serve
	short_end
	hrfid
2:	short_end
	vector SPR_SPRG1, CPU_SAVE, SPR_HSRR0, SPR_HSRR1, short_doorbell + SHORT_SIZE
	vector_end short_doorbell + SHORT_SIZE

	.macro each_volatile op
	.irp n, 0, 3, 4, 5, 6, 7, 8, 9, 10
	\op \n, FRAME_GPR + 8 * \n(1)
	.endr
	.endm

/* SRR0 and SRR1 to the frame, then RI on: an NMI may come. */
	.macro short_save_srr
	mfspr 11, SPR_SRR0
	mfspr 12, SPR_SRR1
	std 11, FRAME_NIP(1)
	std 12, FRAME_MSR(1)
	li 12, MSR_RI
	mtmsrd 12, 1
	.endm

/* RI off, then SRR0 and SRR1 as they were. */
	.macro short_restore_srr
	li 12, 0
	mtmsrd 12, 1
	ld 11, FRAME_NIP(1)
	ld 12, FRAME_MSR(1)
	mtspr SPR_SRR0, 11
	mtspr SPR_SRR1, 12
	.endm

	.macro short_leave
	short_restore_srr
	short_end
	rfid
	.endm

/* As if the short entry had never begun; the last of it. */
	.macro short_go_long name
	short_restore_srr
	short_end
	vector SPR_SPRG1, CPU_SAVE, SPR_SRR0, SPR_SRR1, \name + SHORT_SIZE
	vector_end \name + SHORT_SIZE
	.endm

/*
 * An external interrupt of XIVE: a load accepts it, a load ends it at its source, a store lets interrupts of every priority in
 * again. These are accesses of storage that is caching-inhibited and guarded: in their order. What comes to be wanted meanwhile
 * triggers the source again.
 */
	.globl short_xive
short_xive:
	short_begin
	short_save_srr
	branch_unless_short 2f
	ld 12, CPU_TIMA(11)
	lhz 12, TIMA_ACK(12)
	ld 12, CPU_ESB(11)
	ld 12, 0(12)
	ld 12, CPU_TIMA(11)
	li 11, PRIORITY_NONE
	stb 11, TIMA_CPPR(12)
	sync				/* as below */
	branch_unless_short 2f
	serve
	short_leave
2:	short_go_long short_xive

/* What a call of the hypervisor may change, beside r11, r12 and CR. */
	.macro short_save_hcall
	each_volatile std
	mfctr 11
	mfxer 12
	std 11, FRAME_CTR(1)
	std 12, FRAME_XER(1)
	.endm

	.macro short_restore_hcall
	ld 11, FRAME_CTR(1)
	ld 12, FRAME_XER(1)
	mtctr 11
	mtxer 12
	each_volatile ld
	.endm

/* A doorbell of another thread of this core. */
	.globl short_msgsndp
short_msgsndp:
	short_begin
	short_save_srr
	branch_unless_short 2f
	serve
	short_leave
2:	short_go_long short_msgsndp

/*
 * An external interrupt of the XICS, which wants three calls of the hypervisor: XIRR accepts it (the line goes down, the CPU's
 * priority becomes the interrupt's), the priority at which this CPU is wanted goes, or else the end of the interrupt would raise it
 * again, and EOI lets interrupts of every priority in again. They take every volatile register, SRR0 and SRR1. What came to be
 * wanted between the first look and the second may have been sent before the second call, which swallowed it: then the long way
 * sees to all of it.
 */
	.globl short_xics
short_xics:
	short_begin
	short_save_srr
	branch_unless_short 2f
	short_save_hcall
	li 3, H_XIRR
	sc 1
	std 4, FRAME_GPR + 8 * 13(1)
	mfspr 4, SPR_SPRG0
	lwz 4, CPU_HWID(4)
	li 3, H_IPI
	li 5, PRIORITY_NONE
	sc 1
	ld 4, FRAME_GPR + 8 * 13(1)
	li 3, H_EOI
	sc 1
	sync				/* the interrupt's end before the look at what is wanted */
	branch_unless_short 3f
	serve
	short_restore_hcall
	short_leave
3:	short_restore_hcall
2:	short_go_long short_xics

	.macro each_low op
	.irp n, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	\op \n, FRAME_GPR + 8 * \n(1)
	.endr
	.endm

	.macro each_high op
	.irp n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op \n, FRAME_GPR + 8 * \n(1)
	.endr
	.endm

/* r12: vector, r13: struct cpu. */
	.macro common name, sprg, save, done
	.globl \name
	.type \name, @function
\name:
	stdu 1, -(RED_ZONE + FRAME_SIZE)(1)
	each_low std
	each_high std
	ld 0, \save + SAVE_R12(13)
	ld 3, \save + SAVE_LR(13)
	ld 4, \save + SAVE_NIP(13)
	ld 5, \save + SAVE_MSR(13)
	mfspr 6, \sprg
	mfctr 7
	mfxer 8
	mfcr 9
	std 0, FRAME_GPR + 8 * 12(1)
	std 3, FRAME_LR(1)
	std 4, FRAME_NIP(1)
	std 5, FRAME_MSR(1)
	std 6, FRAME_GPR + 8 * 13(1)
	std 7, FRAME_CTR(1)
	std 8, FRAME_XER(1)
	std 9, FRAME_CR(1)
	addi 7, 1, RED_ZONE + FRAME_SIZE
	std 7, FRAME_GPR + 8 * 1(1)
	std 4, 16(1)			/* the caller of the handler is the interrupted code */
	lwz 13, CPU_ID(13)		/* whatever it was: an NMI may come in the middle of a vector */
	mfmsr 6
	ori 6, 6, MSR_IR | MSR_DR | MSR_RI
	mtmsrd 6, 0
	isync
	mr 3, 1
	mr 4, 12
	bl ppc64_trap
	nop
	li 6, 0
	mtmsrd 6, 1			/* RI off: SRR0 and SRR1 are about to be set */
	\done
	ld 3, FRAME_LR(1)
	ld 4, FRAME_NIP(1)
	ld 5, FRAME_MSR(1)
	ld 7, FRAME_CTR(1)
	ld 8, FRAME_XER(1)
	ld 9, FRAME_CR(1)
	mtlr 3
	mtctr 7
	mtxer 8
	mtcr 9
	mtspr SPR_SRR0, 4
	mtspr SPR_SRR1, 5
	each_low ld
	ld 12, FRAME_GPR + 8 * 12(1)
	ld 13, FRAME_GPR + 8 * 13(1)
	each_high ld
	addi 1, 1, RED_ZONE + FRAME_SIZE
	rfid
	.endm

/* The next one may come. From here to rfid there is no branch, so that an emulator that changes CPUs only at one does not let it in. */
	.macro nmi_done
	mfspr 3, SPR_SPRG0
	lwz 3, CPU_ID(3)
	sldi 3, 3, 6
	addis 4, 2, ppc64_nmi_busy@toc@ha
	addi 4, 4, ppc64_nmi_busy@toc@l
	lwsync
	stdx 6, 3, 4
	.endm

	.macro nothing
	.endm

	.balign 512
	common trap_irq, SPR_SPRG1, CPU_SAVE, nothing
	.balign 512
	common trap_nmi, SPR_SPRG2, CPU_SAVE_NMI, nmi_done

/*
 * void papr_idle_until(const volatile u64 *word): H_CEDE opens interrupts and waits for one in one step. The NMI between the test and the
 * call makes the test again: the trap handler moves its return.
 */
	.globl papr_idle_until, idle_test, idle_end
	.type papr_idle_until, @function
papr_idle_until:
	std 31, -8(1)
	mr 31, 3
1:	li 4, MSR_RI
	mtmsrd 4, 1
idle_test:
	ld 4, 0(31)
	cmpdi 4, 0
	bne 2f
	li 3, H_CEDE
	sc 1
idle_end:
	b 1b
2:	li 4, MSR_RI
	ori 4, 4, MSR_EE
	mtmsrd 4, 1
	ld 31, -8(1)
	blr

/*
 * void powernv_idle_until(const volatile u64 *word): with PSSCR[EC] clear a pending interrupt ends stop though it is closed, and
 * nothing is lost between the test and it. A system reset ends it too, and goes on behind it with nothing lost; what it is told of a
 * stop that lost state (SRR1 46:47) is never true here.
 */
	.globl powernv_idle_until, bare_idle_test, bare_idle_end
	.type powernv_idle_until, @function
powernv_idle_until:
	li 5, MSR_RI
	ori 6, 5, MSR_EE
1:	mtmsrd 5, 1
bare_idle_test:
	ld 4, 0(3)
	cmpdi 4, 0
	bne 2f
	.machine push
	.machine power9
	stop
	.machine pop
bare_idle_end:
2:	mtmsrd 6, 1
	ld 4, 0(3)
	cmpdi 4, 0
	beq 1b
	blr

/* s64 ppc64_hcall(u64 op, u64 a, u64 b, u64 c, u64 d, u64 ret[4]) */
	.globl ppc64_hcall
	.type ppc64_hcall, @function
ppc64_hcall:
	std 8, -8(1)
	sc 1
	ld 8, -8(1)
	cmpdi 8, 0
	beqlr
	std 4, 0(8)
	std 5, 8(8)
	std 6, 16(8)
	std 7, 24(8)
	blr

/* s64 ppc64_hcall6(u64 op, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) */
	.globl ppc64_hcall6
	.type ppc64_hcall6, @function
ppc64_hcall6:
	sc 1
	blr

/* s64 ppc64_hcall_bulk(u64 op, u64 words[8]): r4 to r11, there and back. */
	.globl ppc64_hcall_bulk
	.type ppc64_hcall_bulk, @function
ppc64_hcall_bulk:
	std 4, -8(1)
	mr 12, 4
	.irp n, 4, 5, 6, 7, 8, 9, 10, 11
	ld \n, 8 * (\n - 4)(12)
	.endr
	sc 1
	ld 12, -8(1)
	.irp n, 4, 5, 6, 7, 8, 9, 10, 11
	std \n, 8 * (\n - 4)(12)
	.endr
	blr

/* bool arch_probe_read(const volatile u64 *p, u64 *val): trap.c moves a fault at the first label to the second. */
	.globl arch_probe_read, probe_load, probe_fault
	.type arch_probe_read, @function
arch_probe_read:
probe_load:
	ld 5, 0(3)
	std 5, 0(4)
	li 3, 1
	blr
probe_fault:
	li 3, 0
	blr

	.section .note.GNU-stack, "", @progbits
