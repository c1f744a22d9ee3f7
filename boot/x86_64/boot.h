/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of boot/x86_64/. */
#ifndef SKEET_BOOT_X86_BOOT_H
#define SKEET_BOOT_X86_BOOT_H

#include <types.h>

/* Keep the first error for kmain() to print. */
void boot_error(const char *what);
/* An enabled CPU; known ones are ignored. */
void boot_add_cpu(u32 hwid);

/**
 * acpi_read - find the CPUs (MADT) and guess the board
 * @rsdp: root pointer structure or a copy of it, or NULL
 * Return: name of the board; errors go to boot_error().
 */
const char *acpi_read(const void *rsdp);

#endif
