// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the riscv64 kernel reads from device trees (trees.h).
 *
 * Ranges are written short: harts 1-4, registers 0x2f00000+4 from hart to hart.
 */
#include "../../boot/riscv64/tree.h"

#include "trees.h"

#define PLACES 400

static struct riscv_tree m;

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

static bool read_damaged(const u8 *blob, size_t size)
{
	struct riscv_uart uart;
	char error[128];
	u64 finisher;

	return read_tree(blob, size, &uart, &finisher, error, sizeof(error));
}

int main(int argc, char **argv)
{
	return trees_main(argc, argv, PLACES, read_damaged, print_tree);
}
