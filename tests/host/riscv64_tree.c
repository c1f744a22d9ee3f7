// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the riscv64 kernel reads from its device tree, on a machine of the shape of SiFive's boards: a monitor core without an
 * MMU and three harts that run this kernel; with the interrupt devices that those boards lack. Each wrong tree has one thing
 * changed. Trees of real machines: tests/checks/fdt.py.
 */
#include <test.h>

#include "../../boot/riscv64/tree.h"
#include "fdt_build.h"

typedef unsigned long long llu;

#define HARTS 4 /* the monitor core too */
#define INTC 0x10 /* phandle of the first one's interrupt controller */

/* What differs from the machine that all is well with; 0: as there. */
struct machine {
	const char *isa, *last_isa;       /* last: of the last hart alone */
	const char *list, *base;          /* riscv,isa-extensions, its strings separated by ' '; riscv,isa-base */
	bool list_open;                   /* without the last NUL */
	const char *mmu;
	bool no_timebase, zero_timebase, old_timebase; /* old: in the CPUs */
	u32 hart_high;                    /* upper word of hart IDs */
	bool idle_states;
	bool last_disabled, last_alone;   /* alone: without an interrupt controller */
	/* What the interrupt devices list instead of the last hart; or nothing; or half a pair. */
	u32 stranger;
	bool no_last, half_last;
	bool no_devices, devices_disabled, no_sswi_reg, indexes;
	u32 sswi_irq, sswi_size;
	u32 file_size, ids, second_ids, guest_bits; /* second: of another node for the same harts */
	const char *uart;
	u32 shift, width;
	bool uart_plain;                  /* no shift and width; an offset */
};

static u32 or(u32 v, u32 usual)
{
	return v ? v : usual;
}

static void put_string(struct build *b, const char *name, const char *s)
{
	prop(b, name, s, strlen(s) + 1);
}

static void put_list(struct build *b, const char *name, const char *s, bool open)
{
	size_t n = strlen(s) + !open;
	char *copy = memcpy(malloc(n), s, n);

	for (size_t i = 0; i < n; i++)
		if (copy[i] == ' ')
			copy[i] = 0;
	prop(b, name, copy, n);
	free(copy);
}

static void put_isa(struct build *b, const struct machine *m, unsigned i)
{
	const char *isa = m->isa ? m->isa : "rv64imafdc_sstc_svinval_zihintpause";

	if (i == HARTS - 1 && m->last_isa)
		isa = m->last_isa;
	if (*isa)
		put_string(b, "riscv,isa", i ? isa : "rv64imac");
	if (i && m->list) {
		put_string(b, "riscv,isa-base", m->base ? m->base : "rv64i");
		put_list(b, "riscv,isa-extensions", m->list, m->list_open);
	}
}

static void put_cpu(struct build *b, const struct machine *m, unsigned i)
{
	static const char *const names[HARTS] = { "cpu@0", "cpu@1", "cpu@2", "cpu@3" };

	begin(b, names[i]);
	text(b, "device_type", "cpu");
	cells(b, "reg", 2, m->hart_high, i);
	if (i)
		put_string(b, "mmu-type", m->mmu ? m->mmu : "riscv,sv39");
	if (i == HARTS - 1 && m->last_disabled)
		text(b, "status", "disabled");
	if (m->old_timebase)
		cells(b, "timebase-frequency", 2, 0, 4000000);
	put_isa(b, m, i);
	if (i < HARTS - 1 || !m->last_alone) {
		begin(b, "interrupt-controller");
		text(b, "compatible", "riscv,cpu-intc");
		prop(b, "interrupt-controller", "", 0);
		cells(b, "phandle", 1, INTC + i);
		end(b);
	}
	end(b);
}

static void put_idle_state(struct build *b, u32 param, u32 latency, bool enabled)
{
	begin(b, "state");
	text(b, "compatible", "riscv,idle-state");
	cells(b, "riscv,sbi-suspend-param", 1, param);
	cells(b, "exit-latency-us", 1, latency);
	if (!enabled)
		text(b, "status", "disabled");
	end(b);
}

