/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware for tests/checks/firmware.py, for one hart of QEMU's virt: enters IMAGE in S-mode with a0 = HART and a1 = TREE (without
 * -DTREE: what QEMU gave). Of the SBI it has the old console and the probe, which owns up to HSM, IPI and RFENCE but for LACKS. It
 * lies in memory that the tree does not reserve, so it lives until the image takes memory.
 */
#define UART 0x10000000
#define FINISHER 0x100000
#define NOT_SUPPORTED -2

	.globl _start
_start:
	lla t0, trap
	csrw mtvec, t0
	/* All of memory is S-mode's, and so are traps but its calls, interrupts, counters and, where there is one, stimecmp. */
	li t0, -1
	csrw pmpaddr0, t0
	csrw mcounteren, t0
	li t0, 3 << 62				/* STCE, PBMTE */
	csrw 0x30a, t0				/* menvcfg */
	li t0, 0x1f
	csrw pmpcfg0, t0
	li t0, 0xb1ff
	csrw medeleg, t0
	li t0, 0x222
	csrw mideleg, t0
	li t0, 1 << 11				/* MPP */
	csrw mstatus, t0
	li t0, IMAGE
	csrw mepc, t0
	li a0, HART
#ifdef TREE
	li a1, TREE
#endif
	mret

	/* Of the caller's registers a call may change a0 and a1 alone. */
	.balign 4
trap:
	csrw mscratch, t0
	csrr a1, mcause
	li t0, 9				/* a call from S-mode */
	bne a1, t0, lost
	csrr a1, mepc
	addi a1, a1, 4
	csrw mepc, a1
	li a1, 1
	beq a7, a1, putchar
	li a1, 0x10				/* BASE */
	bne a7, a1, unknown
	li a1, 3
	bne a6, a1, zero
	li a1, LACKS
	beq a0, a1, zero
	li a1, 0x48534d				/* HSM */
	beq a0, a1, one
	li a1, 0x735049				/* IPI */
	beq a0, a1, one
	li a1, 0x52464e43			/* RFENCE */
	beq a0, a1, one
zero:	li a1, 0
	j good
one:	li a1, 1
	j good
putchar:
	li a1, UART
	sb a0, (a1)
good:	li a0, 0
	j leave
unknown:
	li a0, NOT_SUPPORTED
leave:	csrr t0, mscratch
	mret
	/* Nobody called: the emulator leaves with status 9. */
lost:	li t0, FINISHER
	li a1, 9 << 16 | 0x3333
	sw a1, (t0)
	j .

	.section .note.GNU-stack, "", @progbits
