/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the loader to C. One image, as ELF and as flat "Image" (Linux, Documentation/arch/arm64/booting.rst), entered at its first
 * byte with x0 = device tree (an ELF loader may leave 0), at EL2 or EL1, MMU and caches on or off, at any address that is a
 * multiple of 4K.
 *
 * Both kinds of CPU come the same way: drop to EL1, MMU off, build or take the boot map, MMU on, go to C. Until the MMU is on,
 * code is position independent and touches no data but the boot map and a stack; what it writes there goes past the caches, so
 * lines that a loader may have left are cleaned and dropped before and after. Relocations and .bss come once the MMU is on.
 *
 * EL2 stays reachable: a vector of its own serves HVC with x0 = function, x1 = argument (arm64_el2_call()).
 */
#include <arch/arm64.h>
#include <arch/link.h>

#define CURRENT_EL2 8
#define BOOT_MAP_SIZE (7 * 4096)	/* asserted in map.c */
#define HCR_RW (1 << 31)
#define PSTATE_EL1H 0x3c5	/* EL1 with SP_EL1, all interrupts closed */

	.section .boot.header, "ax"
	.globl boot_entry
boot_entry:
	b primary
	.long 0
	.quad 0					/* offset from a multiple of 2 MiB */
	.long _image_size, 0			/* with .bss */
	.quad 0xa				/* little endian, 4K pages, anywhere in memory */
	.quad 0, 0, 0
	.ascii "ARM\x64"
	.long 0

	.section .boot.text, "ax"
/* Lines of [x0, x1) to the point of coherency. Clobbers x2, x3. */
clean_range:
	mrs x3, ctr_el0
	ubfx x3, x3, #16, #4
	mov x2, #4
	lsl x2, x2, x3
	sub x3, x2, #1
	bic x0, x0, x3
1:	dc civac, x0
	add x0, x0, x2
	cmp x0, x1
	b.lo 1b
	dsb sy
	ret

/*
 * To EL1 with the MMU off, whatever it was. x20: the exception level of entry. Clobbers x0 to x3. E2H is cleared first: then the
 * registers named _el1 are those of EL1. A CPU whose E2H cannot be cleared is not served.
 */
to_el1:
	msr daifset, #15
	mrs x0, CurrentEL
	lsr x20, x0, #2
	cmp x0, #CURRENT_EL2
	b.eq 2f
	b.hi stop				/* EL3: firmware's, not ours */
	mrs x0, sctlr_el1
	bic x0, x0, #SCTLR_M
	msr sctlr_el1, x0
	isb
	ldr x0, =SCTLR_RES1
	msr sctlr_el1, x0
	isb
	ret
2:	mrs x0, sctlr_el2
	bic x0, x0, #SCTLR_M
	bic x0, x0, #4
	msr sctlr_el2, x0
	isb
	mov x0, #HCR_RW
	msr hcr_el2, x0
	isb
	ldr x0, =SCTLR_RES1 | 0x30c50830
	msr sctlr_el2, x0
	ldr x0, =SCTLR_RES1
	msr sctlr_el1, x0
	mrs x0, midr_el1			/* what EL1 reads as its own */
	msr vpidr_el2, x0
	mrs x0, mpidr_el1
	msr vmpidr_el2, x0
	mov x0, #3				/* timer and counter open to EL1 */
	msr cnthctl_el2, x0
	msr cntvoff_el2, xzr
	mov x0, #0x33ff				/* floating point too */
	msr cptr_el2, x0
	msr hstr_el2, xzr
	msr vttbr_el2, xzr
	mrs x0, id_aa64dfr0_el1			/* every event counter to EL1 */
	ubfx x0, x0, #8, #4
	cbz x0, 3f
	cmp x0, #15
	b.eq 3f
	mrs x0, pmcr_el0
	ubfx x0, x0, #11, #5
3:	msr mdcr_el2, x0
	mrs x0, id_aa64pfr0_el1			/* GICv3: its registers instead of its memory */
	ubfx x0, x0, #24, #4
	cbz x0, 4f
	mrs x0, s3_4_c12_c9_5			/* ICC_SRE_EL2 */
	orr x0, x0, #0xf
	msr s3_4_c12_c9_5, x0
	isb
	msr s3_4_c12_c11_0, xzr			/* ICH_HCR_EL2 */
4:	adrp x0, el2_vectors
	add x0, x0, :lo12:el2_vectors
	msr vbar_el2, x0
	mov x0, #PSTATE_EL1H
	msr spsr_el2, x0
	msr elr_el2, x30
	eret

