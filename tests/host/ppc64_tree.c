// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ppc64 kernel reads from its device tree, on a guest with two cores of four threads each. Each wrong or other tree has one
 * thing changed. Trees of QEMU's machines: tests/checks/fdt.py.
 */
#include <test.h>

#include "../../boot/ppc64/tree.h"
#include "fdt_build.h"

typedef unsigned long long llu;

/* What differs from the guest that all is well with; 0: as there. */
struct machine {
	bool no_cpus, off, last_off, no_servers, no_timebase, zero_timebase, extended;
	bool no_ap, odd_ap, no_hash, cut_sizes;
	bool bare;     /* no /rtas */
	bool no_stdout, other_stdout, wide_reg;
	bool no_vector;
	u8 mmu, radix; /* bytes 24 and 26 of vector 5; 0: both ways, GTSE */
	const char *functions;
	size_t functions_size;
};

static struct ppc64_cpus cpus;
static struct ppc64_papr papr;

static void put_core(struct build *b, const struct machine *m, unsigned i)
{
	u32 s = i * 8;

	begin(b, i ? "PowerPC,POWER9@8" : "PowerPC,POWER9@0");
	text(b, "device_type", "cpu");
	cells(b, "reg", 1, s);
	if (m->off || (i && m->last_off))
		text(b, "status", "disabled");
	if (!m->no_servers)
		cells(b, "ibm,ppc-interrupt-server#s", 4, s, s + 1, s + 2, s + 3);
	cells(b, "cpu-version", 1, 0x4e1200);
	cells(b, "ibm,dec-bits", 1, 56);
	if (m->odd_ap)
		cells(b, "ibm,processor-radix-AP-encodings", 2, 0xa0000010, 0x20000015);
	else if (!m->no_ap)
		cells(b, "ibm,processor-radix-AP-encodings", 4, 0x0000000c, 0xa0000010, 0x20000015, 0x4000001e);
	if (!m->no_hash) {
		/* 64K in segments of 4K too, which nobody uses here. */
		cells(b, "ibm,segment-page-sizes", m->cut_sizes ? 9 : 17, 12, 0, 2, 12, 0, 16, 7, 16, 0x110, 1, 16, 1, 24, 0x100, 1, 24, 0);
		cells(b, "ibm,processor-segment-sizes", 4, 28, 40, ~0U, ~0U);
		cells(b, "ibm,pft-size", 2, 0, 22);
	}
	if (!m->no_timebase)
		cells(b, "timebase-frequency", 1, m->zero_timebase ? 0 : 512000000);
	if (m->extended)
		cells(b, "ibm,extended-timebase-frequency", 2, 1, 0);
	end(b);
}

static void put_chosen(struct build *b, const struct machine *m)
{
	const u8 vector[] = { 23, 0x80, 24, m->mmu ? m->mmu : 0xc0, 25, 0, 26, m->radix ? m->radix : 0x40 };

	begin(b, "chosen");
	if (m->other_stdout)
		text(b, "stdout-path", "/vdevice/nvram@71000001");
	else if (!m->no_stdout)
		text(b, "stdout-path", "/vdevice/vty@71000002");
	if (!m->no_vector)
		prop(b, "ibm,arch-vec-5-platform-support", vector, sizeof(vector));
	end(b);
}

static void put_papr(struct build *b, const struct machine *m)
{
	static const char functions[] = "hcall-pft\0hcall-term\0hcall-interrupt\0hcall-set-mode\0hcall-splpar-not";

	if (m->bare)
		return;
	begin(b, "rtas");
	cells(b, "power-off", 1, 0x2003);
	cells(b, "start-cpu", 1, 0x2006);
	cells(b, "stop-self", 1, 0x2007);
	prop(b, "ibm,hypertas-functions", m->functions ? m->functions : functions, m->functions ? m->functions_size : sizeof(functions));
	end(b);
	begin(b, "vdevice");
	cells(b, "#address-cells", 1, 1);
	cells(b, "#size-cells", 1, 0);
	begin(b, "nvram@71000001");
	text(b, "compatible", "qemu,spapr-nvram");
	cells(b, "reg", 1, 0x71000001);
	end(b);
	for (unsigned i = 0; i < 2; i++) {
		begin(b, i ? "vty@71000002" : "vty@71000000");
		text(b, "compatible", "hvterm1");
		cells(b, "reg", m->wide_reg ? 3 : 1, 0x71000000 + 2 * i, 0, 0);
		end(b);
	}
	end(b);
}

/* Read it all; false and the error's text if there is one. */
static bool read_machine(const struct machine *m, char *error, size_t error_size)
{
	struct build *b = calloc(1, sizeof(*b));
	struct fdt t;
	size_t size;
	u8 *blob;

	begin(b, "");
	begin(b, "cpus");
	cells(b, "#address-cells", 1, 1);
	cells(b, "#size-cells", 1, 0);
	for (unsigned i = 0; i < 2 && !m->no_cpus; i++)
		put_core(b, m, i);
	end(b);
	put_chosen(b, m);
	put_papr(b, m);
	end(b);
	put(b, 9);
	blob = finish(b, &size);
	memset(&cpus, 0xa5, sizeof(cpus));
	memset(&papr, 0xa5, sizeof(papr));
	if (fdt_open(&t, blob, size, error, error_size)) {
		ppc64_read_cpus(&cpus, &t);
		ppc64_read_papr(&papr, &t);
	}
	free(blob);
	free(b);
	return !*error;
}