/* Deeper than the second are one that loses registers, and one that is not to be used. */
static void put_idle_states(struct build *b)
{
	begin(b, "idle-states");
	put_idle_state(b, 0x10000000, 20, true);
	put_idle_state(b, 0x10000002, 100, true);
	put_idle_state(b, 0x90000010, 500, true);
	put_idle_state(b, 0x10000004, 900, false);
	put_idle_state(b, 0x10000001, 50, true);
	end(b);
}

static void put_cpus(struct build *b, const struct machine *m)
{
	begin(b, "cpus");
	cells(b, "#address-cells", 1, 2);
	cells(b, "#size-cells", 1, 0);
	if (!m->no_timebase && !m->old_timebase)
		cells(b, "timebase-frequency", 1, m->zero_timebase ? 0 : 4000000);
	for (unsigned i = 0; i < HARTS; i++)
		put_cpu(b, m, i);
	if (m->idle_states)
		put_idle_states(b);
	end(b);
}

static void put_harts(struct build *b, const struct machine *m, u32 irq)
{
	u32 last = m->last_alone ? 0 : or(m->stranger, INTC + 3);

	if (m->devices_disabled)
		text(b, "status", "disabled");
	if (m->half_last)
		cells(b, "interrupts-extended", 7, INTC, irq, INTC + 1, irq, INTC + 2, irq, last);
	else if (m->no_last)
		cells(b, "interrupts-extended", 6, INTC, irq, INTC + 1, irq, INTC + 2, irq);
	else
		cells(b, "interrupts-extended", 8, INTC, irq, INTC + 1, irq, INTC + 2, irq, last, irq);
}

static void put_sswi(struct build *b, const struct machine *m)
{
	begin(b, "sswi@2f00000");
	text(b, "compatible", "riscv,aclint-sswi");
	if (!m->no_sswi_reg)
		cells(b, "reg", 2, 0x2f00000, or(m->sswi_size, 0x4000));
	put_harts(b, m, or(m->sswi_irq, 1));
	if (m->indexes)
		cells(b, "riscv,hart-indexes", 4, 3, 2, 1, 0);
	end(b);
}

/* Two groups of two harts with one guest each; the first ends in front of its last guest's file. */
static void put_imsic(struct build *b, const struct machine *m, u32 irq, u32 at, u32 ids)
{
	begin(b, "imsics");
	text(b, "compatible", "qemu,imsics\0riscv,imsics");
	cells(b, "riscv,num-ids", 1, ids);
	cells(b, "riscv,guest-index-bits", 1, or(m->guest_bits, 1));
	cells(b, "reg", 4, at, 0x3000, at + 0x1000000, or(m->file_size, 0x4000));
	put_harts(b, m, irq);
	end(b);
}

static void put_devices(struct build *b, const struct machine *m)
{
	begin(b, "soc");
	cells(b, "#address-cells", 1, 1);
	cells(b, "#size-cells", 1, 1);
	prop(b, "ranges", "", 0);
	begin(b, "serial@10000000");
	put_string(b, "compatible", m->uart ? m->uart : "snps,dw-apb-uart");
	cells(b, "reg", 2, 0x10000000, 0x10000);
	if (m->uart_plain) {
		cells(b, "reg-offset", 1, 0x100);
	} else {
		cells(b, "reg-shift", 1, or(m->shift, 2));
		cells(b, "reg-io-width", 1, or(m->width, 4));
	}
	end(b);
	begin(b, "test@100000");
	text(b, "compatible", "sifive,test1\0sifive,test0\0syscon");
	cells(b, "reg", 2, 0x100000, 0x1000);
	end(b);
	if (!m->no_devices) {
		put_imsic(b, m, 11, 0x24000000, or(m->ids, 127));
		put_sswi(b, m);
		put_imsic(b, m, 9, 0x28000000, or(m->ids, 255));
	}
	if (m->second_ids)
		put_imsic(b, m, 9, 0x28000000, m->second_ids);
	end(b);
}

static u8 *build_riscv(const struct machine *m, size_t *size)
{
	static struct build b;

	memset(&b, 0, sizeof(b));
	begin(&b, "");
	cells(&b, "#address-cells", 1, 1);
	cells(&b, "#size-cells", 1, 1);
	begin(&b, "chosen");
	text(&b, "stdout-path", "/soc/serial@10000000:115200n8");
	end(&b);
	put_cpus(&b, m);
	put_devices(&b, m);
	end(&b);
	put(&b, 9);
	return finish(&b, size);
}

