/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a start-up IPI sends a CPU: copied to a page below 1 MiB, real mode, CS = page. Straight into long mode
 * (SDM Vol. 3, 10.8.5, allows PE and PG in one write), then to ap64 in the image.
 */
#include <arch/x86.h>

	.section .rodata
	.code16
	.globl x86_tramp_start, x86_tramp_end
x86_tramp_start:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	lgdtl tramp_gdt_pointer - x86_tramp_start
	x86_long_mode
	ljmpl $X86_CS, $ap64
	.balign 4
tramp_gdt_pointer:
	.word 3 * 8 - 1
	.long x86_gdt
x86_tramp_end:

	.text
	.code64
ap64:
	movl $X86_DS, %eax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	fninit
	xorl %edi, %edi
	xchgl %edi, x86_ap_mailbox(%rip)	/* my number; 0 tells arch_cpu_start() that it was taken */
	testl %edi, %edi
	jz 1f
	imulq $CPU_SIZE, %rdi, %rax
	movq cpu_area + CPU_STACK_TOP(%rax), %rsp
	xorl %ebp, %ebp
	call smp_secondary_main
1:	cli					/* started by mistake */
	hlt
	jmp 1b

	.section .note.GNU-stack, "", @progbits