static bool hash_size_is(unsigned i, unsigned shift, u64 llp, u64 penc)
{
	return cpus.hash_size[i].shift == shift && cpus.hash_size[i].llp == llp && cpus.hash_size[i].penc == penc;
}

TEST_CASE(fdt_ppc64, guest)
{
	const u32 functions = 1U << PPC64_HCALL_PFT | 1U << PPC64_HCALL_TERM | 1U << PPC64_HCALL_INTERRUPT | 1U << PPC64_HCALL_SET_MODE;
	char error[128];

	T_EXPECT(r, read_machine(&(struct machine){ 0 }, error, sizeof(error)), "%s", error);
	T_EXPECT(r, cpus.nr_cores == 2 && cpus.nr_threads == 8, "%u cores, %u threads", cpus.nr_cores, cpus.nr_threads);
	for (unsigned i = 0; i < 8; i++)
		T_EXPECT(r, cpus.thread[i].server == i / 4 * 8 + i % 4 && cpus.thread[i].core == i / 4, "thread %u: server %u of core %u", i,
			 cpus.thread[i].server, cpus.thread[i].core);
	T_EXPECT(r, cpus.timebase_hz == 512000000 && cpus.pvr == 0x4e1200 && cpus.dec_bits == 56 && !cpus.pid_bits,
		 "timebase %llu, PVR 0x%x, decrementer %u, PID %u", (llu)cpus.timebase_hz, cpus.pvr, cpus.dec_bits, cpus.pid_bits);
	T_EXPECT(r, cpus.sizes == 15 && cpus.ap[PPC64_4K] == 0 && cpus.ap[PPC64_64K] == 5 && cpus.ap[PPC64_2M] == 1 &&
		 cpus.ap[PPC64_1G] == 2, "sizes 0x%x, AP %u %u %u %u", cpus.sizes, cpus.ap[0], cpus.ap[1], cpus.ap[2], cpus.ap[3]);
	T_EXPECT(r, cpus.nr_hash_sizes == 3 && cpus.has_1t && cpus.pft_shift == 22, "%u sizes of hashed pages, 1T %d, table of 2^%u",
		 cpus.nr_hash_sizes, cpus.has_1t, cpus.pft_shift);
	T_EXPECT(r, hash_size_is(0, 12, 0, 0) && hash_size_is(1, 16, 0x110, 1) && hash_size_is(2, 24, 0x100, 0),
		 "sizes of hashed pages: %u, %u, %u", cpus.hash_size[0].shift, cpus.hash_size[1].shift, cpus.hash_size[2].shift);
	T_EXPECT(r, papr.present && papr.power_off == 0x2003 && papr.start_cpu == 0x2006 && papr.stop_self == 0x2007,
		 "tokens 0x%x 0x%x 0x%x", papr.power_off, papr.start_cpu, papr.stop_self);
	T_EXPECT(r, papr.hcalls == functions, "hypercalls 0x%x", papr.hcalls);
	T_EXPECT(r, papr.has_radix && papr.has_hash && papr.has_gtse, "radix %d, hash %d, GTSE %d", papr.has_radix, papr.has_hash,
		 papr.has_gtse);
	T_EXPECT(r, papr.has_console && papr.console == 0x71000002, "console %d 0x%x", papr.has_console, papr.console);
	test_set(r, T_PASS, "cores, threads, sizes, tokens, hypercalls, console");
}

static bool mmu_is(struct machine m, bool radix, bool hash, bool gtse)
{
	char error[128];

	return read_machine(&m, error, sizeof(error)) && papr.has_radix == radix && papr.has_hash == hash && papr.has_gtse == gtse;
}

