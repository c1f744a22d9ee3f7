// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores are nodes, threads are the numbers in a core's "ibm,ppc-interrupt-server#s"; "reg" is the first of them. The hypervisor says
 * what it offers in /rtas and in /chosen (option vector 5 of PAPR, as pairs of byte number and value).
 */
#include "../fdt_string.h"
#include "tree.h"

const char *const ppc64_hcalls_name[PPC64_NR_HCALLS] = {
	[PPC64_HCALL_PFT] = "hcall-pft",
	[PPC64_HCALL_BULK] = "hcall-bulk",
	[PPC64_HCALL_TERM] = "hcall-term",
	[PPC64_HCALL_INTERRUPT] = "hcall-interrupt",
	[PPC64_HCALL_SET_MODE] = "hcall-set-mode",
	[PPC64_HCALL_SPLPAR] = "hcall-splpar",
	[PPC64_HCALL_RPT] = "hcall-rpt-invalidate",
};

/* --- cores --- */

static const u8 size_shift[PPC64_NR_SIZES] = { 12, 16, 21, 30 };

/* Cells of AP in bits 0:2 and the log2 of the size in the rest. */
static void read_ap(struct ppc64_cpus *c, const struct fdt *t, int cpu)
{
	struct fdt_prop p;
	u32 v;

	if (!fdt_prop(t, cpu, "ibm,processor-radix-AP-encodings", &p))
		return;
	for (unsigned i = 0; fdt_cell(&p, i, &v); i++)
		for (unsigned s = 0; s < PPC64_NR_SIZES; s++)
			if ((v & 0x1fffffff) == size_shift[s]) {
				c->ap[s] = (u8)(v >> 29);
				c->sizes |= 1U << s;
			}
	if (!(c->sizes & 1U << PPC64_4K) || !(c->sizes & 1U << PPC64_2M))
		fdt_error(t, cpu, "ibm,processor-radix-AP-encodings names no pages of 4K, or none of 2M");
}

#define SEGMENT_1T 40

/*
 * "ibm,segment-page-sizes": of each base size its log2, what an SLB entry has for it, and a list of actual sizes with what an HPTE
 * has for each. Only an actual size that is the base size is of use here.
 */
static void read_hash_sizes(struct ppc64_cpus *c, const struct fdt *t, int cpu)
{
	u32 base, llp, n, actual, penc;
	struct fdt_prop p;
	unsigned i = 0;

	if (!fdt_prop(t, cpu, "ibm,segment-page-sizes", &p))
		return;
	while (fdt_cell(&p, i, &base)) {
		if (!fdt_cell(&p, i + 1, &llp) || !fdt_cell(&p, i + 2, &n)) {
			fdt_error(t, cpu, "ibm,segment-page-sizes ends in the middle of a size");
			return;
		}
		for (i += 3; n; n--, i += 2) {
			if (!fdt_cell(&p, i, &actual) || !fdt_cell(&p, i + 1, &penc)) {
				fdt_error(t, cpu, "ibm,segment-page-sizes ends in the middle of a size");
				return;
			}
			if (actual == base && c->nr_hash_sizes < PPC64_HASH_SIZES)
				c->hash_size[c->nr_hash_sizes++] = (struct ppc64_hash_size){ base, llp, penc };
		}
	}
}

static void read_hash(struct ppc64_cpus *c, const struct fdt *t, int cpu)
{
	struct fdt_prop p;
	u32 shift;

	read_hash_sizes(c, t, cpu);
	if (fdt_prop(t, cpu, "ibm,processor-segment-sizes", &p))
		for (unsigned i = 0; fdt_cell(&p, i, &shift); i++)
			c->has_1t |= shift == SEGMENT_1T;
	if (fdt_prop(t, cpu, "ibm,pft-size", &p))
		fdt_cell(&p, 1, &c->pft_shift); /* the first is the NUMA node's */
}

