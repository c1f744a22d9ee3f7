/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kexec does on a bare machine, for tests/checks/kexec.py: moves SIZE bytes of the image from FROM to TO, copies its first 256
 * bytes to address 0 but for the first word, which is the loader's own there, sends the other CPUs to HOLD with their numbers in r3,
 * and enters TO with r3 = tree, r4 = TO, r5 = 0, and nothing in r8 and r9.
 *
 * Without OPAL it is the file that QEMU puts at address 0 and enters at 0x10 on all CPUs. Behind OPAL it is a payload, entered on one
 * CPU; RELEASE: it takes the others from OPAL first, as a kernel that crashed leaves them.
 */
	.machine power9
	.globl _start
_start:
	b 1f
	.org _start + 0x10
	b 1f
	/* Above what the kernel's vectors take. */
	.org _start + 0x8000
1:	mr 30, 3
	mr 29, 8
	mr 28, 9
	mfspr 31, 1023			/* PIR */
	bcl 20, 31, 2f
2:	mflr 27
#ifndef OPAL
	cmpwi 31, 0
	bne slave
#endif
#ifndef OPAL
	/* The others are past the first instructions before those are written over. */
0:	or 1, 1, 1
	or 2, 2, 2
	lwz 4, arrived - 2b(27)
	cmpwi 4, OTHERS
	bne 0b
#endif
#ifdef RELEASE
	li 0, 70			/* OPAL_REINIT_CPUS: interrupts in little endian, as the kernel before wanted them */
	mr 2, 29
	li 3, 2
	mtctr 28
	bctrl
	li 26, 0
3:	cmpw 26, 31
	beq 4f
	li 0, 41			/* OPAL_START_CPU */
	mr 2, 29
	mr 3, 26
	addi 4, 27, slave - 2b
	mtctr 28
	bctrl
4:	addi 26, 26, 4
	cmpwi 26, RELEASE * 4
	blt 3b
#endif
	lis 5, FROM@h
	ori 5, 5, FROM@l
	lis 6, TO@h
	ori 6, 6, TO@l
	lis 7, SIZE@h
	ori 7, 7, SIZE@l
	bl copy
	lis 5, TO@h
	ori 5, 5, TO@l
	addi 5, 5, 8
	li 6, 8
	li 7, 0x100 - 8
	bl copy
	li 6, 0
	lis 4, 0x4800			/* b . */
	stw 4, 0(6)
	lis 5, TO@h
	ori 5, 5, TO@l
	lwz 4, 4(5)
	stw 4, 4(6)
	li 4, 1
	stw 4, released - 2b(27)
	sync
	li 4, 0x1000
	mtctr 4
	/* The others get there before anybody writes to it again. */
5:	or 1, 1, 1
	or 2, 2, 2
	bdnz 5b
	mr 3, 30
	lis 4, TO@h
	ori 4, 4, TO@l
	li 5, 0
	li 8, -1
	li 9, -1
	mtctr 4
	bctr

slave:	bcl 20, 31, 6f
6:	mflr 27
	mfspr 3, 1023
	addi 5, 27, arrived - 6b
9:	lwarx 4, 0, 5
	addi 4, 4, 1
	stwcx. 4, 0, 5
	bne 9b
7:	or 1, 1, 1
	or 2, 2, 2
	lwz 4, released - 6b(27)
	cmpwi 4, 0
	beq 7b
	isync
	lis 4, HOLD@h
	ori 4, 4, HOLD@l
	mtctr 4
	bctr

	/* r7 bytes, a multiple of 8, from r5 to r6. */
copy:	srdi 7, 7, 3
	mtctr 7
8:	ld 4, 0(5)
	std 4, 0(6)
	dcbst 0, 6
	sync
	icbi 0, 6
	addi 5, 5, 8
	addi 6, 6, 8
	bdnz 8b
	sync
	isync
	blr
	.balign 8
released:
	.long 0
arrived:
	.long 0
