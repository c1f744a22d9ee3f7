// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of device trees, judged on the host: a tree written down byte by byte from the specification, one that holds
 * what boot code asks for, and every way to damage a tree that costs one byte. The sanitizer sees every access, because each
 * blob lies in a block of exactly its size. Against libfdt and on the trees of machines: tests/fuzz/.
 */
#include <stdlib.h>
#include <string.h>

#include <console.h>
#include <test.h>

#include "../../boot/fdt.h"
#include "fdt_build.h"

typedef unsigned long long llu;

#define ERROR_SIZE 128

/* --- a tree in words of the specification (5.2 to 5.5) --- */

/* Two pairs of reservations; root { a = <1 2>; n@1 { }; }. */
static const u32 golden[] = {
	0xd00dfeed, 148, 88, 144, 40, 17, 16, 5, 4, 56, /* header: sizes and offsets in bytes */
	0, 0x80000000, 0, 0x1000,                       /* 40: reservations */
	1, 0, 0, 0x10,
	0, 0, 0, 0,
	1, 0,                                           /* 88: root */
	4,                                              /* 96: a NOP */
	3, 8, 2, 1, 2,                                  /* 100: property, 8 bytes, name at 2 */
	1, 0x6e403100,                                  /* 120: "n@1" */
	2,                                              /* 128: its end */
	4, 2,                                           /* 132: end of the root */
	9,                                              /* 140 */
	0x78006100,                                     /* 144: "x", "a" */
};

static void read_golden(struct test_result *r, const struct fdt *t)
{
	struct fdt_prop p;
	u64 start, size;

	T_EXPECT(r, t->root == 88 && t->boot_cpu == 5 && t->size == 148, "root at %d, boot CPU %u, size %u", t->root, t->boot_cpu,
		 t->size);
	T_EXPECT(r, fdt_first_prop(t, 88, &p) && p.at == 100 && p.size == 8 && p.value[7] == 2 && p.name[0] == 'a' && !p.name[1],
		 "property at %d", p.at);
	T_EXPECT(r, !fdt_next_prop(t, &p), "another property");
	T_EXPECT(r, fdt_child(t, 88) == 120 && fdt_next(t, 88) == 120 && fdt_parent(t, 120) == 88, "child at %d", fdt_child(t, 88));
	T_EXPECT(r, fdt_sibling(t, 120) == FDT_NONE && fdt_sibling(t, 88) == FDT_NONE && fdt_next(t, 120) == FDT_NONE &&
		 fdt_child(t, 120) == FDT_NONE, "more nodes than two");
	T_EXPECT(r, !strcmp(fdt_name(t, 120), "n@1") && !*fdt_name(t, 88), "name %s", fdt_name(t, 120));
	T_EXPECT(r, fdt_reservation(t, 1, &start, &size) && start == 0x100000000 && size == 0x10, "reservation at 0x%llx", (llu)start);
	T_EXPECT(r, fdt_reservation(t, 0, &start, &size) && start == 0x80000000 && size == 0x1000, "reservation at 0x%llx", (llu)start);
	T_EXPECT(r, !fdt_reservation(t, 2, &start, &size), "a third reservation");
}

TEST_CASE(fdt, golden)
{
	u8 *blob = big_endian(golden, ARRAY_SIZE(golden)), *odd = malloc(sizeof(golden) + 1);
	char error[ERROR_SIZE];
	struct fdt t;

	memcpy(odd + 1, blob, sizeof(golden));
	for (int i = 0; i < 2 && r->v != T_FAIL; i++) {
		if (fdt_open(&t, i ? odd + 1 : blob, sizeof(golden), error, sizeof(error)))
			read_golden(r, &t);
		else
			test_set(r, T_FAIL, "refused: %s", error);
	}
	free(blob);
	free(odd);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "%u words, aligned and not", (unsigned)ARRAY_SIZE(golden));
}

/* --- what is refused, and in which words --- */