static void read_common(struct ppc64_cpus *c, const struct fdt *t, int cpu)
{
	fdt_u32(t, cpu, "cpu-version", &c->pvr);
	fdt_u32(t, cpu, "ibm,dec-bits", &c->dec_bits);
	fdt_u32(t, cpu, "ibm,mmu-pid-bits", &c->pid_bits);
	read_ap(c, t, cpu);
	read_hash(c, t, cpu);
	/* The long form is two cells for a clock of more than 32 bits. */
	if (!fdt_u64(t, cpu, fdt_has(t, cpu, "ibm,extended-timebase-frequency") ? "ibm,extended-timebase-frequency" :
		     "timebase-frequency", &c->timebase_hz) || !c->timebase_hz)
		fdt_error(t, cpu, "no timebase-frequency, or one of 0 Hz");
}

static bool add_thread(struct ppc64_cpus *c, const struct fdt *t, int cpu, u32 server)
{
	if (c->nr_threads == NR_CPUS) {
		fdt_error(t, cpu, "more than %u threads, the most that this kernel has room for", NR_CPUS);
		return false;
	}
	c->thread[c->nr_threads++] = (struct ppc64_thread){ .server = server, .core = c->nr_cores };
	return true;
}

static void add_core(struct ppc64_cpus *c, const struct fdt *t, int cpu)
{
	struct fdt_prop p;
	u32 server;

	if (!fdt_is_okay(t, cpu))
		return;
	if (!fdt_prop(t, cpu, "ibm,ppc-interrupt-server#s", &p) || !fdt_cell(&p, 0, &server)) {
		fdt_error(t, cpu, "no ibm,ppc-interrupt-server#s");
		return;
	}
	for (unsigned i = 0; fdt_cell(&p, i, &server); i++)
		if (!add_thread(c, t, cpu, server))
			return;
	if (!c->nr_cores++)
		read_common(c, t, cpu);
}

void ppc64_read_cpus(struct ppc64_cpus *c, const struct fdt *t)
{
	c->nr_threads = c->nr_cores = 0;
	c->timebase_hz = 0;
	c->pvr = c->dec_bits = c->pid_bits = c->sizes = c->pft_shift = c->nr_hash_sizes = 0;
	c->has_1t = false;
	for (int cpu = fdt_next_cpu(t, FDT_NONE); cpu != FDT_NONE; cpu = fdt_next_cpu(t, cpu))
		add_core(c, t, cpu);
	if (!c->nr_cores)
		fdt_error(t, fdt_find(t, "/cpus"), "no core that is enabled");
}

/* --- chips of a bare machine --- */

void ppc64_read_chips(struct ppc64_chips *c, const struct fdt *t)
{
	u64 base, size;
	u32 chip;

	*c = (struct ppc64_chips){ { 0 } };
	for (int bus = fdt_next_compatible(t, FDT_NONE, "ibm,power10-xscom"); bus != FDT_NONE;
	     bus = fdt_next_compatible(t, bus, "ibm,power10-xscom")) {
		if (!fdt_u32(t, bus, "ibm,chip-id", &chip) || !fdt_reg_physical(t, bus, 0, &base, &size))
			fdt_error(t, bus, "no ibm,chip-id, or no reg");
		else if (chip < PPC64_CHIPS)
			c->xscom[chip] = base;
	}
}

/* --- PAPR --- */

/* What is offered for byte @number of option vector 5. */
static bool vector5(const struct fdt_prop *p, u8 number, u8 *v)
{
	for (u32 i = 0; i + 1 < p->size; i += 2)
		if (p->value[i] == number) {
			*v = p->value[i + 1];
			return true;
		}
	return false;
}

/* Byte 24, bits 0:1: hash 00, radix 01, either 10 or 11. Byte 26, bit 1: GTSE. A hypervisor that does not say is of before radix. */
static void read_mmu(struct ppc64_papr *p, const struct fdt *t)
{
	struct fdt_prop offer;
	u8 mmu, radix;

	p->has_hash = true;
	if (!fdt_prop(t, fdt_find(t, "/chosen"), "ibm,arch-vec-5-platform-support", &offer) || !vector5(&offer, 24, &mmu))
		return;
	p->has_radix = mmu >> 6 != 0;
	p->has_hash = mmu >> 6 != 1;
	p->has_gtse = vector5(&offer, 26, &radix) && radix & 0x40;
}