TEST_CASE(fdt_ppc64, others)
{
	static const char rpt[] = "hcall-rpt-invalidate\0hcall-bulk";
	char error[128];

	T_EXPECT(r, mmu_is((struct machine){ .no_vector = true }, false, true, false), "no vector 5");
	T_EXPECT(r, mmu_is((struct machine){ .mmu = 0x3f }, false, true, true), "hash only");
	T_EXPECT(r, mmu_is((struct machine){ .mmu = 0x40, .radix = 0x80 }, true, false, false), "radix only, no GTSE");
	T_EXPECT(r, mmu_is((struct machine){ .mmu = 0x80 }, true, true, true), "either");
	T_EXPECT(r, read_machine(&(struct machine){ .functions = rpt, .functions_size = sizeof(rpt) }, error, sizeof(error)) &&
		 papr.hcalls == (1U << PPC64_HCALL_RPT | 1U << PPC64_HCALL_BULK), "hypercalls 0x%x %s", papr.hcalls, error);
	T_EXPECT(r, read_machine(&(struct machine){ .no_stdout = true }, error, sizeof(error)) && papr.has_console &&
		 papr.console == 0x71000000, "without stdout-path the console is 0x%x %s", papr.console, error);
	T_EXPECT(r, read_machine(&(struct machine){ .other_stdout = true }, error, sizeof(error)) && !papr.has_console,
		 "a console that is no terminal: 0x%x %s", papr.console, error);
	T_EXPECT(r, read_machine(&(struct machine){ .bare = true }, error, sizeof(error)) && !papr.present && !papr.power_off &&
		 !papr.has_radix && !papr.has_hash && !papr.has_console, "without /rtas: %s", error);
	T_EXPECT(r, read_machine(&(struct machine){ .no_ap = true }, error, sizeof(error)) && !cpus.sizes, "no AP: sizes 0x%x", cpus.sizes);
	T_EXPECT(r, read_machine(&(struct machine){ .no_hash = true }, error, sizeof(error)) && !cpus.nr_hash_sizes && !cpus.has_1t &&
		 !cpus.pft_shift, "no hashed pages: %u sizes", cpus.nr_hash_sizes);
	T_EXPECT(r, read_machine(&(struct machine){ .last_off = true }, error, sizeof(error)) && cpus.nr_cores == 1 &&
		 cpus.nr_threads == 4, "a disabled core: %u cores %s", cpus.nr_cores, error);
	T_EXPECT(r, read_machine(&(struct machine){ .extended = true }, error, sizeof(error)) && cpus.timebase_hz == 1ULL << 32,
		 "extended timebase: %llu Hz %s", (llu)cpus.timebase_hz, error);
	test_set(r, T_PASS, "12 machines");
}

static const struct {
	struct machine m;
	const char *error;
} wrongs[] = {
	{ { .no_cpus = true }, "device tree: /cpus: no core that is enabled" },
	{ { .off = true }, "device tree: /cpus: no core that is enabled" },
	{ { .no_servers = true }, "device tree: /cpus/PowerPC,POWER9@0: no ibm,ppc-interrupt-server#s" },
	{ { .no_timebase = true }, "device tree: /cpus/PowerPC,POWER9@0: no timebase-frequency, or one of 0 Hz" },
	{ { .zero_timebase = true }, "device tree: /cpus/PowerPC,POWER9@0: no timebase-frequency, or one of 0 Hz" },
	{ { .odd_ap = true }, "device tree: /cpus/PowerPC,POWER9@0: ibm,processor-radix-AP-encodings names no pages of 4K, or none of 2M" },
	{ { .cut_sizes = true }, "device tree: /cpus/PowerPC,POWER9@0: ibm,segment-page-sizes ends in the middle of a size" },
	{ { .wide_reg = true }, "device tree: /vdevice/vty@71000002: reg has 12 bytes, not 4" },
};

TEST_CASE(fdt_ppc64, wrong)
{
	char error[160];

	for (unsigned i = 0; i < ARRAY_SIZE(wrongs); i++) {
		read_machine(&wrongs[i].m, error, sizeof(error));
		T_EXPECT(r, !strcmp(error, wrongs[i].error), "tree %u: \"%s\"", i, error);
	}
	test_set(r, T_PASS, "%u trees, each with its error", (unsigned)ARRAY_SIZE(wrongs));
}

/* Memory of 16 MiB, of which the firmware keeps the beginning, the middle and the end; its list is not sorted. */
TEST_CASE(fdt_ppc64, claimed)
{
	static const u64 want[][2] = { { 0, 0x1000 }, { 0x3000, 0x8000 }, { 0xff0000, 0x1000000 } };
	struct build *b = calloc(1, sizeof(*b));
	u64 at = 0, start;
	char error[128];
	struct fdt t;
	size_t size;
	u8 *blob;

	begin(b, "");
	text(b, "compatible", "qemu,pseries");
	cells(b, "#address-cells", 1, 2);
	cells(b, "#size-cells", 1, 2);
	begin(b, "memory@0");
	text(b, "device_type", "memory");
	cells(b, "reg", 4, 0, 0, 0, 0x1000000);
	cells(b, "available", 8, 0, 0x8000, 0, 0xfe8000, 0, 0x1000, 0, 0x2000);
	end(b);
	begin(b, "openprom");
	text(b, "model", "SLOF,HEAD");
	end(b);
	end(b);
	put(b, 9);
	blob = finish(b, &size);
	T_EXPECT(r, fdt_open(&t, blob, size, error, sizeof(error)), "%s", error);
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		T_EXPECT(r, ppc64_next_claimed(&t, &at, &start) && start == want[i][0] && at == want[i][1], "range %u: 0x%llx to 0x%llx", i,
			 (llu)start, (llu)at);
	T_EXPECT(r, !ppc64_next_claimed(&t, &at, &start), "one more: 0x%llx to 0x%llx", (llu)start, (llu)at);
	T_EXPECT(r, !strcmp(ppc64_firmware(&t), "slof"), "the firmware is %s", ppc64_firmware(&t));
	free(blob);
	free(b);
	test_set(r, T_PASS, "%u ranges", (unsigned)ARRAY_SIZE(want));
}