static const struct {
	unsigned word;
	u32 value;
	const char *says;
} refused[] = {
	{ 0,  0xd00dfeee, "begins with 0xd00dfeee, not 0xd00dfeed" },
	{ 1,  39,         "size of 0x27 bytes, not 0x28 to 0x7fffffff" },
	{ 1,  149,        "0x95 bytes long, of which 0x94 are here" },
	{ 1,  0x80000000, "size of 0x80000000 bytes" },
	{ 1,  147,        "strings block of 0x4 bytes at 0x90 is not inside 0x28 to 0x93" },
	{ 2,  90,         "structure block at 0x5a is not aligned to 4" },
	{ 2,  0xfffffffc, "structure block of 0x38 bytes at 0xfffffffc" },
	{ 2,  92,         "word 0x0 at 0x5c is no token" },
	{ 3,  39,         "strings block of 0x4 bytes at 0x27" },
	{ 4,  44,         "reservation block at 0x2c is not aligned to 8" },
	{ 4,  36,         "reservation block of 0x10 bytes at 0x24" },
	{ 4,  128,        "reservation block at 0x80 does not end" },
	{ 5,  15,         "version 15 compatible with 16, not 16 or newer compatible with 17" },
	{ 6,  18,         "version 17 compatible with 18" },
	{ 8,  5,          "strings block of 0x5 bytes" },
	{ 8,  2,          "/: name of the property at 0x64: offset 0x2, strings have 0x2 bytes" },
	{ 8,  0,          "/: name of the property at 0x64: offset 0x2, strings have 0x0 bytes" },
	{ 9,  0xffffffff, "structure block of 0xffffffff bytes at 0x58" },
	{ 9,  52,         "structure block ends at 0x8c without an END" },
	{ 9,  53,         "structure block ends at 0x8d without an END" },
	{ 9,  48,         "/: structure block ends at 0x88 without an END" },
	{ 9,  38,         "/: name of the node at 0x78 does not end" },
	{ 9,  26,         "/: property at 0x64 has 0x8 bytes, 0x2 are left" },
	{ 9,  20,         "/: property at 0x64 is cut off" },
	{ 22, 2,          "a node ends at 0x58 that did not begin" },
	{ 22, 9,          "no root" },
	{ 22, 3,          "property at 0x58 is not in front of the children" },
	{ 23, 0x61000000, "the root at 0x58 has a name" },
	{ 24, 0,          "/: word 0x0 at 0x60 is no token" },
	{ 26, 0x80000000, "/: property at 0x64 has 0x80000000 bytes, 0x20 are left" },
	{ 26, 33,         "/: property at 0x64 has 0x21 bytes, 0x20 are left of the structure block" },
	{ 26, 0xfffffff0, "/: property at 0x64 has 0xfffffff0 bytes, 0x20 are left" },
	{ 27, 4,          "/: name of the property at 0x64: offset 0x4, strings have 0x4 bytes" },
	{ 32, 9,          "/n@1: the tree ends at 0x80 inside this node" },
	{ 33, 3,          "/: property at 0x84 is not in front of the children" },
	{ 35, 5,          "word 0x5 at 0x8c is no token" },
};

static const struct {
	unsigned word[2];
	u32 value[2];
	const char *says;
} refused_twice[] = {
	{ { 5, 6 },   { 20, 18 }, "version 20 compatible with 18" },
	{ { 33, 34 }, { 2, 1 },   "a second root at 0x88" },
};

static void refuse(struct test_result *r, const u8 *blob, u64 size, const char *says, unsigned i)
{
	char error[ERROR_SIZE];
	struct fdt t;
	bool ok = fdt_open(&t, blob, size, error, sizeof(error));
	u64 start;

	T_EXPECT(r, !ok, "vector %u accepted, expected: %s", i, says);
	T_EXPECT(r, strstr(error, says) && !strncmp(error, "device tree: ", 13), "vector %u: %s, expected: %s", i, error, says);
	T_EXPECT(r, fdt_find(&t, "/") == FDT_NONE && fdt_next(&t, FDT_NONE) == FDT_NONE && !fdt_reservation(&t, 0, &start, &start),
		 "vector %u: refused and not empty", i);
}

/* The golden tree with @n words changed. */
static void refuse_words(struct test_result *r, const unsigned *word, const u32 *value, unsigned n, const char *says, unsigned i)
{
	u32 words[ARRAY_SIZE(golden)];
	u8 *blob;

	memcpy(words, golden, sizeof(golden));
	while (n--)
		words[word[n]] = value[n];
	blob = big_endian(words, ARRAY_SIZE(golden));
	refuse(r, blob, sizeof(golden), says, i);
	free(blob);
}

