// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ppc64 kernel reads from device trees (trees.h), and whether Open Firmware's client interface gives the same tree.
 */
#include "../host/of_fake.h"

#include "../../boot/ppc64/tree.h"

#include "trees.h"

#define PLACES 200
#define ROOM (4 << 20)

static struct ppc64_cpus cpus;
static struct ppc64_papr papr;
static struct ppc64_chips chips;
static struct of_work *work;
static u8 *room;

/* As boot code does: everything, then one look at the error. */
static bool read_tree(struct fdt *t, const u8 *blob, size_t size, char *error, size_t error_size)
{
	memset(&cpus, 0xa5, sizeof(cpus));
	memset(&papr, 0xa5, sizeof(papr));
	memset(&chips, 0xa5, sizeof(chips));
	if (!fdt_open(t, blob, size, error, error_size))
		return false;
	ppc64_read_cpus(&cpus, t);
	ppc64_read_papr(&papr, t);
	ppc64_read_chips(&chips, t);
	return true;
}

static void print_threads(void)
{
	printf("%u cores; threads", cpus.nr_cores);
	for (unsigned i = 0, end; i < cpus.nr_threads; i = end) {
		for (end = i + 1; end < cpus.nr_threads && cpus.thread[end].server == cpus.thread[end - 1].server + 1;)
			end++;
		printf(end - i > 1 ? "%c%u-%u" : "%c%u", i ? ',' : ' ', cpus.thread[i].server, cpus.thread[end - 1].server);
	}
	printf("; %llu Hz; PVR 0x%x; DEC %u; PID %u; AP", (llu)cpus.timebase_hz, cpus.pvr, cpus.dec_bits, cpus.pid_bits);
	for (unsigned i = 0; i < PPC64_NR_SIZES; i++)
		if (cpus.sizes & 1U << i)
			printf(" %u", cpus.ap[i]);
	printf("; hash");
	for (unsigned i = 0; i < cpus.nr_hash_sizes; i++)
		printf(" %u", cpus.hash_size[i].shift);
	printf("%s %u", cpus.has_1t ? " 1T" : "", cpus.pft_shift);
	for (unsigned i = 0; i < PPC64_CHIPS; i++)
		if (chips.xscom[i])
			printf("; XSCOM %u 0x%llx", i, (llu)chips.xscom[i]);
}

static void print_papr(void)
{
	if (!papr.present) {
		printf("; no PAPR");
		return;
	}
	printf("; rtas 0x%x 0x%x 0x%x;", papr.power_off, papr.start_cpu, papr.stop_self);
	for (unsigned i = 0; i < PPC64_NR_HCALLS; i++)
		if (papr.hcalls & 1U << i)
			printf(" %s", ppc64_hcalls_name[i] + 6);
	printf(";%s%s%s", papr.has_radix ? " radix" : "", papr.has_hash ? " hash" : "", papr.has_gtse ? " gtse" : "");
	if (papr.xive_tima)
		printf("; XIVE 0x%llx sources %u+%u", (llu)papr.xive_tima, papr.xive_first, papr.xive_count);
	printf(papr.has_console ? "; console 0x%x" : "; no console", papr.console);
}

/* NULL, or what is wrong with the tree that comes out of the client interface. */
static const char *through_of(const struct fdt *t)
{
	static char error[160];
	struct fdt again;
	u32 size;

	of_fake.t = *t;
	size = of_flatten(of_fake_call, work, room, ROOM, error, sizeof(error));
	if (!size || !fdt_open(&again, room, size, error, sizeof(error)))
		return error;
	return of_difference(t, &again);
}

static void print_tree(const char *path, const u8 *blob, size_t size)
{
	const char *wrong;
	char error[160];
	struct fdt t;

	printf("%s: ", path);
	if (!read_tree(&t, blob, size, error, sizeof(error))) {
		printf("error %s\n", error);
		return;
	}
	print_threads();
	print_papr();
	if (*error)
		printf("; error %s", error);
	wrong = through_of(&t);
	printf(wrong ? "; Open Firmware: error %s\n" : "; Open Firmware: the same\n", wrong);
}

static bool read_damaged(const u8 *blob, size_t size)
{
	char error[160];
	struct fdt t;

	return read_tree(&t, blob, size, error, sizeof(error));
}

int main(int argc, char **argv)
{
	work = low_memory(sizeof(*work));
	room = low_memory(ROOM);
	return trees_main(argc, argv, PLACES, read_damaged, print_tree);
}
