/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the firmware to C. One image, entered at its first byte by whoever loaded it: big-endian, translation off, perhaps in 32-bit
 * mode, at any address that is a multiple of 64K, r3 = device tree, or r5 = Open Firmware's client interface.
 *
 * With translation off the four highest bits of an address are ignored, so everything runs at its address in quadrant 3 at once,
 * and the kernel's own map is the first.
 *
 * At 0x60 is where kexec leaves other CPUs (its ABI copies the first 256 bytes elsewhere).
 */
#include <arch/link.h>
#include <arch/ppc64.h>

/* An instruction in big-endian, whatever the image is in. */
	.macro be word
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	.long \word
#else
	.long ((\word & 0xff) << 24) | ((\word & 0xff00) << 8) | ((\word >> 8) & 0xff00) | ((\word >> 24) & 0xff)
#endif
	.endm

/* Go on behind this in the image's byte order, 64 bits, quadrant 3. Clobbers r10 to r12, LR, SRR0, SRR1. */
	.macro to_kernel_mode
.Lto_kernel\@:
	be 0x429f0005			/* bcl 20, 31, .+4 */
	be 0x7d4802a6			/* mflr r10 */
	be 0x394a003c			/* addi r10, r10, .Lto_kernel + 0x40 - here */
	be 0x3980fffc			/* li r12, -4 */
	be 0x798ce0c6			/* sldi r12, r12, 60: KERNEL_BASE */
	be 0x7d4a6378			/* or r10, r10, r12 */
	be 0x39600009			/* li r11, 9 */
	be 0x796be0c6			/* sldi r11, r11, 60: MSR_SF, and MSR_HV where it is set */
	be (0x616b1000 | MSR_ORDER)	/* ori r11, r11, MSR_ME | MSR_ORDER */
	be 0x7d5a03a6			/* mtsrr0 r10 */
	be 0x7d7b03a6			/* mtsrr1 r11 */
	be 0x4c000024			/* rfid */
	.org .Lto_kernel\@ + 0x40
	.endm

/* r2, from where this runs. */
	.macro load_toc
	bcl 20, 31, .Ltoc\@
.Ltoc\@:
	mflr 2
	addis 2, 2, (.TOC. - .Ltoc\@)@ha
	addi 2, 2, (.TOC. - .Ltoc\@)@l
	.endm

	.macro addr reg, symbol
	addis \reg, 2, \symbol@toc@ha
	addi \reg, \reg, \symbol@toc@l
	.endm

	.section .boot.header, "ax"
	.globl boot_entry
boot_entry:
	be 0x48000080			/* b 0x80 */
	.org boot_entry + HOLD_CODE
1:	be 0x7d8802a6			/* mflr r12: boot_entry + 0x64 */
2:	be 0x7c210b78			/* or r1, r1, r1 */
	be 0x808cffe4			/* lwz r4, HOLD_SERVER - 0x64(r12) */
	be 0x7c041800			/* cmpw r4, r3 */
	be 0x4082fff4			/* bne 2b */
	be 0x4c00012c			/* isync: where to is read behind whether */
	be 0xe88cffec			/* ld r4, HOLD_TARGET - 0x64(r12) */
	be 0x7c8903a6			/* mtctr r4 */
	be 0x4e800420			/* bctr */
	.org boot_entry + HOLD_SERVER
	.long -1			/* nobody */
	.org boot_entry + HOLD_TARGET
	.quad 0
	.org boot_entry + 0x60
	be 0x429f0005			/* bcl 20, 31, .+4 */
	be 0x4bffffb4			/* b 1b */
	.org boot_entry + 0x80
	be 0x7d2000a6			/* mfmsr r9 */
	to_kernel_mode
	mr 31, 3
	mr 30, 5
	mr 29, 9
	load_toc
	/* .bss, which begins and ends at a multiple of 4K. */
	addr 3, _bss_start
	addr 4, _image_end
	li 0, 0
1:	std 0, 0(3)
	std 0, 8(3)
	addi 3, 3, 16
	cmpld 3, 4
	blt 1b
	/* R_PPC64_RELATIVE alone: where it was linked and where it is differ by r6. */
	addr 3, _rela_start
	addr 4, _rela_end
	addr 6, _image_start
	lis 5, (LINK_BASE >> 48)
	sldi 5, 5, 32
	subf 6, 5, 6
2:	cmpld 3, 4
	bge 3f
	ld 7, 0(3)
	ld 8, 8(3)
	ld 9, 16(3)
	addi 3, 3, 24
	cmpdi 8, 22
	bne stop
	add 9, 9, 6
	stdx 9, 7, 6
	b 2b