/* A node inside @depth - 1 others. */
static u8 *nested(unsigned depth, size_t *size)
{
	static const u32 head[] = { 0xd00dfeed, 0, 56, 56, 40, 17, 16, 0, 0, 0, 0, 0, 0, 0 };
	u32 words[14 + 3 * (FDT_DEPTH + 1) + 1], n = 14;

	memcpy(words, head, sizeof(head));
	for (unsigned i = 0; i < depth; i++) {
		words[n++] = 1;
		words[n++] = i ? 0x78000000 : 0;
	}
	for (unsigned i = 0; i < depth; i++)
		words[n++] = 2;
	words[n++] = 9;
	words[9] = 4 * (n - 14);
	words[1] = *size = 4 * n;
	return big_endian(words, n);
}

TEST_CASE(fdt, refused)
{
	u8 *blob;
	size_t size;
	char error[ERROR_SIZE];
	struct fdt t;
	bool ok;

	for (unsigned i = 0; i < ARRAY_SIZE(refused) && r->v != T_FAIL; i++)
		refuse_words(r, &refused[i].word, &refused[i].value, 1, refused[i].says, i);
	for (unsigned i = 0; i < ARRAY_SIZE(refused_twice) && r->v != T_FAIL; i++)
		refuse_words(r, refused_twice[i].word, refused_twice[i].value, 2, refused_twice[i].says, i);
	blob = nested(FDT_DEPTH + 1, &size);
	if (r->v != T_FAIL)
		refuse(r, blob, size, "/x/x/x/x/x/x: node at 0x238 inside 64 others, 63 are supported", 1000);
	free(blob);
	blob = nested(FDT_DEPTH, &size);
	ok = fdt_open(&t, blob, size, error, sizeof(error));
	free(blob);
	T_EXPECT(r, r->v == T_FAIL || ok, "%u nodes inside one another: %s", FDT_DEPTH, error);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "%u damaged words, each with its text", (unsigned)ARRAY_SIZE(refused));
}

/* --- a tree to ask --- */

static void build_cpus(struct build *b)
{
	begin(b, "cpus");
	cells(b, "#address-cells", 1, 1);
	cells(b, "#size-cells", 1, 0);
	text(b, "enable-method", "psci");
	begin(b, "cpu-map");
	end(b);
	begin(b, "cpu@0");
	text(b, "device_type", "cpu");
	cells(b, "reg", 1, 0);
	end(b);
	begin(b, "core@101"); /* a CPU by its type alone */
	text(b, "device_type", "cpu");
	text(b, "enable-method", "spin-table");
	cells(b, "reg", 1, 0x101);
	cells(b, "cpu-release-addr", 2, 0x12, 0x345678e0);
	text(b, "status", "disabled");
	end(b);
	end(b);
}

static void build_memory(struct build *b)
{
	begin(b, "memory@0");
	text(b, "device_type", "memory");
	cells(b, "reg", 6, 0, 0, 0x3c000000, 1, 0, 0x80000000);
	end(b);
	begin(b, "memory@gone");
	text(b, "device_type", "memory");
	text(b, "status", "disabled");
	cells(b, "reg", 3, 7, 0, 0x1000);
	end(b);
	begin(b, "memory@200000000");
	text(b, "device_type", "memory");
	text(b, "status", "okay");
	cells(b, "reg", 3, 2, 0, 0x10000000);
	end(b);
	begin(b, "reserved-memory");
	cells(b, "#address-cells", 1, 2);
	cells(b, "#size-cells", 1, 1);
	prop(b, "ranges", "", 0);
	begin(b, "dynamic");
	cells(b, "size", 1, 0x400000);
	end(b);
	begin(b, "firmware@3b400000");
	cells(b, "reg", 3, 0, 0x3b400000, 0x4c00000);
	end(b);
	end(b);
}

