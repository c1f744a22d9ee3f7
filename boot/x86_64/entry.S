/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the loader to C. One file, three ways in:
 *  - PVH (QEMU -kernel): 32-bit protected mode, EBX = start_info; the note below names boot_entry32.
 *  - multiboot2 (GRUB, BIOS or UEFI): 32-bit protected mode, EAX = magic, EBX = information; the entry-address tag names
 *    boot_entry32, because e_entry is 64-bit code. There is no multiboot1 header: QEMU would try it first and refuse an ELF64.
 *  - e_entry (loaders that jump in 64-bit mode): nothing is handed over in a form known here, so boot_main() reports it.
 *
 * boot_main() is given EAX and EBX as they came and decides by the data which protocol it was: one firmware enters PVH
 * kernels with a multiboot magic in EAX.
 */
#include <arch/x86.h>

	.section .boot.header, "a"
	.balign 8
mb2_header:
	.long 0xe85250d6			/* multiboot2 */
	.long 0					/* i386 protected mode */
	.long mb2_end - mb2_header
	.long -(0xe85250d6 + 0 + (mb2_end - mb2_header))
	.balign 8
	.word 3, 0				/* entry address */
	.long 12
	.long boot_entry32
	.balign 8
	.word 1, 0				/* information request: we cannot do without */
	.long 8 + 4 * 2
	.long 1, 6				/* command line, memory map */
	.balign 8
	.word 0, 0				/* end */
	.long 8
mb2_end:

	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, 18				/* name and descriptor sizes, XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz "Xen"
	.quad boot_entry32

	.section .boot.text, "ax"
	.code32
	.globl boot_entry32
boot_entry32:
	cli
	cld
	movl %eax, %edi
	movl %ebx, %esi
	lgdt x86_gdt_pointer
	x86_long_mode
	ljmp $X86_CS, $boot64

	.code64
	.globl boot_entry64
boot_entry64:
	cli
	cld
	lgdt x86_gdt_pointer(%rip)
	movl $X86_CR4_INIT, %eax
	movq %rax, %cr4
	movl $x86_boot_pml4, %eax
	movq %rax, %cr3
	x86_efer_init
	xorl %edi, %edi				/* no magic, no information */
	xorl %esi, %esi
	movl $boot_stack_top, %esp
	pushq $X86_CS
	pushq $boot64
	lretq

boot64:
	movl $X86_DS, %eax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $boot_stack_top, %esp
	fninit					/* MXCSR is as reset and UEFI define it; some KVMs cannot emulate LDMXCSR */
	movl %edi, %edi				/* the high halves are not defined after a mode switch */
	movl %esi, %esi
	xorl %ebp, %ebp				/* the end of every backtrace */
	call boot_main
1:	hlt
	jmp 1b

	.section .data, "aw"
	.balign 8
	.globl x86_gdt, x86_gdt_pointer
x86_gdt:
	.quad 0
	.quad 0x00af9b000000ffff		/* X86_CS: 64-bit code, accessed */
	.quad 0x00cf93000000ffff		/* X86_DS: data, accessed */
x86_gdt_end:
	.balign 8
x86_gdt_pointer:				/* 32-bit and 64-bit LGDT read as much as they need */
	.word x86_gdt_end - x86_gdt - 1
	.quad x86_gdt

/*
 * Static tables, identity: 2M leaves for the first 4 GiB, 1G leaves above. A CPU without 1G pages faults on the latter;
 * bootinfo.c leaves RAM above 4 GiB out on such a CPU. 0xe3: present, writable, accessed, dirty, large.
 */
	.section .data.page, "aw"
	.balign 4096
	.globl x86_boot_pml4
x86_boot_pml4:
	.quad boot_pdpt + 0x23
	.fill 511, 8, 0
boot_pdpt:
	.quad boot_pd + 0x0023, boot_pd + 0x1023, boot_pd + 0x2023, boot_pd + 0x3023
	.set i, 4
	.rept 508
	.quad i * 0x40000000 + 0xe3
	.set i, i + 1
	.endr
boot_pd:
	.set i, 0
	.rept 2048
	.quad i * 0x200000 + 0xe3
	.set i, i + 1
	.endr

	.section .bss, "aw", @nobits
	.balign 64
	.globl boot_stack_top
boot_stack:
	.skip 65536
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
