/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the kernel after boot, and the idle loop, whose correctness depends on them.
 *
 * No IST and no TSS: there is only ring 0 with a valid stack and no red zone, and an NMI on an IST stack would overwrite
 * its own frame when an IRET inside a handler (a breakpoint, a fault) opens NMIs early. So the frame is always on the
 * interrupted stack, and nesting is harmless.
 *
 * The rule of the idle loop: a wake-up is never lost. A waker first makes the word not zero, then sends an IPI or NMI.
 *  - IPI: interrupts are closed from the test to the HLT (STI opens them one instruction late), so one that comes after the
 *    test ends the HLT. It therefore interrupts only at idle_check, which is where the test begins.
 *  - NMI: can come between the test and the HLT, also in the shadow of STI, and the HLT would then sleep on. So the NMI
 *    entry moves an interrupted RIP in [idle_sleep, idle_end) back to idle_check.
 */
#include <arch/x86.h>

	.macro save_all
	pushq %rax
	pushq %rbx
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rbp
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	.endm

	.macro restore_all
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rbp
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rbx
	popq %rax
	.endm

	.text
/* 256 stubs, 16 bytes each. The CPU pushes an error code for #DF, #TS to #PF, #AC, #CP, #VC and #SX. */
	.globl trap_stubs
	.balign 16
trap_stubs:
	.set vec, 0
	.rept 256
	.balign 16
	.if !(vec == 8 || (vec >= 10 && vec <= 14) || vec == 17 || vec == 21 || vec == 29 || vec == 30)
	pushq $0
	.endif
	pushq $vec
	jmp trap_common
	.set vec, vec + 1
	.endr

/* The CPU aligned the stack before its five words: five, two, fifteen and the two of the frame record keep it aligned. */
	.type trap_common, @function
trap_common:
	cld
	save_all
	movq %rsp, %rdi
	pushq 17 * 8(%rsp)			/* RIP and RBP: the interrupted code in the chain of frames */
	pushq %rbp
	movq %rsp, %rbp
	call trap_handle
	addq $16, %rsp
	restore_all
	addq $16, %rsp
	iretq

/* NMI: only what a C function may change is saved. */
	.globl nmi_entry
	.type nmi_entry, @function
nmi_entry:
	cld
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq 9 * 8(%rsp)
	pushq %rbp
	movq %rsp, %rbp
	call nmi_handle
	popq %rbp
	popq %rax				/* the interrupted RIP */
	leaq idle_sleep(%rip), %rcx
	subq %rcx, %rax
	cmpq $idle_end - idle_sleep, %rax
	jae 1f
	leaq idle_check(%rip), %rcx
	movq %rcx, 9 * 8(%rsp)
1:	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rax
	iretq

/* void arch_idle_until(const volatile u64 *word): five instructions a wake-up. */
	.globl arch_idle_until
	.type arch_idle_until, @function
arch_idle_until:
	jmp idle_check
idle_sleep:
	sti
	hlt
idle_check:
	cli
	cmpq $0, (%rdi)
	je idle_sleep
idle_end:
	sti
	ret

/*
 * Entries of the timing image for the IPIs that carry no call. Each touches this CPU's counters through GS, ends the
 * interrupt and only then acknowledges: after the acknowledgement the initiator may send the next one. The locked
 * decrement orders all that this CPU did before it (the drained walk) before the initiator's load of zero.
 */
	.macro eoi_xapic
	addr32 movl $0, LAPIC_PA + LAPIC_EOI	/* 32-bit addressing: the page lies above 2 GiB */
	.endm

	.macro eoi_x2apic
	pushq %rax
	pushq %rcx
	pushq %rdx
	xorl %eax, %eax
	xorl %edx, %edx
	movl $MSR_X2APIC + LAPIC_EOI / 16, %ecx
	wrmsr
	popq %rdx
	popq %rcx
	popq %rax
	.endm

	.macro ipi_sync_entry mode
	.globl ipi_sync_\mode
	.type ipi_sync_\mode, @function
ipi_sync_\mode:
	incq %gs:CPU_IPI_RECV
	incq %gs:CPU_SYNC_RECV
	eoi_\mode
	lock decq ipi_pending(%rip)
	iretq
	.endm

/* One page is the common request; the C path takes the rest, with the vector's stub. */
	.macro ipi_tlb_entry mode
	.globl ipi_tlb_\mode
	.type ipi_tlb_\mode, @function
ipi_tlb_\mode:
	cmpq $1, tlb_req + TLB_REQ_NR(%rip)
	jne trap_stubs + 16 * (VEC_IPI + 2)
	cmpq $0, tlb_req + TLB_REQ_KIND(%rip)
	jne trap_stubs + 16 * (VEC_IPI + 2)
	pushq %rax
	movq tlb_req + TLB_REQ_VA(%rip), %rax
	invlpg (%rax)
	popq %rax
	incq %gs:CPU_IPI_RECV
	incq %gs:CPU_TLB_RECV
	eoi_\mode
	lock decq ipi_pending(%rip)
	iretq
	.endm

	.balign 64
	ipi_sync_entry xapic
	.balign 64
	ipi_sync_entry x2apic
	.balign 64
	ipi_tlb_entry xapic
	.balign 64
	ipi_tlb_entry x2apic

/*
 * The same for an NMI that wants one page flushed and nothing else. As in nmi_handle(), the turn is given away after the
 * acknowledgement, so that under icount no walker is moved on by a flush; only IRET follows, or what a target still has
 * to do there would be counted into whatever the initiator does next. Every other request is put back for nmi_entry.
 */
	.globl nmi_flush_entry
	.type nmi_flush_entry, @function
nmi_flush_entry:
	pushq %rax
	xorl %eax, %eax
	xchgq %rax, %gs:CPU_NMI_WANT		/* locked: takes every request made before */
	cmpq $NMI_WANT_FLUSH, %rax
	jne 3f
	cmpq $1, tlb_req + TLB_REQ_NR(%rip)
	jne 3f
	cmpq $0, tlb_req + TLB_REQ_KIND(%rip)
	jne 3f
	movq tlb_req + TLB_REQ_VA(%rip), %rax
	invlpg (%rax)
	incq %gs:CPU_NMI_RECV
	incq %gs:CPU_TLB_RECV
	movq 8(%rsp), %rax			/* the idle loop's rule, as in nmi_entry */
	subq $idle_sleep, %rax
	cmpq $idle_end - idle_sleep, %rax
	jb 2f
1:	popq %rax
	lock decq ipi_pending(%rip)
	pause
	iretq
2:	movq $idle_check, 8(%rsp)
	jmp 1b
3:	lock orq %rax, %gs:CPU_NMI_WANT
	popq %rax
	jmp nmi_entry

/* bool arch_probe_read(const volatile u64 *p, u64 *val): trap.c moves a fault at the first label to the second. */
	.globl arch_probe_read, probe_load, probe_fault
	.type arch_probe_read, @function
arch_probe_read:
probe_load:
	movq (%rdi), %rax
	movq %rax, (%rsi)
	movl $1, %eax
	ret
probe_fault:
	xorl %eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