static void build_soc(struct build *b)
{
	begin(b, "soc");
	cells(b, "#address-cells", 1, 1);
	cells(b, "#size-cells", 1, 1);
	cells(b, "ranges", 8, 0x7e000000, 0, 0xfe000000, 0x1800000, 0x40000000, 4, 0xff800000, 0x800000);
	begin(b, "bus@100");
	prop(b, "ranges", "", 0);
	cells(b, "#address-cells", 1, 1);
	begin(b, "serial@7e201000");
	text(b, "compatible", "arm,pl011\0arm,primecell");
	cells(b, "reg", 4, 0x7e201000, 0x200, 0x40000080, 4);
	text(b, "status", "ok");
	end(b);
	begin(b, "serial@7e201400");
	cells(b, "reg", 3, 1, 2, 3);
	text(b, "status", "reserved");
	end(b);
	end(b);
	begin(b, "intc@40000000");
	cells(b, "phandle", 1, 7);
	cells(b, "#interrupt-cells", 1, 3);
	cells(b, "reg", 2, 0x40000000, 0x100);
	end(b);
	begin(b, "twice@1@2");
	end(b);
	begin(b, "island");
	begin(b, "device@0");
	cells(b, "reg", 3, 0, 0, 1);
	cells(b, "interrupt-parent", 1, 9);
	end(b);
	end(b);
	end(b);
}

static u8 *build_machine(size_t *size)
{
	static struct build b;

	memset(&b, 0, sizeof(b));
	begin(&b, "");
	cells(&b, "interrupt-parent", 1, 7);
	cells(&b, "#address-cells", 1, 2);
	begin(&b, "aliases");
	text(&b, "serial0", "/soc/bus/serial");
	text(&b, "soc", "/soc");
	text(&b, "bad", "soc/bus");
	end(&b);
	begin(&b, "chosen");
	text(&b, "bootargs", "bench=all n=5");
	text(&b, "stdout-path", "serial0:115200n8");
	cells(&b, "linux,initrd-start", 1, 0x48000000);
	end(&b);
	build_cpus(&b);
	build_memory(&b);
	build_soc(&b);
	end(&b);
	put(&b, 9);
	return finish(&b, size);
}

static void ask_nodes(struct test_result *r, const struct fdt *t)
{
	static const char *const same_node[] = { "/soc/bus@100/serial@7e201000", "/soc/bus/serial", "//soc//bus@100/serial/", "serial0",
						 "soc/bus/serial" };
	static const char *const no_node[] = { "", "/so", "/socx", "/soc/bus@10", "/soc/bus@", "/chosen/bootargs", "serial", "serial00",
					       "nothing", "/soc/bus/serial@7e2014001", "/soc/twice@1" };
	int uart = fdt_next_compatible(t, FDT_NONE, "arm,primecell");
	char buf[40];

	for (unsigned i = 0; i < ARRAY_SIZE(same_node); i++)
		T_EXPECT(r, fdt_find(t, same_node[i]) == uart, "%s: %d instead of %d", same_node[i], fdt_find(t, same_node[i]), uart);
	for (unsigned i = 0; i < ARRAY_SIZE(no_node); i++)
		T_EXPECT(r, fdt_find(t, no_node[i]) == FDT_NONE, "%s: %d", no_node[i], fdt_find(t, no_node[i]));
	T_EXPECT(r, fdt_find(t, "/") == t->root, "the root is not /");
	T_EXPECT(r, fdt_is_named(t, uart, "serial") && fdt_is_named(t, uart, "serial@7e201000") && !fdt_is_named(t, uart, "seria") &&
		 !fdt_is_named(t, uart, "serial@") && !fdt_is_named(t, uart, "serial@7e20100"), "fdt_is_named(%s)", fdt_name(t, uart));
	T_EXPECT(r, !strcmp(fdt_path(t, uart, buf, 40), "/soc/bus@100/serial@7e201000"), "path %s", fdt_path(t, uart, buf, 40));
	T_EXPECT(r, !strcmp(fdt_path(t, uart, buf, 28), ".../bus@100/serial@7e201000"), "path %s", fdt_path(t, uart, buf, 28));
	T_EXPECT(r, !strcmp(fdt_path(t, t->root, buf, 8), "/"), "path %s", fdt_path(t, t->root, buf, 8));
	T_EXPECT(r, fdt_next_compatible(t, uart, "arm,primecell") == FDT_NONE && fdt_next_compatible(t, FDT_NONE, "arm") == FDT_NONE,
		 "compatible found twice or by a part");
	T_EXPECT(r, fdt_by_phandle(t, 7) == fdt_find(t, "/soc/intc") && fdt_by_phandle(t, 0) == FDT_NONE &&
		 fdt_by_phandle(t, 8) == FDT_NONE && fdt_by_phandle(t, ~0u) == FDT_NONE, "phandles");
	T_EXPECT(r, fdt_interrupt_parent(t, uart) == fdt_find(t, "/soc/intc"), "interrupt parent %d", fdt_interrupt_parent(t, uart));
	T_EXPECT(r, fdt_is_okay(t, uart) && fdt_is_okay(t, t->root) && !fdt_is_okay(t, fdt_sibling(t, uart)) && !fdt_is_okay(t, FDT_NONE),
		 "status");
}

