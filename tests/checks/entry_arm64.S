/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A loader for tests/checks/entry.py: leaves the CPU as firmware may, then goes to IMAGE with x0 = TREE.
 * MMU: translation and caches on at the level of entry (0 to 1 GiB Device, 1 to 3 GiB Normal, identity). VHE: E2H and TGE set.
 */
	.globl _start
_start:
#ifdef VHE
	ldr x0, =(1 << 34 | 1 << 27 | 1 << 31)
	msr hcr_el2, x0
	isb
#endif
#ifdef MMU
	adr x1, map
	mov x0, #0xff04
	mrs x2, CurrentEL
	cmp x2, #8
	b.eq 2f
	msr mair_el1, x0
	ldr x0, =(25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2 << 32)
	msr tcr_el1, x0
	msr ttbr0_el1, x1
	isb
	tlbi vmalle1
	dsb sy
	mrs x0, sctlr_el1
	ldr x2, =0x1005
	orr x0, x0, x2
	msr sctlr_el1, x0
	isb
	b 3f
2:	msr mair_el2, x0
	ldr x0, =(25 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16 | 1 << 23 | 1 << 31)
	msr tcr_el2, x0
	msr ttbr0_el2, x1
	isb
	tlbi alle2
	dsb sy
	mrs x0, sctlr_el2
	ldr x2, =0x1005
	orr x0, x0, x2
	msr sctlr_el2, x0
	isb
3:
#endif
	ldr x0, =TREE
	ldr x1, =IMAGE
	br x1
	.ltorg
	.balign 4096
map:	.quad 0x701, 0x40000705, 0x80000705
	.fill 509, 8, 0
