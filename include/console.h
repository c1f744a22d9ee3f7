/* SPDX-License-Identifier: GPL-2.0-only */
/* Output and ways to stop. kprintf() is integer only and safe everywhere (interrupts, NMIs, panics, before the MMU). */
#ifndef SKEET_CONSOLE_H
#define SKEET_CONSOLE_H

#include <stdarg.h>
#include <types.h>

/* %s %c %d %u %x %p %% with l/ll/z, width, 0 and - flags. In thread context newlib's printf() may be used instead. */
void kprintf(const char *fmt, ...) __printf_like(1, 2);
void kvprintf(const char *fmt, va_list ap);
/* The same into @buf, always terminated (@size > 0); what does not fit is dropped. */
void ksnprintf(char *buf, size_t size, const char *fmt, ...) __printf_like(3, 4);
void kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
/* @n bytes as they are, in one piece against other CPUs. */
void console_write(const char *s, size_t n);
/* Print the reason, a raw backtrace, every CPU's state and stack; power off with status 2. A trap prints registers first. */
void __noreturn panic(const char *fmt, ...) __printf_like(1, 2);
/* One line a CPU: online, where it waits, counters. Used by panic() and by every deadline. */
void dump_cpus(void);
/* arch: print return addresses from frame pointer @fp as "STACK 0x..." lines (resolved on the host by addr2line). */
void arch_backtrace(u64 fp);

#endif
