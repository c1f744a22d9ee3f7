/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One script for every ISA, passed through cpp. Boot headers come first: loaders look for them near the start of the file.
 * Each linker set is an array sorted by the names of its entries, with __start_lset_SET and __stop_lset_SET around it.
 */
#include <arch/link.h>

#define LSET(set)                                                                                  \
	. = ALIGN(64);                                                                             \
	__start_lset_##set = .;                                                                    \
	KEEP(*(SORT_BY_NAME(.lset.set.*)))                                                         \
	__stop_lset_##set = .;

OUTPUT_FORMAT(LINK_FORMAT)
OUTPUT_ARCH(LINK_ARCH)
ENTRY(LINK_ENTRY)

/* For loaders that run the file where it lies, or that move one segment and no other: all of it is one. */
#ifdef LINK_ONE_SEGMENT
#define IN_RODATA :text
#define IN_NOTE :text
#define IN_DATA :text
#else
#define IN_RODATA :rodata
#define IN_NOTE :rodata :note
#define IN_DATA :data
#endif

PHDRS
{
#ifdef LINK_ONE_SEGMENT
	text PT_LOAD FLAGS(7);
#else
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	note PT_NOTE FLAGS(4);
	data PT_LOAD FLAGS(6);
#endif
}

SECTIONS
{
	. = LINK_BASE;
	_image_start = .;

	.text : {
		KEEP(*(.boot.header))
		KEEP(*(.boot.text))
		. = ALIGN(64);
		_timed_start = .;
		*(.text.timed .text.timed.*)
		_timed_end = .;
		*(.text .text.*)
	} :text

	. = ALIGN(4096);
	.rodata : {
		*(.rodata .rodata.*)
		LSET(cmd)
		LSET(test)
		LSET(sync)
		LSET(tlb)
		LSET(wl)
		LSET(wmut)
		LSET(words)
		LSET(board)
		KEEP(*(.init_array .init_array.* .fini_array .fini_array.*))
	} IN_RODATA

	/* Of an image that relocates itself. */
	.rela.dyn : {
		_rela_start = .;
		*(.rela .rela.*)
		_rela_end = .;
	} IN_RODATA

	.note.Xen : {
		KEEP(*(.note.Xen))
	} IN_NOTE

	. = ALIGN(4096);
	.data : {
		*(.data.page)
		*(.data .data.* .got .got.* .toc)
		*(.tm_clone_table)
		_data_end = .;
	} IN_DATA

	.bss : {
		. = ALIGN(4096);
		_bss_start = .;
		*(.bss.page)
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	} IN_DATA
	_image_end = .;
	_image_size = _image_end - _image_start;

	/DISCARD/ : {
		*(.interp .dynamic .dynsym .dynstr .hash .gnu.hash)
		*(.comment .eh_frame .eh_frame.* .note.GNU-stack .note.gnu.*)
	}
}

ASSERT(_data_end - _image_start <= 0x400000, "the image without .bss is larger than 4 MiB")
ASSERT(_image_end - _image_start <= 0x4000000, "the image with .bss is larger than 64 MiB")