static void ask_values(struct test_result *r, const struct fdt *t)
{
	int uart = fdt_find(t, "serial0"), chosen = fdt_find(t, "/chosen");
	const char *options;
	struct fdt_prop p;
	u64 wide = 0;
	u32 v = 0;

	T_EXPECT(r, !strcmp(fdt_text(t, chosen, "bootargs"), "bench=all n=5"), "bootargs");
	T_EXPECT(r, !strcmp(fdt_text_at(t, uart, "compatible", 1), "arm,primecell") && !fdt_text_at(t, uart, "compatible", 2), "list");
	T_EXPECT(r, fdt_lists(t, uart, "compatible", "arm,pl011") && !fdt_lists(t, uart, "compatible", "arm,pl01"), "list holds");
	T_EXPECT(r, fdt_u64(t, chosen, "linux,initrd-start", &wide) && wide == 0x48000000, "one cell: 0x%llx", (llu)wide);
	T_EXPECT(r, fdt_u64(t, fdt_find(t, "/cpus/core"), "cpu-release-addr", &wide) && wide == 0x12345678e0, "0x%llx", (llu)wide);
	T_EXPECT(r, fdt_u32(t, t->root, "#address-cells", &v) && v == 2, "one cell: %u", v);
	T_EXPECT(r, fdt_prop(t, uart, "reg", &p) && fdt_cell(&p, 3, &v) && v == 4 && !fdt_cell(&p, 4, &v), "cell 3 is %u", v);
	T_EXPECT(r, !fdt_has(t, uart, "re") && !fdt_has(t, uart, "regs") && fdt_has(t, uart, "reg"), "names of properties");
	T_EXPECT(r, fdt_stdout(t, &options) == uart && !strcmp(options, "115200n8"), "console options %s", options);
	T_EXPECT(r, !fdt_text(t, FDT_NONE, "x") && !fdt_u32(t, FDT_NONE, "x", &v) && fdt_child(t, FDT_NONE) == FDT_NONE &&
		 fdt_parent(t, FDT_NONE) == FDT_NONE && !*fdt_name(t, FDT_NONE), "something in no node");
}

static void ask_addresses(struct test_result *r, const struct fdt *t)
{
	static const u64 ram[][2] = { { 0, 0x3c000000 }, { 0x100000000, 0x80000000 }, { 0x200000000, 0x10000000 } };
	static const u64 reserved[][2] = { { 0x1000, 0x2000 }, { 0x3b400000, 0x4c00000 } };
	struct fdt_cursor c = { 0 };
	unsigned n = 0;
	u64 a = 0, s = 0;

	for (; fdt_next_memory(t, &c, &a, &s); n++)
		T_EXPECT(r, n < 3 && a == ram[n][0] && s == ram[n][1], "memory %u: 0x%llx 0x%llx", n, (llu)a, (llu)s);
	T_EXPECT(r, n == 3, "%u ranges of memory", n);
	c = (struct fdt_cursor){ 0 };
	for (n = 0; fdt_next_reserved(t, &c, &a, &s); n++)
		T_EXPECT(r, n < 2 && a == reserved[n][0] && s == reserved[n][1], "reserved %u: 0x%llx 0x%llx", n, (llu)a, (llu)s);
	T_EXPECT(r, n == 2, "%u reserved ranges", n);
	T_EXPECT(r, fdt_reg_physical(t, fdt_find(t, "serial0"), 0, &a, &s) && a == 0xfe201000 && s == 0x200, "0x%llx 0x%llx",
		 (llu)a, (llu)s);
	T_EXPECT(r, fdt_reg_physical(t, fdt_find(t, "serial0"), 1, &a, NULL) && a == 0x4ff800080, "0x%llx", (llu)a);
	T_EXPECT(r, !fdt_reg_physical(t, fdt_find(t, "serial0"), 2, &a, &s), "a third entry of reg");
	a = 0x407fffff;
	T_EXPECT(r, fdt_translate(t, fdt_find(t, "/soc"), &a) && a == 0x4ffffffff, "0x%llx", (llu)a);
}