/* All that was read. */
struct found {
	struct riscv_tree tree;
	struct riscv_uart uart;
	u64 finisher;
	char error[128];
};

static const struct found *read_machine(const struct machine *m)
{
	static struct found f;
	size_t size;
	u8 *blob = build_riscv(m, &size);
	struct fdt t;

	memset(&f, 0xa5, sizeof(f));
	if (fdt_open(&t, blob, size, f.error, sizeof(f.error))) {
		riscv_read_harts(&f.tree, &t);
		riscv_read_ipi(&f.tree, &t);
		riscv_read_uart(&f.uart, &t);
		f.finisher = riscv_read_finisher(&t);
	}
	free(blob);
	return &f;
}

static void expect_registers(struct test_result *r, const struct riscv_tree *m, const u64 *sswi, const u64 *imsic)
{
	T_EXPECT(r, m->has_sswi && m->has_imsic && m->imsic_ids == 255, "sswi %d, imsic %d, %u identities", m->has_sswi,
		 m->has_imsic, m->imsic_ids);
	for (unsigned i = 0; i < HARTS - 1; i++)
		T_EXPECT(r, m->hart[i].id == i + 1 && m->hart[i].sswi == sswi[i] && m->hart[i].imsic == imsic[i],
			 "hart %u, number %u: sswi 0x%llx, imsic 0x%llx", m->hart[i].id, i, (llu)m->hart[i].sswi,
			 (llu)m->hart[i].imsic);
}

TEST_CASE(fdt, riscv64)
{
	static const u64 imsic[] = { 0x28002000, 0x29000000, 0x29002000 }, sswi[] = { 0x2f00004, 0x2f00008, 0x2f0000c };
	const struct found *f = read_machine(&(struct machine){ 0 });

	T_EXPECT(r, !*f->error, "%s", f->error);
	T_EXPECT(r, f->tree.nr_harts == 3 && f->tree.timebase_hz == 4000000, "%u harts, %llu Hz", f->tree.nr_harts,
		 (llu)f->tree.timebase_hz);
	T_EXPECT(r, f->tree.isa == (1 << RISCV_EXT_SSTC | 1 << RISCV_EXT_SVINVAL | 1 << RISCV_EXT_ZIHINTPAUSE), "extensions 0x%x",
		 f->tree.isa);
	T_EXPECT(r, f->uart.kind == RISCV_UART_8250 && f->uart.base == 0x10000000 && f->uart.shift == 2 && f->uart.width == 4,
		 "UART %d at 0x%llx, shift %u, width %u", (int)f->uart.kind, (llu)f->uart.base, f->uart.shift, f->uart.width);
	T_EXPECT(r, f->finisher == 0x100000, "finisher 0x%llx", (llu)f->finisher);
	expect_registers(r, &f->tree, sswi, imsic);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "3 harts of 4");
}

TEST_CASE(fdt, riscv64_indexes)
{
	static const u64 imsic[] = { 0x28002000, 0x29000000, 0x29002000 }, sswi[] = { 0x2f00008, 0x2f00004, 0x2f00000 };
	const struct found *f = read_machine(&(struct machine){ .indexes = true });

	T_EXPECT(r, !*f->error, "%s", f->error);
	expect_registers(r, &f->tree, sswi, imsic);
	if (r->v != T_FAIL)
		test_set(r, T_PASS, "3 harts");
}