3:	addr 1, boot_stack_top
	li 0, 0
	stdu 0, -64(1)			/* the end of every backtrace */
	li 13, 0
	mr 3, 31
	mr 4, 30
	mr 5, 29
	bl boot_main
	nop
stop:	b stop

/* A CPU that was started: r3 is its number; or boot_starting is. */
	.globl boot_secondary, boot_secondary_bare, boot_starting
	.balign 64
boot_secondary_bare:
	to_kernel_mode
	load_toc
	addr 3, boot_starting
	lwz 3, 0(3)
	b 1f
	.balign 64
boot_secondary:
	to_kernel_mode
	load_toc
1:
	clrldi 3, 3, 32
	addr 4, cpu_area
	mulli 5, 3, CPU_SIZE
	add 4, 4, 5
	ld 1, CPU_STACK_TOP(4)
	li 0, 0
	stdu 0, -64(1)
	bl smp_secondary_main
	nop
	b stop

/*
 * int of_enter(u64 cells, u64 entry, u64 msr): into Open Firmware and back. It is called as a program of 32 bits, as its cells are, and
 * otherwise in the mode that it entered the image in. Of registers it keeps the lower halves at most, so all that C keeps are saved here.
 * Its stack is this one: below the frame that it takes for its caller's, which of no ABI has more than FIRMWARE_FRAME bytes.
 */
#define FIRMWARE_FRAME 112
#define OF_FRAME (FIRMWARE_FRAME + 20 * 8)
	.macro each_kept op
	.irp n, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op \n, FIRMWARE_FRAME + 8 * (\n - 12)(1)
	.endr
	.endm

	.globl of_enter
	.type of_enter, @function
of_enter:
	mflr 0
	std 0, 16(1)
	mfcr 0
	stw 0, 8(1)
	stdu 1, -OF_FRAME(1)
	std 2, FIRMWARE_FRAME(1)
	each_kept std
	bcl 20, 31, 1f
1:	mflr 6
	addi 6, 6, 2f - 1b
	clrldi 6, 6, 4			/* from quadrant 3 to the address that 32 bits can hold */
	clrldi 1, 1, 4
	mtlr 6
	clrldi 5, 5, 1			/* MSR_SF */
	mtspr SPR_SRR0, 4
	mtspr SPR_SRR1, 5
	rfid
2:	to_kernel_mode
	lis 4, (KERNEL_BASE >> 48)
	sldi 4, 4, 32
	clrldi 1, 1, 32
	or 1, 1, 4
	each_kept ld
	ld 2, FIRMWARE_FRAME(1)
	addi 1, 1, OF_FRAME
	lwz 0, 8(1)
	mtcrf 0xff, 0
	ld 0, 16(1)
	mtlr 0
	blr

/*
 * s64 ppc64_opal_call(u64 token, u64 a, u64 b, u64 c): OPAL runs big-endian with translation off, on a stack of its own, and wants r0
 * = token, r2 = its base, LR = where to return to, in the same state.
 */
	.text
	.globl ppc64_opal_call
	.type ppc64_opal_call, @function
ppc64_opal_call:
	mflr 0
	std 0, 16(1)
	mfcr 0
	stw 0, 8(1)
	stdu 1, -112(1)
	std 2, 24(1)
	std 13, 40(1)
	mfmsr 8
	std 8, 48(1)
	li 9, 0
	mtmsrd 9, 1
	mr 0, 3
	mr 3, 4
	mr 4, 5
	mr 5, 6
	addr 12, ppc64_opal
	ld 2, 0(12)
	ld 12, 8(12)
	bcl 20, 31, 1f
1:	mflr 11
	addi 11, 11, opal_return - 1b
	mtlr 11
	li 11, 9
	sldi 11, 11, 60
	ori 11, 11, MSR_ME
	mtspr SPR_HSRR0, 12
	mtspr SPR_HSRR1, 11
	hrfid
	.balign 64
opal_return:
	to_kernel_mode
	ld 13, 40(1)
	ld 2, 24(1)
	ld 8, 48(1)
	mtmsrd 8, 0
	isync
	addi 1, 1, 112
	lwz 0, 8(1)
	mtcr 0
	ld 0, 16(1)
	mtlr 0
	blr

	.section .bss, "aw", @nobits
	.balign 64
boot_starting:
	.skip 64
boot_stack:
	.skip 65536
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