static void ask_cpus(struct test_result *r, const struct fdt *t)
{
	static const char *const method[] = { "psci", "spin-table" };
	static const u64 hwid[] = { 0, 0x101 };
	int cpus = fdt_find(t, "/cpus"), cpu = FDT_NONE;
	unsigned n = 0;
	u64 id, size = 1;

	for (; (cpu = fdt_next_cpu(t, cpu)) != FDT_NONE; n++) {
		const char *how = fdt_text(t, fdt_cpu_holder(t, cpu, "enable-method"), "enable-method");

		T_EXPECT(r, n < 2 && fdt_reg(t, cpus, cpu, 0, &id, &size) && id == hwid[n] && !size, "CPU %u: 0x%llx", n, (llu)id);
		T_EXPECT(r, !strcmp(how, method[n]), "CPU %u: %s", n, how);
	}
	T_EXPECT(r, n == 2, "%u CPUs", n);
}

TEST_CASE(fdt, asked)
{
	static void (*const ask[])(struct test_result *, const struct fdt *) = { ask_nodes, ask_values, ask_addresses, ask_cpus };
	char error[ERROR_SIZE];
	struct fdt t;
	size_t size;
	u8 *blob = build_machine(&size);

	if (!fdt_open(&t, blob, size, error, sizeof(error)))
		test_set(r, T_FAIL, "refused: %s", error);
	for (unsigned i = 0; i < ARRAY_SIZE(ask) && r->v != T_FAIL; i++)
		ask[i](r, &t);
	if (r->v != T_FAIL && error[0])
		test_set(r, T_FAIL, "an error for nothing: %s", error);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "nodes, values, addresses, CPUs");
	free(blob);
}

/* --- what is there but malformed --- */

static void ask_bad(const struct fdt *t, unsigned i)
{
	int soc = fdt_find(t, "/soc"), uart = fdt_find(t, "serial0");
	u64 a = 0x7f800000;
	u32 v;

	switch (i) {
	case 0: fdt_translate(t, soc, &a); break;
	case 1: fdt_reg(t, fdt_find(t, "/soc/bus"), fdt_sibling(t, uart), 0, &a, NULL); break;
	case 2: fdt_reg_physical(t, fdt_find(t, "/soc/island/device"), 0, &a, NULL); break;
	case 3: fdt_u32(t, uart, "reg", &v); break;
	case 4: fdt_u64(t, uart, "reg", &a); break;
	case 5: fdt_text(t, uart, "reg"); break;
	case 6: fdt_reference(t, fdt_find(t, "/soc/island/device"), "interrupt-parent", 0); break;
	case 7: fdt_find(t, "bad"); break;
	case 8: fdt_error(t, uart, "no %s", "clock"); break;
	}
}

TEST_CASE(fdt, malformed)
{
	static const char *const says[] = {
		"/soc: ranges do not have address 0x7f800000",
		"/soc/bus@100/serial@7e201400: reg has 12 bytes, not a multiple of 8",
		"/soc/island: no ranges, so address 0x0 inside it is no CPU's",
		"/soc/bus@100/serial@7e201000: reg has 16 bytes, not 4",
		"/soc/bus@100/serial@7e201000: reg has 16 bytes, not 4 or 8",
		"/soc/bus@100/serial@7e201000: reg has 16 bytes that do not end with a NUL",
		"/soc/island/device@0: interrupt-parent: phandle 0x9 is no node's",
		"/aliases: bad is no path from the root",
		"/soc/bus@100/serial@7e201000: no clock",
	};
	char error[ERROR_SIZE];
	struct fdt t;
	size_t size;
	u8 *blob = build_machine(&size);

	for (unsigned i = 0; i < ARRAY_SIZE(says) && r->v != T_FAIL; i++) {
		fdt_open(&t, blob, size, error, sizeof(error));
		ask_bad(&t, i);
		if (strncmp(error, "device tree: ", 13) || strcmp(error + 13, says[i]))
			test_set(r, T_FAIL, "%s instead of: %s", error, says[i]);
		ask_bad(&t, (i + 1) % ARRAY_SIZE(says));
		if (r->v != T_FAIL && strcmp(error + 13, says[i]))
			test_set(r, T_FAIL, "%s: the first error did not stay", error);
	}
	free(blob);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "%u texts", (unsigned)ARRAY_SIZE(says));
}