/* Fewer harts, devices or extensions than usual are no error. */
TEST_CASE(fdt, riscv64_harts)
{
	const struct found *f = read_machine(&(struct machine){ .last_isa = "rv64imafdc_svinval_svnapot" });

	T_EXPECT(r, !*f->error && f->tree.isa == 1 << RISCV_EXT_SVINVAL, "what all harts have: 0x%x %s", f->tree.isa, f->error);
	f = read_machine(&(struct machine){ .last_disabled = true });
	T_EXPECT(r, !*f->error && f->tree.nr_harts == 2 && f->tree.has_sswi && f->tree.has_imsic, "%u harts, %s", f->tree.nr_harts,
		 f->error);
	f = read_machine(&(struct machine){ .old_timebase = true });
	T_EXPECT(r, !*f->error && f->tree.timebase_hz == 4000000, "%llu Hz, %s", (llu)f->tree.timebase_hz, f->error);
	f = read_machine(&(struct machine){ .no_devices = true });
	T_EXPECT(r, !*f->error && !f->tree.has_sswi && !f->tree.has_imsic && !f->tree.hart[0].sswi, "%s", f->error);
	f = read_machine(&(struct machine){ .devices_disabled = true });
	T_EXPECT(r, !*f->error && !f->tree.has_sswi && !f->tree.has_imsic, "disabled devices are used, %s", f->error);
	f = read_machine(&(struct machine){ .second_ids = 63 });
	T_EXPECT(r, !*f->error && f->tree.imsic_ids == 63, "%u identities, %s", f->tree.imsic_ids, f->error);
	T_EXPECT(r, f->tree.idle_state == 0, "an idle state that no tree lists: 0x%x", f->tree.idle_state);
	f = read_machine(&(struct machine){ .idle_states = true });
	T_EXPECT(r, !*f->error && f->tree.idle_state == 0x10000002, "idle state 0x%x, %s", f->tree.idle_state, f->error);
	test_set(r, T_PASS, "%u machines", r->checks);
}

TEST_CASE(fdt, riscv64_uart)
{
	const struct found *f = read_machine(&(struct machine){ .uart = "sifive,uart0" });

	T_EXPECT(r, f->uart.kind == RISCV_UART_SIFIVE && f->uart.width == 4 && !f->uart.shift, "UART %d", (int)f->uart.kind);
	f = read_machine(&(struct machine){ .uart = "ns16550a", .uart_plain = true });
	T_EXPECT(r, f->uart.kind == RISCV_UART_8250 && f->uart.base == 0x10000100 && f->uart.width == 1 && !f->uart.shift,
		 "UART %d at 0x%llx, shift %u, width %u", (int)f->uart.kind, (llu)f->uart.base, f->uart.shift, f->uart.width);
	f = read_machine(&(struct machine){ .uart = "renesas,scif" });
	T_EXPECT(r, f->uart.kind == RISCV_UART_NONE && !*f->error, "UART %d, %s", (int)f->uart.kind, f->error);
	test_set(r, T_PASS, "%u consoles", r->checks);
}

/* --- extensions --- */

#define EXT(e) (1U << RISCV_EXT_##e)

static const struct {
	const char *isa, *list;
	u32 ext;
} isas[] = {
	{ "rv64imafdc", NULL, 0 },
	{ "RV64IMAFDCH_Zicsr_SSTC", NULL, EXT(H) | EXT(SSTC) },
	{ "rv64gch_zicsr", NULL, EXT(H) },
	{ "rv64gcsu", NULL, 0 },
	{ "rv64gcsuh", NULL, EXT(H) },
	{ "rv64gcsstc", NULL, EXT(SSTC) },
	{ "rv64gc_supm_sstc", NULL, EXT(SSTC) },
	{ "rv64i2p1m2p0a2p1f2p2d2p2c2p0h1p0_sstc1p0_svinval2", NULL, EXT(H) | EXT(SSTC) | EXT(SVINVAL) },
	{ "rv64i2p1_m2p0_a_f_d_c_zawrs", NULL, EXT(ZAWRS) },
	{ "rv64gc2p0ph", NULL, EXT(H) },
	{ "rv64gc_sstcx_xsstc_svad_svadue_zhinx", NULL, 0 },
	{ "rv64gc_zicbomh", NULL, 0 },
	{ "rv64gc_svade_svadu_svnapot_svpbmt_svvptc_smaia_ssaia_sscofpmf_zihintpause", NULL,
	  EXT(SVADE) | EXT(SVADU) | EXT(SVNAPOT) | EXT(SVPBMT) | EXT(SVVPTC) | EXT(SMAIA) | EXT(SSAIA) | EXT(SSCOFPMF) |
	  EXT(ZIHINTPAUSE) },
	{ "", "i m a f d c - 2  h svpbmt", EXT(H) | EXT(SVPBMT) },
	{ "rv64gc_sstc", "i m a f d c zicsr svade", EXT(SVADE) },
};

TEST_CASE(fdt, riscv64_isa)
{
	for (unsigned i = 0; i < ARRAY_SIZE(isas); i++) {
		struct machine m = { .isa = isas[i].isa, .list = isas[i].list };
		const struct found *f = read_machine(&m);

		T_EXPECT(r, f->tree.isa == isas[i].ext && !*f->error, "%s %s: 0x%x instead of 0x%x %s", m.isa, m.list ? m.list : "",
			 f->tree.isa, isas[i].ext, f->error);
	}
	test_set(r, T_PASS, "%u harts", (unsigned)ARRAY_SIZE(isas));
}