/* The boot map in force. Clobbers x0, x1. Returns to the caller in the map, which has the same addresses. */
mmu_on:
	ic iallu
	tlbi vmalle1
	dsb nsh
	ldr x0, =ARM64_MAIR
	msr mair_el1, x0
	ldr x0, =TCR_COMMON
	mrs x1, id_aa64mmfr0_el1
	and x1, x1, #7
	cmp x1, #5
	b.ls 1f
	mov x1, #5
1:	orr x0, x0, x1, lsl #32
	msr tcr_el1, x0
	adrp x0, boot_map
	add x0, x0, :lo12:boot_map
	msr ttbr0_el1, x0
	isb
	ldr x0, =SCTLR_ON
	msr sctlr_el1, x0
	isb
	ret

primary:
	mov x19, x0
	adrp x0, _image_start
	add x0, x0, :lo12:_image_start
	adrp x1, _bss_start
	add x1, x1, :lo12:_bss_start
	bl clean_range
	bl to_el1
	msr spsel, #1
	adrp x0, boot_map + BOOT_MAP_SIZE			/* the last page of the map is the stack until the MMU is on */
	add x0, x0, :lo12:(boot_map + BOOT_MAP_SIZE)
	mov sp, x0
	mov x29, xzr				/* the end of every backtrace */
	mov x0, x19
	bl boot_map_build
	mov x21, x19
	mov x19, x0
	adrp x0, boot_map
	add x0, x0, :lo12:boot_map
	adrp x1, boot_map + BOOT_MAP_SIZE
	add x1, x1, :lo12:(boot_map + BOOT_MAP_SIZE)
	bl clean_range
	bl mmu_on
	/* .bss, by whole blocks of DC ZVA (at most 2K; the script pads to 4K). */
	adrp x0, _bss_start
	add x0, x0, :lo12:_bss_start
	adrp x1, _image_end
	add x1, x1, :lo12:_image_end
	mrs x2, dczid_el0
	and x2, x2, #15
	mov x3, #4
	lsl x2, x3, x2
2:	dc zva, x0
	add x0, x0, x2
	cmp x0, x1
	b.lo 2b
	/* R_AARCH64_RELATIVE alone: where it was linked and where it is differ by x4. */
	adrp x0, _rela_start
	add x0, x0, :lo12:_rela_start
	adrp x1, _rela_end
	add x1, x1, :lo12:_rela_end
	adrp x4, _image_start
	add x4, x4, :lo12:_image_start
	ldr x2, =LINK_BASE
	sub x4, x4, x2
3:	cmp x0, x1
	b.hs 4f
	ldp x2, x3, [x0], #16
	ldr x5, [x0], #8
	cmp w3, #1027
	b.ne stop
	add x5, x5, x4
	str x5, [x2, x4]
	b 3b
4:	adrp x0, boot_stack_top
	add x0, x0, :lo12:boot_stack_top
	mov sp, x0
	msr tpidrro_el0, xzr
	mov x0, x19
	mov x1, x20
	mov x2, x21
	bl boot_main
stop:	wfi
	b stop

/* A CPU that was started: its number is in arm64_starting, its stack in its area. */
	.globl boot_secondary
boot_secondary:
	bl to_el1
	msr spsel, #1
	mov x29, xzr
	bl mmu_on
	adrp x0, arm64_starting
	ldr x0, [x0, :lo12:arm64_starting]
	adrp x1, cpu_area
	add x1, x1, :lo12:cpu_area
	mov x2, #CPU_SIZE
	madd x1, x0, x2, x1
	ldr x1, [x1, #CPU_STACK_TOP]
	mov sp, x1
	bl smp_secondary_main
	b stop
	.ltorg

/* --- EL2 --- */
	.text
	.balign 2048
el2_vectors:
	.rept 8
	.balign 128
	b el2_stop
	.endr
	.balign 128
	b el2_call
	.rept 7
	.balign 128
	b el2_stop
	.endr

/* HVC from EL1: call x0 with x1. There is no stack: what is stored with the MMU off would go past the caches of EL1. */
el2_call:
	msr tpidr_el2, x30
	mov x2, x0
	mov x0, x1
	blr x2
	mrs x30, tpidr_el2
	eret
el2_stop:
	wfi
	b el2_stop

	.section .bss, "aw", @nobits
	.balign 64
boot_stack:
	.skip 65536
	.globl boot_stack_top
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