/* --- damage --- */

/* Everything that can be asked of any tree. Whether the answers are right is not the question. */
static void ask_all(const struct fdt *t)
{
	struct fdt_cursor c = { 0 };
	const char *options;
	char buf[64];
	u64 a, s;

	while (fdt_next_memory(t, &c, &a, &s))
		;
	c = (struct fdt_cursor){ 0 };
	while (fdt_next_reserved(t, &c, &a, &s))
		;
	fdt_stdout(t, &options);
	for (int node = FDT_NONE; (node = fdt_next(t, node)) != FDT_NONE;) {
		struct fdt_prop p;

		fdt_find(t, fdt_path(t, node, buf, sizeof(buf)));
		fdt_reg_physical(t, node, 0, &a, &s);
		fdt_interrupt_parent(t, node);
		for (bool more = fdt_first_prop(t, node, &p); more; more = fdt_next_prop(t, &p))
			for (unsigned i = 0; fdt_text_at(t, node, p.name, i); i++)
				;
	}
	for (int cpu = FDT_NONE; (cpu = fdt_next_cpu(t, cpu)) != FDT_NONE;)
		fdt_cpu_holder(t, cpu, "enable-method");
}

/* Open @blob and read all of it, or be told why not. */
static bool survive(struct test_result *r, const u8 *blob, size_t size)
{
	char error[ERROR_SIZE];
	struct fdt t;
	bool ok = fdt_open(&t, blob, size, error, sizeof(error));

	if (ok == (error[0] != 0))
		test_set(r, T_FAIL, "%s, and the error is \"%s\"", ok ? "accepted" : "refused", error);
	ask_all(&t);
	return ok;
}

static void set_word(u8 *blob, unsigned at, u32 v)
{
	for (unsigned i = 0; i < 4; i++)
		blob[at + i] = (u8)(v >> (24 - 8 * i));
}

/* Every shorter blob: as it is, and with a header that says so. */
TEST_CASE(fdt, truncated)
{
	size_t size;
	u8 *whole = build_machine(&size);
	unsigned accepted = 0;

	for (size_t n = 0; n < size && r->v != T_FAIL; n++) {
		u8 *part = memcpy(malloc(n ? n : 1), whole, n);

		accepted += survive(r, part, n);
		if (n >= 40) {
			set_word(part, 4, (u32)n);
			set_word(part, 12, 40);
			set_word(part, 32, (u32)n - 40);
			set_word(part, 36, n > 88 ? (u32)n - 88 : 0);
			accepted += survive(r, part, n);
		}
		free(part);
	}
	free(whole);
	T_EXPECT(r, r->v == T_FAIL || accepted, "none of the shorter trees holds the whole structure block: this tests less");
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "%u lengths", (unsigned)size);
}

/* Each byte with its lowest or highest bit flipped, 0 and 0xff. */
TEST_CASE(fdt, corrupted)
{
	size_t size;
	u8 *blob = build_machine(&size);
	unsigned accepted = 0, all = 0;

	for (size_t i = 0; i < size && r->v != T_FAIL; i++)
		for (unsigned how = 0; how < 4; how++, all++) {
			u8 was = blob[i];

			blob[i] = (u8)(how == 0 ? was ^ 1 : how == 1 ? was ^ 0x80 : how == 2 ? 0 : 0xff);
			accepted += survive(r, blob, size);
			blob[i] = was;
		}
	free(blob);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "%u corrupted trees, %u of them sound", all, accepted);
}