/* --- what is refused, and in which words --- */

static const struct {
	struct machine m;
	const char *says;
} wrong[] = {
	{ { .isa = "rv64imafd" },                       "/cpus/cpu@1: has no extension c, and this kernel needs all of imafdc" },
	{ { .last_isa = "rv64imafc_d" },                NULL },
	{ { .isa = "rv64iafdc_supm" },                  "has no extension m" },
	{ { .last_isa = "rv64imac" },                   "/cpus/cpu@3: has no extension f" },
	{ { .isa = "rv32gc" },                          "/cpus/cpu@1: riscv,isa is \"rv32gc\", and valid is rv64..." },
	{ { .isa = "rv" },                              "riscv,isa is \"rv\"" },
	{ { .isa = "rv64gc_-sstc" },                    "riscv,isa has \"-sstc\" where an extension should begin" },
	{ { .isa = "" },                                "cpu@1: has neither riscv,isa-extensions nor riscv,isa" },
	{ { .list = "i m a", .base = "rv32i" },         "riscv,isa-base is \"rv32i\", and valid is rv64i" },
	{ { .list = "i m", .list_open = true },         "riscv,isa-extensions has 3 bytes that do not end with a NUL" },
	{ { .list = "i m a f d" },                      "has no extension c" },
	{ { .mmu = "riscv,none" },                      "/cpus: no hart that is enabled has an MMU" },
	{ { .no_timebase = true },                      "/cpus: no timebase-frequency" },
	{ { .zero_timebase = true },                    "/cpus: no timebase-frequency, or one of 0 Hz" },
	{ { .hart_high = 1 },                           "/cpus/cpu@1: reg holds no hart ID of 32 bits" },
	{ { .stranger = 0x77 },                         "interrupts-extended: phandle 0x77 in pair 3 is no node's" },
	{ { .last_alone = true },                       "interrupts-extended: phandle 0x0 in pair 3 is no node's" },
	{ { .half_last = true },                        "interrupts-extended is no list of pairs, phandle and interrupt" },
	{ { .no_last = true },                          "device tree: riscv,aclint-sswi has registers for 2 of 3 harts" },
	{ { .no_sswi_reg = true },                      "/soc/sswi@2f00000: no reg" },
	{ { .sswi_irq = 3 },                            "/soc/sswi@2f00000: interrupts-extended: interrupt 3 in pair 0, and valid is 1" },
	{ { .sswi_size = 15 },                          "/soc/sswi@2f00000: reg has 0xf bytes, which end before register 3" },
	{ { .indexes = true, .sswi_size = 12 },         "/soc/sswi@2f00000: reg has 0xc bytes, which end before register 3" },
	{ { .file_size = 0x2000 },                      "/soc/imsics: reg ends before the file of hart 3: 0x6000 bytes in 2 regions" },
	{ { .file_size = 0x2800 },                      "/soc/imsics: reg: region 1 of 0x2800 bytes ends inside the file of hart 3" },
	{ { .ids = 62 },                                "/soc/imsics: riscv,num-ids is 62, and valid are 63 to 2047" },
	{ { .ids = 2048 },                              "riscv,num-ids is 2048" },
	{ { .guest_bits = 8 },                          "riscv,guest-index-bits is 8, and valid are 0 to 7" },
	{ { .shift = 4 },                               "/soc/serial@10000000: reg-shift is 4, and valid are 0 to 3" },
	{ { .width = 2 },                               "/soc/serial@10000000: reg-io-width is 2, and valid are 1, 4" },
};

TEST_CASE(fdt, riscv64_wrong)
{
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		const struct found *f = read_machine(&wrong[i].m);

		if (wrong[i].says)
			T_EXPECT(r, strstr(f->error, wrong[i].says), "tree %u: \"%s\", expected: %s", i, f->error, wrong[i].says);
		else
			T_EXPECT(r, !*f->error, "tree %u: %s", i, f->error);
	}
	test_set(r, T_PASS, "%u trees, each with its text", (unsigned)ARRAY_SIZE(wrong));
}
