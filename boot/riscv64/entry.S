/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the firmware to C. One image, as ELF and as flat "Image" (Linux, Documentation/arch/riscv/boot-image-header.rst), entered at
 * its first byte in S-mode with a0 = hart ID, a1 = device tree, translation off, at any address that is a multiple of 4K. Any hart
 * may be the one.
 *
 * With translation off memory is as coherent as with it on, so C runs at once, and the kernel's own map is the first.
 */
#include <arch/link.h>
#include <arch/riscv.h>

	.section .boot.header, "ax"
	.globl boot_entry
boot_entry:
	.option push
	.option norvc
	j primary
	.word 0
	.option pop
	.quad 0x200000				/* offset from the start of memory, which has to be a multiple of 2 MiB */
	.quad _image_end - _image_start		/* with .bss; one symbol would be an address for boot_entry to relocate */
	.quad 0					/* little endian */
	.word 2, 0				/* version 0.2 */
	.quad 0
	.ascii "RISCV\0\0\0"
	.ascii "RSC\x05"
	.word 0

	.section .boot.text, "ax"
primary:
	csrw sie, zero
	csrw satp, zero
	mv s1, a0
	mv s2, a1
	/* .bss, which begins and ends at a multiple of 4K. */
	lla t0, _bss_start
	lla t1, _image_end
1:	sd zero, 0(t0)
	sd zero, 8(t0)
	sd zero, 16(t0)
	sd zero, 24(t0)
	addi t0, t0, 32
	bltu t0, t1, 1b
	/* R_RISCV_RELATIVE alone: where it was linked and where it is differ by t4. */
	lla t0, _rela_start
	lla t1, _rela_end
	lla t4, _image_start
	li t2, LINK_BASE
	sub t4, t4, t2
2:	bgeu t0, t1, 3f
	ld t2, 0(t0)
	ld t3, 8(t0)
	ld t5, 16(t0)
	addi t0, t0, 24
	li t6, 3
	bne t3, t6, stop
	add t2, t2, t4
	add t5, t5, t4
	sd t5, (t2)
	j 2b
3:	fence.i
	lla sp, boot_stack_top
	mv s0, zero				/* the end of every backtrace */
	mv tp, zero
	mv a0, s1
	mv a1, s2
	call boot_main
stop:	wfi
	j stop

/* A hart that was started: a1 is its struct cpu. FENCE.I: it sees the image that other harts stored; theirs was not for this one. */
	.globl boot_secondary
	.balign 4
boot_secondary:
	csrw sie, zero
	csrw satp, zero
	fence.i
	mv s0, zero
	ld sp, CPU_STACK_TOP(a1)
	lwu a0, CPU_ID(a1)
	call smp_secondary_main
	j stop

	.section .bss, "aw", @nobits
	.balign 64
boot_stack:
	.skip 65536
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
