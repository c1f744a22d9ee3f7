// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv64 TREE...         what the riscv64 kernel reads from each tree, a line a tree
 * riscv64 damaged TREE... each tree with single bytes changed: those that are still sound are read, and the sanitizer watches
 *
 * Ranges are written short: harts 1-4, registers 0x2f00000+4 from hart to hart.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../boot/riscv64/tree.h"

#define PLACES 400

typedef unsigned long long llu;

static struct riscv_tree m;

static u8 *load(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	u8 *blob = malloc(4 << 20);

	if (!f) {
		perror(path);
		exit(2);
	}
	*size = fread(blob, 1, 4 << 20, f);
	fclose(f);
	return blob;
}

/* As boot code does: everything, then one look at the error. */
static bool read_tree(const u8 *blob, size_t size, struct riscv_uart *uart, u64 *finisher, char *error, size_t error_size)
{
	struct fdt t;

	memset(&m, 0xa5, sizeof(m));
	if (!fdt_open(&t, blob, size, error, error_size))
		return false;
	riscv_read_harts(&m, &t);
	riscv_read_ipi(&m, &t);
	riscv_read_uart(uart, &t);
	*finisher = riscv_read_finisher(&t);
	return true;
}

static void print_harts(void)
{
	printf("harts");
	for (unsigned i = 0, end; i < m.nr_harts; i = end) {
		for (end = i + 1; end < m.nr_harts && m.hart[end].id == m.hart[end - 1].id + 1;)
			end++;
		printf(end - i > 1 ? "%c%u-%u" : "%c%u", i ? ',' : ' ', m.hart[i].id, m.hart[end - 1].id);
	}
	printf("; %llu Hz; isa", (llu)m.timebase_hz);
	for (unsigned e = 0; e < RISCV_NR_EXT; e++)
		if (m.isa & 1U << e)
			printf(" %s", riscv_ext_name[e]);
}

static void print_addresses(const char *what, size_t offset)
{
	const char *first = (const char *)&m.hart[0] + offset;

	printf("; %s", what);
	for (unsigned i = 0; i < m.nr_harts; i++) {
		u64 at = *(const u64 *)(first + i * sizeof(m.hart[0])), last;

		if (!i) {
			printf(" 0x%llx", (llu)at);
			continue;
		}
		last = *(const u64 *)(first + (i - 1) * sizeof(m.hart[0]));
		printf(at - last < 0x100000 ? " +0x%llx" : " 0x%llx", (llu)(at - last < 0x100000 ? at - last : at));
	}
}

static void print_tree(const char *path, const u8 *blob, size_t size)
{
	static const char *const kinds[] = { "none", "8250", "sifive" };
	struct riscv_uart uart = { 0 };
	char error[128];
	u64 finisher = 0;

	printf("%s: ", path);
	if (!read_tree(blob, size, &uart, &finisher, error, sizeof(error))) {
		printf("error %s\n", error);
		return;
	}
	print_harts();
	if (m.has_sswi)
		print_addresses("sswi", offsetof(struct riscv_hart, sswi));
	if (m.has_imsic)
		print_addresses("imsic", offsetof(struct riscv_hart, imsic));
	if (m.has_imsic)
		printf(" ids %u", m.imsic_ids);
	printf("; uart %s", kinds[uart.kind]);
	if (uart.kind != RISCV_UART_NONE)
		printf(" 0x%llx<<%u/%u", (llu)uart.base, uart.shift, uart.width);
	printf("; finisher 0x%llx", (llu)finisher);
	printf(*error ? "; error %s\n" : "\n", error);
}

/* Of the bytes that are used: QEMU leaves room behind them. */
static size_t used(const u8 *blob, size_t size)
{
	while (size && !blob[size - 1])
		size--;
	return size;
}

static void damage(const char *path, const u8 *whole, size_t size)
{
	unsigned tried = 0, sound = 0;
	size_t end = used(whole, size), step = 1 + end / PLACES;
	struct riscv_uart uart;
	char error[128];
	u64 finisher;

	for (size_t i = 0; i < end; i += step)
		for (unsigned how = 0; how < 4; how++, tried++) {
			u8 *blob = memcpy(malloc(size), whole, size), was = blob[i];

			blob[i] = (u8)(how == 0 ? was ^ 1 : how == 1 ? was ^ 0x80 : how == 2 ? 0 : 0xff);
			sound += read_tree(blob, size, &uart, &finisher, error, sizeof(error));
			free(blob);
		}
	printf("%s: %u trees, %u sound\n", path, tried, sound);
}

int main(int argc, char **argv)
{
	bool damaged = argc > 1 && !strcmp(argv[1], "damaged");

	if (argc < 2 + damaged) {
		fprintf(stderr, "usage: riscv64 [damaged] TREE...\n");
		return 2;
	}
	for (int i = 1 + damaged; i < argc; i++) {
		size_t size;
		u8 *blob = load(argv[i], &size), *exact = memcpy(malloc(size ? size : 1), blob, size);

		free(blob);
		if (damaged)
			damage(argv[i], exact, size);
		else
			print_tree(argv[i], exact, size);
		free(exact);
	}
	return 0;
}
