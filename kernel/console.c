// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console: a small integer-only formatter over board_putc().
 *
 * One call is one piece of output against other CPUs. The lock is only tried: an NMI that interrupted the holder, or a
 * panic while the holder is stopped, breaks it after a bounded number of turns. Mixed lines are better than none.
 */
#include <bootinfo.h>
#include <console.h>
#include <smp.h>

#include "kernel.h"

#define CONSOLE_TURNS (1u << 16)

static u32 console_owner; /* 1 + number of the CPU that prints, 0: nobody */
bool console_alone = true;

/* Returns true if the caller now owns the lock, false if it prints without it. */
static bool console_lock(void)
{
	u32 me = console_alone ? 0 : this_cpu() + 1;

	if (!me)
		return false;
	for (unsigned turns = CONSOLE_TURNS; turns; turns--) {
		u32 owner = 0;

		/* Acquire: pairs with the release in console_unlock(), so that pieces do not mix on the wire. */
		if (__atomic_compare_exchange_n(&console_owner, &owner, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
		if (owner == me)
			return false;
		arch_relax();
	}
	return false;
}

static void console_unlock(bool owned)
{
	if (owned)
		__atomic_store_n(&console_owner, 0, __ATOMIC_RELEASE);
}

void console_write(const char *s, size_t n)
{
	bool owned = console_lock();

	while (n--)
		board_putc(*s++);
	console_unlock(owned);
}

/* Where formatted characters go: a buffer, or the wire if @buf is NULL. */
struct sink {
	char *buf;
	size_t left;
};

static void sink_putc(struct sink *s, char c)
{
	if (!s->buf) {
		board_putc(c);
	} else if (s->left > 1) {
		*s->buf++ = c;
		s->left--;
	}
}

struct spec {
	bool left, zero;
	unsigned width;
	size_t prec; /* of %s: at most so many bytes */
};

static void sink_fill(struct sink *s, char c, unsigned n)
{
	while (n--)
		sink_putc(s, c);
}

static void sink_text(struct sink *s, const struct spec *sp, const char *text, size_t len)
{
	unsigned pad = len < sp->width ? sp->width - (unsigned)len : 0;

	if (!sp->left)
		sink_fill(s, ' ', pad);
	for (size_t i = 0; i < len; i++)
		sink_putc(s, text[i]);
	if (sp->left)
		sink_fill(s, ' ', pad);
}

static void sink_number(struct sink *s, const struct spec *sp, u64 v, unsigned base, const char *prefix)
{
	char digits[20];
	unsigned n = 0, len = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (prefix[len])
		len++;
	len += n;
	if (!sp->left && !sp->zero && sp->width > len)
		sink_fill(s, ' ', sp->width - len);
	while (*prefix)
		sink_putc(s, *prefix++);
	if (!sp->left && sp->zero && sp->width > len)
		sink_fill(s, '0', sp->width - len);
	while (n)
		sink_putc(s, digits[--n]);
	if (sp->left && sp->width > len)
		sink_fill(s, ' ', sp->width - len);
}

static size_t text_len(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n])
		n++;
	return n;
}

static const char *parse_number(const char *f, va_list *ap, unsigned *out)
{
	if (*f == '*') {
		int v = va_arg(*ap, int);

		*out = v > 0 ? (unsigned)v : 0;
		return f + 1;
	}
	for (*out = 0; *f >= '0' && *f <= '9'; f++)
		*out = *out * 10 + (unsigned)(*f - '0');
	return f;
}

static const char *parse_flags(const char *f, va_list *ap, struct spec *sp)
{
	for (; *f == '-' || *f == '0'; f++) {
		sp->left |= *f == '-';
		sp->zero |= *f == '0';
	}
	f = parse_number(f, ap, &sp->width);
	if (*f == '.') {
		unsigned prec;

		f = parse_number(f + 1, ap, &prec);
		sp->prec = prec;
	}
	return f;
}

static u64 next_unsigned(va_list *ap, unsigned longs)
{
	return longs ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);
}

static s64 next_signed(va_list *ap, unsigned longs)
{
	return longs ? va_arg(*ap, long) : va_arg(*ap, int);
}

/* One conversion; @f is behind the '%'. Returns what follows it. */
static const char *convert(struct sink *s, const char *f, va_list *ap)
{
	struct spec sp = { .prec = (size_t)-1 };
	unsigned longs = 0;
	const char *text;
	char c;
	s64 v;

	f = parse_flags(f, ap, &sp);
	for (; *f == 'l' || *f == 'z'; f++)
		longs++;
	switch (*f) {
	case 'd':
	case 'i':
		v = next_signed(ap, longs);
		sink_number(s, &sp, v < 0 ? 0 - (u64)v : (u64)v, 10, v < 0 ? "-" : "");
		break;
	case 'u':
		sink_number(s, &sp, next_unsigned(ap, longs), 10, "");
		break;
	case 'x':
		sink_number(s, &sp, next_unsigned(ap, longs), 16, "");
		break;
	case 'p':
		sink_number(s, &sp, (u64)va_arg(*ap, void *), 16, "0x");
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		sink_text(s, &sp, &c, 1);
		break;
	case 's':
		text = va_arg(*ap, const char *);
		if (!text)
			text = "(null)";
		sink_text(s, &sp, text, text_len(text, sp.prec));
		break;
	case '%':
		sink_putc(s, '%');
		break;
	case '\0':
		return f;
	default: /* not integer, not text: say so, the argument stays unread */
		sink_putc(s, '%');
		sink_putc(s, *f);
		break;
	}
	return f + 1;
}

static void format(struct sink *s, const char *fmt, va_list *ap)
{
	while (*fmt) {
		if (*fmt != '%')
			sink_putc(s, *fmt++);
		else
			fmt = convert(s, fmt + 1, ap);
	}
}

void kvprintf(const char *fmt, va_list ap)
{
	struct sink s = { .buf = NULL };
	bool owned = console_lock();
	va_list copy;

	va_copy(copy, ap);
	format(&s, fmt, &copy);
	va_end(copy);
	console_unlock(owned);
}

void kprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kvprintf(fmt, ap);
	va_end(ap);
}

void kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = { .buf = buf, .left = size };
	va_list copy;

	va_copy(copy, ap);
	format(&s, fmt, &copy);
	va_end(copy);
	*s.buf = '\0';
}

void ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kvsnprintf(buf, size, fmt, ap);
	va_end(ap);
}