/*
 * stdout as a path; or the first terminal that H_PUT_TERM_CHAR knows. A tree from Open Firmware has an instance of that interface in
 * /chosen instead of a path.
 */
static int console_node(const struct fdt *t)
{
	const char *options;
	int node = fdt_stdout(t, &options);

	return node != FDT_NONE ? node : fdt_next_compatible(t, FDT_NONE, "hvterm1");
}

static void read_console(struct ppc64_papr *p, const struct fdt *t)
{
	int node = console_node(t);

	if (node == FDT_NONE || !fdt_lists(t, node, "compatible", "hvterm1"))
		return;
	p->has_console = fdt_u32(t, node, "reg", &p->console);
	if (!p->has_console)
		fdt_error(t, node, "reg is no unit of a virtual terminal");
}

/* The first page is a program's view, the second that of an operating system. */
static void read_xive(struct ppc64_papr *p, const struct fdt *t)
{
	int node = fdt_next_compatible(t, FDT_NONE, "ibm,power-ivpe");
	struct fdt_prop ranges;
	u64 size;

	if (node == FDT_NONE)
		return;
	if (!fdt_prop(t, node, "ibm,xive-lisn-ranges", &ranges) || !fdt_cell(&ranges, 0, &p->xive_first) ||
	    !fdt_cell(&ranges, 1, &p->xive_count) || !fdt_reg_physical(t, node, 1, &p->xive_tima, &size))
		fdt_error(t, node, "no ibm,xive-lisn-ranges, or no second reg");
}

void ppc64_read_papr(struct ppc64_papr *p, const struct fdt *t)
{
	int rtas = fdt_find(t, "/rtas");

	*p = (struct ppc64_papr){ .present = rtas != FDT_NONE };
	if (!p->present)
		return;
	fdt_u32(t, rtas, "power-off", &p->power_off);
	fdt_u32(t, rtas, "start-cpu", &p->start_cpu);
	fdt_u32(t, rtas, "stop-self", &p->stop_self);
	fdt_u32(t, rtas, "ibm,os-term", &p->os_term);
	for (unsigned i = 0; i < PPC64_NR_HCALLS; i++)
		if (fdt_lists(t, rtas, "ibm,hypertas-functions", ppc64_hcalls_name[i]))
			p->hcalls |= 1U << i;
	read_mmu(p, t);
	read_xive(p, t);
	read_console(p, t);
}

/* --- Open Firmware --- */

const char *ppc64_firmware(const struct fdt *t)
{
	int openprom = fdt_find(t, "/openprom");
	const char *model = fdt_text(t, openprom, "model");

	if (openprom == FDT_NONE && fdt_lists(t, t->root, "compatible", "qemu,pseries"))
		return "vof";
	return model && begins(model, "SLOF,", 5) ? "slof" : "open firmware";
}

static bool number(const struct fdt_prop *p, unsigned i, unsigned cells, u64 *v)
{
	u32 cell;

	for (*v = 0; cells; cells--, *v = *v << 32 | cell)
		if (!fdt_cell(p, i++, &cell))
			return false;
	return true;
}

/* The lowest available range that ends behind @at; ranges are not sorted. An empty one at @end if there is none. */
static void next_available(const struct fdt_prop *p, const struct fdt_cells *c, u64 at, u64 end, u64 *start, u64 *stop)
{
	u64 first, size;

	*start = *stop = end;
	for (unsigned i = 0; number(p, i, c->address, &first) && number(p, i + c->address, c->size, &size); i += c->address + c->size)
		if (first < *start && size && first + size > at) {
			*start = first;
			*stop = first + size;
		}
}

bool ppc64_next_claimed(const struct fdt *t, u64 *at, u64 *start)
{
	int memory = fdt_find(t, "/memory");
	struct fdt_cells cells;
	struct fdt_prop p;
	u64 base, size, free;

	if (!fdt_prop(t, memory, "available", &p) || !fdt_cells(t, t->root, &cells) ||
	    !fdt_reg(t, t->root, memory, 0, &base, &size))
		return false;
	*start = *at > base ? *at : base;
	while (*start < base + size) {
		next_available(&p, &cells, *start, base + size, at, &free);
		if (*at > *start)
			return true;
		*start = free;
	}
	return false;
}
